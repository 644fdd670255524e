// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import GenesysEvents
public import Pipeline
import StatusRules

/// Recorded events through one or two files of rules in one pass, for the agents of one part. Pure.
public final class ReplayRun {
    /// What a replay is asked for.
    public struct Plan: Sendable {
        /// The decisions of the first file.
        public var old: DecisionEngine
        /// Of the second one; `nil` = there is none.
        public var new: DecisionEngine?
        /// The time that counts; what comes before it only warms up.
        public var window: ClosedRange<Timestamp>
        /// The only agents that count; empty = all.
        public var agents: Set<String>
        /// The agents of one part, when several runs share the work; `nil` = all.
        public var part: (@Sendable (_ agentID: String) -> Bool)?
        /// What the relay has set itself.
        public var ownChanges: OwnChanges

        /// Decisions always act here, whatever the mode of the configuration, and write no history.
        public init(
            old: DecisionEngine,
            new: DecisionEngine?,
            window: ClosedRange<Timestamp>,
            agents: Set<String> = [],
            ownChanges: OwnChanges = OwnChanges()
        ) {
            self.old = Self.quiet(old)
            self.new = new.map(Self.quiet)
            self.window = window
            self.agents = agents
            self.ownChanges = ownChanges
        }

        var includes: (@Sendable (String) -> Bool)? {
            guard part != nil || !agents.isEmpty else { return nil }
            return { [part, agents] id in (agents.isEmpty || agents.contains(id)) && (part?(id) ?? true) }
        }

        private static func quiet(_ engine: DecisionEngine) -> DecisionEngine {
            var engine = engine
            engine.mode = .act
            engine.keepsDetails = false
            engine.verifiesAdherence = false
            return engine
        }
    }

    private let plan: Plan
    private var own: OwnChanges
    private let old: Rehearsal
    private let new: Rehearsal?
    private let tracks: ReplayTracks
    /// What it has taken so far.
    public private(set) var counts = ReplayCounts()

    /// So long a presence that nobody has told of is waited for: the journal has the answer to the relay's read.
    private static let readTakes = Duration.seconds(10)

    /// Nothing is taken yet.
    public init(_ plan: Plan) {
        self.plan = plan
        own = plan.ownChanges
        var options = Rehearsal.Options()
        options.traces = false
        options.readTakes = Self.readTakes
        options.includes = plan.includes
        let start = Timestamp(milliseconds: .min)
        old = Rehearsal(engine: plan.old, from: start, options: options)
        new = plan.new.map { Rehearsal(engine: $0, from: start, options: options) }
        tracks = ReplayTracks(window: plan.window)
    }

    /// An event of the journal that is none.
    public func countUndecodable() {
        counts.events += 1
        counts.undecodable += 1
    }

    /// Takes an event at its time; one after the end of the window means nothing.
    ///
    /// - Parameter isCounted: `false` for an event that other runs take as well.
    public func take(_ recorded: RecordedEvent, isCounted: Bool = true) {
        var event = recorded
        guard event.at <= plan.window.upperBound else { return }
        let one = isCounted ? 1 : 0
        counts.events += one
        if !plan.agents.isEmpty, let id = event.agentID, !plan.agents.contains(id) { return counts.unused += one }
        switch event.notification.event {
        case .unused: return counts.unused += one
        case .undecodable: return counts.undecodable += one
        default: break
        }
        if own.strip(&event) {
            counts.ownChanges += 1
            if event.notification.event == .unused { return }
        }
        advance(to: event.at)
        let tracks = tracks
        old.take(event) { tracks.note($0, in: .old) }
        guard let new else { return }
        new.follow(old, event) { tracks.note($0, in: .new) }
        compare()
    }

    /// Lets time pass in both worlds, timer by timer, so that neither is ahead of the other.
    private func advance(to time: Timestamp) {
        let tracks = tracks
        guard new != nil else { return old.advance(to: time) { tracks.note($0, in: .old) } }
        while let due = Timestamp.earliest(old.nextWake, new?.nextWake), due <= time {
            old.advance(to: due) { tracks.note($0, in: .old) }
            new?.advance(to: due) { tracks.note($0, in: .new) }
            compare()
        }
        old.advance(to: time) { tracks.note($0, in: .old) }
        new?.advance(to: time) { tracks.note($0, in: .new) }
    }

    private func compare() {
        guard tracks.hasNews else { return }
        tracks.compare(at: old.clock) { reason(for: $0) }
    }

    /// The end: timers run until then.
    public func finish() -> ReplayPart {
        let end = plan.window.upperBound
        advance(to: end)
        return ReplayPart(counts: counts, agentCount: tracks.tracks.count, agents: tracks.finish(at: end))
    }
}

// MARK: - Why

extension ReplayRun {
    /// Why the two files want different statuses, in the words of whichever wants less.
    private func reason(for track: ReplayTracks.Track) -> String {
        let (wantedByOld, wantedByNew) = (track.wanted[0], track.wanted[1])
        if let rule = wantedByOld.rule, let new {
            return "new: " + why(rule, isNotIn: new, track, .new)
        }
        if let rule = wantedByNew.rule { return "old: " + why(rule, isNotIn: old, track, .old) }
        return ""
    }

    private func why(
        _ rule: String,
        isNotIn world: Rehearsal,
        _ track: ReplayTracks.Track,
        _ side: ReplayTracks.World
    ) -> String {
        guard world.engine.rules.ruleNames.contains(rule) else { return "there is no rule '\(rule)'" }
        guard let record = world.record(of: track.id) else { return "the agent is not known" }
        guard let trace = world.engine.trace(ofRule: rule, record, now: world.clock) else { return "" }
        guard trace.matched else { return "rule '\(rule)': \(trace.failure ?? "does not match")" }
        if let decides = track.wanted[side.rawValue].rule, decides != rule {
            return "rule '\(decides)' decides before rule '\(rule)'"
        }
        if track.wanted[side.rawValue].rule == rule { return "rule '\(rule)' wants another status" }
        if let guarded = track.guards[side.rawValue] { return "rule '\(rule)': \(guarded.text)" }
        if trace.observed == true { return "rule '\(rule)' only observes" }
        if record.facts.presence == nil { return "rule '\(rule)': the presence is not known yet" }
        return "rule '\(rule)' matches, and its status is not set yet"
    }
}
