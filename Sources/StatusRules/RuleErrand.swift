// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import GenesysEvents

/// What a matching rule wants done beside the presence: `tag`, `explain`, `routingStatus`, `notify` of its `then:`.
public struct RuleErrand: Sendable, Equatable {
    /// What is wanted, `${…}` resolved.
    public enum Work: Sendable, Equatable {
        /// Attributes of the conversation that matched.
        case tag(conversationID: String, attributes: [String: String])
        /// An adherence explanation that begins with the episode; `status` is Pending, Approved or Denied.
        case explain(minutes: Int, status: String, notes: String)
        /// A routing status to be set: `IDLE`, which clears Not Responding.
        case routingStatus(String)
        /// A webhook to an endpoint of `notifications:`.
        case notify(Notification)
    }

    /// The rule's name.
    public var rule: String
    /// What it wants.
    public var work: Work

    /// Something wanted.
    public init(rule: String, work: Work) {
        self.rule = rule
        self.work = work
    }
}

/// A span of time that has an adherence explanation, or will have one.
public struct ExplainedSpan: Codable, Sendable, Equatable {
    /// The whole minute at which it begins.
    public var start: Timestamp
    /// Its length.
    public var minutes: Int

    /// A span of whole minutes: `start` is cut to its minute.
    public init(start: Timestamp, minutes: Int) {
        let minute: Int64 = 60_000
        let past = start.milliseconds % minute
        self.start = Timestamp(milliseconds: start.milliseconds - (past < 0 ? past + minute : past))
        self.minutes = minutes
    }

    /// The moment after it.
    public var end: Timestamp { start.advanced(by: .seconds(minutes * 60)) }

    /// Some moment is in both.
    public func overlaps(_ other: ExplainedSpan) -> Bool { start < other.end && other.start < end }
}

/// What `then:` says beside the status, ready to be resolved.
struct RuleErrands: Sendable {
    struct Explanation: Sendable {
        enum Status: String, CaseIterable, Sendable {
            case pending = "Pending", approved = "Approved", denied = "Denied"
        }

        var minutes: Int
        var status: Status
        var notes: RuleTemplate
    }

    /// By key, sorted.
    var tag: [(key: String, value: RuleTemplate)] = []
    var explain: Explanation?
    /// Not Responding is cleared.
    var setsIdle = false
    var notification: RuleNotification?

    var isEmpty: Bool { tag.isEmpty && explain == nil && !setsIdle && notification == nil }

    /// What is wanted once for the agent.
    func perAgent(_ source: RuleTemplate.Source) -> [RuleErrand] {
        var errands: [RuleErrand] = []
        if let explain {
            let work = RuleErrand.Work.explain(
                minutes: explain.minutes,
                status: explain.status.rawValue,
                notes: explain.notes.text(source)
            )
            errands.append(RuleErrand(rule: source.rule, work: work))
        }
        // A part of the match: a later Not Responding is a new one.
        if setsIdle, FactVocabulary.isNotResponding(source.facts.routingStatus?.status) {
            errands.append(RuleErrand(rule: source.rule, work: .routingStatus("IDLE")))
        }
        if let notification { errands.append(notification.errand(source)) }
        return errands
    }

    /// What is wanted for one conversation; a value that is absent is left out until it is there.
    func perConversation(_ source: RuleTemplate.Source) -> RuleErrand? {
        guard let conversation = source.conversation else { return nil }
        var attributes: [String: String] = [:]
        for (key, template) in tag {
            if case .success(let value) = template.resolve(source) { attributes[key] = value }
        }
        guard !attributes.isEmpty else { return nil }
        return RuleErrand(
            rule: source.rule,
            work: .tag(conversationID: conversation.id, attributes: attributes)
        )
    }
}

extension FactVocabulary {
    fileprivate static func isNotResponding(_ status: String?) -> Bool {
        status.map { folded($0) == folded("NOT_RESPONDING") } ?? false
    }
}
