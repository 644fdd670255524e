// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What is wanted of an agent.
public struct WantedStatus: Sendable, Hashable, Encodable {
    /// `nil` = none.
    public var status: String?
    /// The rule that wants it.
    public var rule: String?

    /// Nothing is wanted.
    public static let none = WantedStatus(status: nil, rule: nil)
}

/// A time in which the same is wanted.
public struct TimelineSpan: Sendable, Hashable {
    /// The first moment.
    public var from: Timestamp
    /// The moment after the last.
    public var to: Timestamp
    /// What is wanted; never nothing.
    public var wanted: WantedStatus

    /// How long, in minutes.
    public var minutes: Double { Double(to.milliseconds - from.milliseconds) / 60_000 }
}

/// A time in which two files of rules want different statuses.
public struct ReplayDifference: Sendable, Hashable {
    /// The first moment.
    public var from: Timestamp
    /// The moment after the last.
    public var to: Timestamp
    /// What the first file wants.
    public var old: WantedStatus
    /// What the second file wants.
    public var new: WantedStatus
    /// Why, as of the first moment: the first condition that fails, a guard, or a rule that comes first.
    public var reason: String

    /// How long, in minutes.
    public var minutes: Double { Double(to.milliseconds - from.milliseconds) / 60_000 }
}

/// One agent's replay.
public struct ReplayedAgent: Sendable {
    /// The user's id.
    public var id: String
    /// From the agent's own participant, when one was seen.
    public var name: String?
    /// What the first file wants, in order; times in which nothing is wanted are left out.
    public var old: [TimelineSpan] = []
    /// What the second file wants; empty without one.
    public var new: [TimelineSpan] = []
    /// Where they differ, in order.
    public var differences: [ReplayDifference] = []

    /// Name and id, or the id alone.
    public var title: String { name.map { "\($0) (\(id))" } ?? id }

    /// Something was wanted.
    public var isBusy: Bool { !old.isEmpty || !new.isEmpty }
}

/// How many events there were.
public struct ReplayCounts: Sendable, Equatable, Encodable {
    /// In the time of the replay and the warm-up before it.
    public var events = 0
    /// Of topics that the relay does not use, or about agents that are left out.
    public var unused = 0
    /// That cannot be decoded, or lack what they mean nothing without.
    public var undecodable = 0
    /// That showed a presence which the relay had set itself.
    public var ownChanges = 0

    /// None.
    public init() {}

    static func += (one: inout Self, other: Self) {
        one.events += other.events
        one.unused += other.unused
        one.undecodable += other.undecodable
        one.ownChanges += other.ownChanges
    }
}

/// A file of rules, for the head of a report.
public struct ReplayedRules: Sendable, Encodable, Equatable {
    /// As the caller named it.
    public var file: String
    /// Hash of rules and statuses.
    public var version: String
    /// How many there are.
    public var rules: Int

    /// A file by name, version and size.
    public init(file: String, version: String, rules: Int) {
        self.file = file
        self.version = version
        self.rules = rules
    }
}

/// What one or two files of rules would have made of recorded events.
public struct ReplayResult: Sendable {
    /// The first moment that counts.
    public var from: Timestamp
    /// The moment after the last.
    public var to: Timestamp
    /// The first file.
    public var old: ReplayedRules
    /// The second one.
    public var new: ReplayedRules?
    /// Events.
    public var counts: ReplayCounts
    /// Everyone who was heard of.
    public var agentCount: Int
    /// Those of whom something was wanted, by name and id.
    public var agents: [ReplayedAgent]

    /// Joins what several runs over different agents have come to.
    public init(_ parts: [ReplayPart], from: Timestamp, to: Timestamp, old: ReplayedRules, new: ReplayedRules?) {
        self.from = from
        self.to = to
        self.old = old
        self.new = new
        counts = parts.reduce(into: ReplayCounts()) { $0 += $1.counts }
        agentCount = parts.reduce(0) { $0 + $1.agentCount }
        agents = parts.flatMap(\.agents).sorted { ($0.name ?? $0.id, $0.id) < ($1.name ?? $1.id, $1.id) }
    }

    /// Minutes in all, by status.
    public var oldMinutes: [String: Double] { Self.minutes(agents.lazy.flatMap(\.old)) }
    /// The same under the second file.
    public var newMinutes: [String: Double] { Self.minutes(agents.lazy.flatMap(\.new)) }
    /// How many differences there are.
    public var differenceCount: Int { agents.reduce(0) { $0 + $1.differences.count } }

    /// Minutes by status.
    public static func minutes(_ spans: some Sequence<TimelineSpan>) -> [String: Double] {
        var milliseconds: [String: Int64] = [:]
        for span in spans {
            guard let status = span.wanted.status else { continue }
            milliseconds[status, default: 0] += span.to.milliseconds - span.from.milliseconds
        }
        return milliseconds.mapValues { Double($0) / 60_000 }
    }
}

/// What one run has come to.
public struct ReplayPart: Sendable {
    /// Events that it took.
    public var counts: ReplayCounts
    /// Everyone it heard of.
    public var agentCount: Int
    /// Those of whom something was wanted.
    public var agents: [ReplayedAgent]
}
