// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents
import Pipeline
import StatusRules
import Testing

extension DecisionEngine {
    static let breakTarget = PresenceTarget(definitionID: "break", system: .break)

    /// The smallest rule: the attribute `wfm_status: Break` on a live conversation wants Break.
    static func flagged(mode: RelayMode = .act) throws -> DecisionEngine {
        let diagnostics = Diagnostics()
        let compiled = RuleSet.parse(
            """
            statuses: { Break: { presence: Break } }
            rules:
              - name: flagged
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Break }
            """,
            file: "rules.yaml",
            diagnostics: diagnostics
        )
        return DecisionEngine(
            rules: try #require(compiled, "\(diagnostics.all)"),
            targets: ["Break": breakTarget],
            policy: EpisodePolicy(),
            mode: mode
        )
    }
}

extension ConversationSnapshot {
    /// A call of the agent `agent` in one participant.
    static func call(
        id: String = "conversation",
        attributes: [String: String],
        state: String,
        userID: String = "agent",
        afterCallWork: String? = nil
    ) -> ConversationSnapshot {
        var communication = CommunicationSnapshot(id: "communication", media: .call, state: state)
        communication.afterCallWork = afterCallWork
        var participant = ParticipantSnapshot(
            id: "participant",
            userID: userID,
            purpose: "agent",
            communications: [communication]
        )
        participant.attributes = Attributes(attributes)
        return ConversationSnapshot(id: id, participants: [participant])
    }
}
