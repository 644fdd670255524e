// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What `replay --format json` prints. Field names are public interface; more may follow.
public struct ReplayReport: Encodable, Sendable {
    /// A time in which the same is wanted.
    public struct Span: Encodable, Sendable {
        /// The first moment.
        public var from: Timestamp
        /// The moment after the last.
        public var to: Timestamp
        /// What is wanted.
        public var status: String?
        /// The rule that wants it.
        public var rule: String?
    }

    /// A time in which the files want different statuses.
    public struct Difference: Encodable, Sendable {
        /// The first moment.
        public var from: Timestamp
        /// The moment after the last.
        public var to: Timestamp
        /// Under the first file; absent = none is wanted.
        public var status: String?
        /// The rule that wants it.
        public var rule: String?
        /// Under the second file; absent = none is wanted.
        public var newStatus: String?
        /// The rule that wants it.
        public var newRule: String?
        /// Why.
        public var reason: String
    }

    /// One agent of whom something is wanted.
    public struct Agent: Encodable, Sendable {
        /// The user's id.
        public var id: String
        /// When one was seen.
        public var name: String?
        /// Minutes by status.
        public var minutes: [String: Double]
        /// Under the first file.
        public var timeline: [Span]
        /// Minutes by status under the second file; absent without one.
        public var newMinutes: [String: Double]?
        /// Under the second file; absent without one.
        public var newTimeline: [Span]?
        /// Absent without a second file.
        public var differences: [Difference]?
    }

    /// The first moment that counts.
    public var from: Timestamp
    /// The moment after the last.
    public var to: Timestamp
    /// The first file.
    public var rules: ReplayedRules
    /// The second one.
    public var newRules: ReplayedRules?
    /// Events.
    public var counts: ReplayCounts
    /// Everyone who was heard of.
    public var agentCount: Int
    /// Minutes in all by status.
    public var minutes: [String: Double]
    /// The same under the second file.
    public var newMinutes: [String: Double]?
    /// In all; absent without a second file.
    public var differenceCount: Int?
    /// Those of whom a status is wanted.
    public var agents: [Agent]

    /// The whole of a result.
    public init(_ result: ReplayResult) {
        let hasNew = result.new != nil
        from = result.from
        to = result.to
        rules = result.old
        newRules = result.new
        counts = result.counts
        agentCount = result.agentCount
        minutes = result.oldMinutes
        newMinutes = hasNew ? result.newMinutes : nil
        differenceCount = hasNew ? result.differenceCount : nil
        agents = result.agents.map { agent in
            Agent(
                id: agent.id,
                name: agent.name,
                minutes: ReplayResult.minutes(agent.old),
                timeline: agent.old.map(Span.init),
                newMinutes: hasNew ? ReplayResult.minutes(agent.new) : nil,
                newTimeline: hasNew ? agent.new.map(Span.init) : nil,
                differences: hasNew ? agent.differences.map(Difference.init) : nil
            )
        }
    }
}

extension ReplayReport.Span {
    init(_ span: TimelineSpan) {
        self.init(from: span.from, to: span.to, status: span.wanted.status, rule: span.wanted.rule)
    }
}

extension ReplayReport.Difference {
    init(_ one: ReplayDifference) {
        self.init(
            from: one.from,
            to: one.to,
            status: one.old.status,
            rule: one.old.rule,
            newStatus: one.new.status,
            newRule: one.new.rule,
            reason: one.reason
        )
    }
}
