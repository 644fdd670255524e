// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import Journal
import Pipeline

/// What is wanted of each agent under one or two files of rules, as it comes about.
final class ReplayTracks {
    enum World: Int { case old, new }

    struct Track {
        let id: String
        var name: String?
        var wanted = [WantedStatus.none, WantedStatus.none]
        var since: [Timestamp]
        var spans: [[TimelineSpan]] = [[], []]
        /// The newest reason why something was not done.
        var guards: [(text: String, at: Timestamp)?] = [nil, nil]
        var difference: ReplayDifference?
        var differences: [ReplayDifference] = []
        var isTouched = false

        init(id: String, at time: Timestamp) {
            self.id = id
            since = [time, time]
        }
    }

    private(set) var tracks: [Track] = []
    private var places: [String: Int] = [:]
    /// Agents whose wanted status has changed since the last look at them.
    private var touched: [Int] = []
    private let window: ClosedRange<Timestamp>

    init(window: ClosedRange<Timestamp>) { self.window = window }

    /// The wanted status of somebody has changed since the last comparison.
    var hasNews: Bool { !touched.isEmpty }

    func note(_ step: RehearsalStep, in world: World) {
        let place = place(of: step)
        let wanted = tracks[place].wanted[world.rawValue]
        if tracks[place].name == nil { tracks[place].name = step.name }
        if let guarded = step.history.last(where: { $0.kind == .guarded && $0.summary != DecisionEngine.ownChange }) {
            tracks[place].guards[world.rawValue] = (guarded.summary, step.at)
        }
        guard wanted.status != step.status || wanted.rule != step.rule else { return }
        endSpan(place, world, at: step.at)
        tracks[place].wanted[world.rawValue] = WantedStatus(status: step.status, rule: step.rule)
        guard !tracks[place].isTouched else { return }
        tracks[place].isTouched = true
        touched.append(place)
    }

    private func place(of step: RehearsalStep) -> Int {
        if let place = places[step.agentID] { return place }
        let place = tracks.count
        places[step.agentID] = place
        tracks.append(Track(id: step.agentID, at: step.at))
        return place
    }

    private func endSpan(_ place: Int, _ world: World, at time: Timestamp) {
        let from = max(tracks[place].since[world.rawValue], window.lowerBound)
        let to = min(time, window.upperBound)
        tracks[place].since[world.rawValue] = time
        let wanted = tracks[place].wanted[world.rawValue]
        guard wanted.status != nil, from < to else { return }
        tracks[place].spans[world.rawValue].append(TimelineSpan(from: from, to: to, wanted: wanted))
    }

    /// Compares the two worlds of those whose wanted status has changed; both must have come to this moment.
    ///
    /// - Parameter reason: why they differ.
    func compare(at time: Timestamp, _ reason: (Track) -> String) {
        for place in touched {
            tracks[place].isTouched = false
            let (old, new) = (tracks[place].wanted[0], tracks[place].wanted[1])
            if let known = tracks[place].difference, known.old == old, known.new == new { continue }
            endDifference(place, at: time)
            guard old.status != new.status else { continue }
            tracks[place].difference = ReplayDifference(
                from: time,
                to: time,
                old: old,
                new: new,
                reason: reason(tracks[place])
            )
        }
        touched.removeAll(keepingCapacity: true)
    }

    private func endDifference(_ place: Int, at time: Timestamp) {
        guard var ended = tracks[place].difference else { return }
        tracks[place].difference = nil
        ended.from = max(ended.from, window.lowerBound)
        ended.to = min(time, window.upperBound)
        if ended.from < ended.to { tracks[place].differences.append(ended) }
    }

    /// Ends everything that is still under way.
    func finish(at time: Timestamp) -> [ReplayedAgent] {
        for place in tracks.indices {
            endSpan(place, .old, at: time)
            endSpan(place, .new, at: time)
            endDifference(place, at: time)
        }
        return tracks.compactMap { track in
            let agent = ReplayedAgent(
                id: track.id,
                name: track.name,
                old: track.spans[0],
                new: track.spans[1],
                differences: track.differences
            )
            return agent.isBusy ? agent : nil
        }
    }
}
