// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import StatusRules
import Testing

/// Drives one agent's episode by hand: presence, conversations, matches and the progress of writes as each test says.
/// Each look is taken by a stored copy of the state as well: a restart between any two of them changes nothing.
struct EpisodeScene {
    /// A rule of a test: what it wants of the facts.
    struct Rule {
        var name: String
        var behavior = RuleBehavior()
        var wants: (AgentFacts) -> (status: String, conversationID: String?)?

        /// The attribute `wfm_status` of a conversation that has not ended, as the smallest configuration has it.
        static func flagged(_ name: String = "flagged", _ behavior: RuleBehavior = RuleBehavior()) -> Rule {
            Rule(name: name, behavior: behavior) { facts in
                facts.conversations.lazy.compactMap { conversation in
                    conversation.isEnded ? nil : conversation.attributes["wfm_status"].map { ($0, conversation.id) }
                }.last
            }
        }

        /// A rule that matches as long as the agent has this routing status.
        static func routing(
            _ name: String,
            _ routingStatus: String,
            wants status: String,
            _ behavior: RuleBehavior = RuleBehavior()
        ) -> Rule {
            Rule(name: name, behavior: behavior) { facts in
                facts.routingStatus?.status == routingStatus ? (status, nil) : nil
            }
        }
    }

    var state = EpisodeState()
    var facts = AgentFacts(id: "agent")
    var writes = OwnWrites()
    var isOutstanding = false
    var now = Timestamp(milliseconds: 1_000_000)
    var policy = EpisodePolicy()
    var eventKey = "e"
    var eventTime: Timestamp?
    var rules: [Rule] = []
    /// Conversations that the rules do not look at, since nothing was heard of them.
    var untrusted: [String] = []
    /// Of the last look.
    var wakeAt: Timestamp?
    var unheard: [String] = []

    static let targets = [
        "Break": PresenceTarget(definitionID: "break", system: .break),
        "Meeting": PresenceTarget(definitionID: "meeting", system: .meeting),
        "Available": PresenceTarget(definitionID: "available", system: .available),
    ]
    var targets = Self.targets

    init(presence: String? = "available", system: SystemPresence = .available, at: Int64 = 10) {
        if let presence { see(presence, system, at: at) }
    }

    init(_ first: Rule, _ rest: Rule...) {
        self.init()
        rules = [first] + rest
    }

    // MARK: What happens

    mutating func see(_ id: String, _ system: SystemPresence, at milliseconds: Int64) {
        facts.presence = PresenceFacts(
            definitionID: id,
            system: system,
            message: "",
            modifiedAt: Timestamp(milliseconds: milliseconds)
        )
    }

    /// The agent chooses a presence, now.
    mutating func choose(_ id: String, _ system: SystemPresence) {
        pass(.seconds(1))
        see(id, system, at: now.milliseconds)
    }

    mutating func pass(_ duration: Duration) { now = now.advanced(by: duration) }

    /// A conversation that is going on, with a flag or without.
    mutating func talk(_ id: String = "c", flag: String? = nil, state: String = "connected") {
        facts.conversations.removeAll { $0.id == id }
        facts.conversations.append(
            .mock(id, state: state, attributes: flag.map { ["wfm_status": $0] } ?? [:]) { $0.connectedAt = now }
        )
    }

    /// The conversation ends; its after-call work as given.
    mutating func hangUp(_ id: String = "c", afterCallWork: String? = nil) {
        pass(.seconds(1))
        for place in facts.conversations.indices where facts.conversations[place].id == id {
            facts.conversations[place].isEnded = true
            facts.conversations[place].state = "disconnected"
            facts.conversations[place].held = false
            facts.conversations[place].endedAt = now
            facts.conversations[place].afterCallWork = afterCallWork
        }
    }

    mutating func flag(_ status: String?, in id: String = "c") {
        for place in facts.conversations.indices where facts.conversations[place].id == id {
            facts.conversations[place].attributes["wfm_status"] = status
        }
    }

    mutating func route(_ status: String?) { facts.routingStatus = status.map { RoutingStatusFacts(status: $0) } }

    // MARK: Writes

    mutating func send(_ id: String) {
        isOutstanding = true
        writes.send(id, at: Timestamp(milliseconds: 0))
    }

    mutating func accept(_ id: String, at milliseconds: Int64) {
        writes.accept(id, modifiedAt: Timestamp(milliseconds: milliseconds))
        state.noteWrite()
    }

    /// What a step wants is written, confirmed and seen.
    mutating func deliver(_ target: PresenceTarget?, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
        guard let target else {
            Issue.record("nothing to deliver", sourceLocation: sourceLocation)
            return
        }
        pass(.seconds(1))
        accept(target.definitionID, at: now.milliseconds)
        see(target.definitionID, target.system ?? .busy, at: now.milliseconds)
        state.released()
        isOutstanding = false
    }

    // MARK: Looks

    /// A look with the verdict of a test.
    mutating func look(_ status: String?, rule: String = "flagged", release: Release = .restore) -> EpisodeStep? {
        let match = status.map {
            RuleMatch(rule: rule, status: $0, conversationID: "c", behavior: RuleBehavior(release: release))
        }
        return advance(match).last
    }

    /// A look with the verdict of the scene's rules; `nil` = nothing has to be done.
    mutating func look() -> EpisodeStep? { steps().last }

    /// A look with the verdict of the scene's rules: all that has to be done.
    mutating func steps() -> [EpisodeStep] {
        var trusted = facts
        trusted.conversations.removeAll { untrusted.contains($0.id) }
        return advance(rules.compactMap { match($0, trusted) }.first)
    }

    private func match(_ rule: Rule, _ facts: AgentFacts) -> RuleMatch? {
        rule.wants(facts).map { status, conversationID in
            RuleMatch(
                rule: rule.name,
                status: status,
                conversationID: conversationID,
                behavior: rule.behavior,
                order: rules.firstIndex { $0.name == rule.name } ?? 0
            )
        }
    }

    private mutating func advance(_ match: RuleMatch?) -> [EpisodeStep] {
        let scene = self
        let input = EpisodeInput(
            facts: facts,
            match: match,
            unheard: untrusted,
            trigger: Trigger(eventKey: eventKey, eventTime: eventTime),
            now: now,
            writes: writes,
            isOutstanding: isOutstanding,
            policy: policy,
            target: { scene.targets[$0] },
            matchAlone: { name, facts in
                scene.rules.first { $0.name == name }.flatMap { scene.match($0, facts) }
            }
        )
        var restarted = stored(state)
        let move = state.advance(input)
        #expect(restarted.advance(input) == move, "the same after a restart")
        #expect(stored(restarted) == stored(state))
        #expect(state.isSilent == (state == EpisodeState()))
        wakeAt = move.wakeAt
        unheard = move.unheard
        return move.steps
    }

    private func stored(_ state: EpisodeState) -> EpisodeState {
        do {
            return try JSONDecoder().decode(EpisodeState.self, from: JSONEncoder().encode(state))
        } catch {
            Issue.record("the state cannot be stored: \(error)")
            return state
        }
    }
}

extension EpisodeStep? {
    /// What is to be set; `nil` = something else, or nothing.
    var sets: PresenceTarget? { if case .set(let target, _)? = self { target } else { nil } }

    /// What is to be put back.
    var restores: PresenceTarget? { if case .restore(let target, _)? = self { target } else { nil } }

    /// What is said of it.
    var reason: String? {
        switch self {
        case .set(_, let reason), .restore(_, let reason), .end(let reason, _), .armed(let reason, _),
            .disarmed(let reason), .guarded(let reason):
            reason
        case .readPresence, nil: nil
        }
    }

    var isGuard: Bool {
        switch self {
        case .guarded, .armed(_, isGuard: true): true
        default: false
        }
    }

    var isArmed: Bool { if case .armed? = self { true } else { false } }
    var isEnd: Bool { if case .end? = self { true } else { false } }
    var isDisarmed: Bool { if case .disarmed? = self { true } else { false } }
}
