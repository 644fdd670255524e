// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Presences and limits of Genesys Cloud as far as a relay meets them; pure.
struct ModelGenesys {
    enum CallKind: Int, CaseIterable {
        case patch, bulkPut, get, bulkGet

        var name: String { ["PATCH", "bulk PUT", "GET", "bulk GET"][rawValue] }
    }

    enum Fault { case before, after }

    struct Stored {
        var presence = Presence.offline
        var modifiedAt: Int64 = 0
    }

    /// Calls in each window of a minute; more are 429.
    let limit: Int
    /// Share of the presence events that never arrive.
    let lostShare: Double
    private(set) var agents: [Stored]
    private(set) var calls = [Int](repeating: 0, count: CallKind.allCases.count)
    private(set) var refused = 0
    /// When calls were made, whatever their answer.
    private var times: [Int64] = []
    private var windowStart = Int64.min / 2
    private var windowCount = 0
    private var random: Seeded

    init(agents: Int, limit: Int, lostShare: Double, seed: Int) {
        self.agents = Array(repeating: Stored(), count: agents)
        self.limit = limit
        self.lostShare = lostShare
        random = Seeded(seed: seed &+ 77)
    }

    /// Takes a call, or says after how many seconds to come again.
    mutating func admit(_ kind: CallKind, _ now: Int64) -> Int? {
        calls[kind.rawValue] += 1
        times.append(now)
        if now >= windowStart + 60_000 { (windowStart, windowCount) = (now, 0) }
        guard windowCount < limit else {
            refused += 1
            return max(1, Int((windowStart + 60_000 - now + 999) / 1000))
        }
        windowCount += 1
        return nil
    }

    /// Five calls in a thousand go wrong, half of them after they have done what they should.
    mutating func fault() -> Fault? {
        guard random.chance(0.005) else { return nil }
        return random.chance(0.5) ? .before : .after
    }

    /// `false` when the agent has it already.
    mutating func set(_ agent: Int, _ presence: Presence, _ now: Int64) -> Bool {
        guard agents[agent].presence != presence else { return false }
        agents[agent] = Stored(presence: presence, modifiedAt: max(now, agents[agent].modifiedAt + 1))
        return true
    }

    /// Milliseconds until an event arrives.
    mutating func eventDelay() -> Int64 { Int64(random.integer(50...500)) }

    mutating func losesEvent() -> Bool { random.chance(lostShare) }

    /// Milliseconds of one way of a call.
    mutating func callDelay() -> Int64 { Int64(random.integer(15...60)) }

    /// Share of the time in which the last 60 seconds had as many calls as are allowed.
    func shareAtLimit(of length: Int64) -> Double {
        var first = 0, next = 0, full = 0
        for second in stride(from: Int64(0), to: length, by: 1000) {
            while next < times.count, times[next] <= second { next += 1 }
            while first < next, times[first] <= second - 60_000 { first += 1 }
            if next - first >= limit { full += 1 }
        }
        return Double(full) * 1000 / Double(length)
    }
}
