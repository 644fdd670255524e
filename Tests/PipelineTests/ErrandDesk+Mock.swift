// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import Delivery
import GenesysEvents
import Journal
import StatusRules
import Testing

@testable import Pipeline

/// One agent in front of rules that want more than a status; the clock moves 100 ms with each event.
struct ErrandDesk {
    var engine: DecisionEngine
    var record = AgentRecord(id: "agent")
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    private var count = 0

    static let rules = """
        statuses: { Break: { presence: Break, adherence: put } }
        rules:
          - name: flagged
            when: { conversation: { attributes.wfm_status: Break } }
            then:
              status: Break
              tag: { wfm_status: "${status}", team: "${conversation.attributes.team}" }
              explain: { minutes: 15, status: Approved, notes: "${rule}" }
          - name: asleep
            when: { routingStatus: NOT_RESPONDING }
            then: { routingStatus: IDLE }
        """

    init(_ rules: String = Self.rules, mode: RelayMode = .act, policy: EpisodePolicy = EpisodePolicy()) throws {
        let diagnostics = Diagnostics()
        let compiled = RuleSet.parse(rules, file: "rules.yaml", diagnostics: diagnostics)
        engine = DecisionEngine(
            rules: try #require(compiled, "\(diagnostics.all)"),
            targets: ["Break": DecisionEngine.breakTarget],
            policy: policy,
            mode: mode,
            verifiesAdherence: true
        )
    }

    mutating func take(_ event: GenesysEvent, age: Duration = .zero) -> DecisionEngine.Outcome {
        count += 1
        now = now.advanced(by: .milliseconds(100))
        let notification = Notification(topicName: "topic", timestamp: now.advanced(by: .zero - age), event: event)
        let entry = JournalEntry(
            key: "event-\(count)",
            source: .webhook,
            topic: "topic",
            agentID: "agent",
            receivedAt: now,
            body: []
        )
        return engine.take(notification, from: entry, now: now, into: &record)
    }

    mutating func call(
        _ flag: String,
        _ conversation: String = "c",
        team: String? = nil,
        age: Duration = .zero
    ) -> DecisionEngine.Outcome {
        var attributes: [String: String] = [:]
        attributes["wfm_status"] = flag
        attributes["team"] = team
        return take(
            .conversation(userID: "agent", .call(id: conversation, attributes: attributes, state: "connected")),
            age: age
        )
    }

    mutating func available() {
        var seen = PresenceObservation()
        seen.definitionID = "available"
        seen.system = .available
        seen.modifiedAt = now
        _ = take(.presence(userID: "agent", seen))
    }

    mutating func routing(_ status: String) -> DecisionEngine.Outcome {
        var seen = RoutingStatusObservation(status: status)
        seen.startTime = now
        return take(.routingStatus(userID: "agent", seen))
    }

    mutating func report(_ errand: Errand, _ state: ErrandState) -> DecisionEngine.Outcome {
        let report = ErrandReport(
            agentID: "agent",
            errandID: errand.id,
            state: state,
            at: now,
            summary: "it is \(state)",
            error: state == .failed ? .init(code: "forbidden", message: "grant it") : nil
        )
        return engine.take(report, now: now, into: &record)
    }

    mutating func delivery(_ state: DeliveryState, revision: Int? = nil, _ news: WriteNews? = nil)
        -> DecisionEngine.Outcome
    {
        let report = DeliveryReport(
            agentID: "agent",
            revision: revision ?? record.wish?.revision ?? 0,
            status: DeliveryStatus(state: state, attempts: 1, at: now),
            summary: "report",
            news: news
        )
        return engine.take(report, now: now, into: &record)
    }

    /// Break is wanted, written and confirmed.
    mutating func confirmBreak() -> DecisionEngine.Outcome {
        available()
        _ = call("Break")
        _ = delivery(.sent, .sent(definitionID: "break"))
        _ = delivery(.accepted, .accepted(AcceptedWrite(definitionID: "break", modifiedAt: now)))
        return delivery(.confirmed)
    }
}

extension Errand {
    /// `tag`, `explain`, …
    var kind: String { ErrandDetail(self).errand }
}
