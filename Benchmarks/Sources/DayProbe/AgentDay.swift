// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// One agent's day: a shift from 08:00 or 09:00, a meal, two breaks, some sixty calls, six flags.
///
/// Many things happen to many agents at once: shifts and meals begin on the half hour, and the script flags everyone who
/// is on a call at 09:00 (a team meeting) and at 12:00 (a break).
struct AgentDay {
    private struct Call {
        var alerting: Int
        var connected: Int
        var ended: Int
        var number: UInt16
    }

    private static let minute = 60_000
    private static let storms: [(at: Int, flag: Presence)] = [(60 * minute, .meeting), (240 * minute, .onBreak)]
    private static let flagsPerDay = 6

    private let agent: Int32
    private var random: Seeded
    private(set) var happenings: [Happening] = []
    private var calls: [Call] = []

    init(agent: Int, seed: Int) {
        self.agent = Int32(agent)
        random = Seeded(seed: seed &* 1_000_003 &+ agent)
    }

    mutating func write() {
        let minute = Self.minute
        let begin = (random.chance(0.5) ? 0 : 60 * minute) + random.integer(0...(4 * minute))
        let end = min(Day.length - minute, begin + 9 * 60 * minute - random.integer(0...(5 * minute)))
        let meal =
            60 * minute * 4 + [0, 30, 60][random.integer(0...2)] * minute + random.integer((-minute)...(2 * minute))
        let firstBreak = 135 * minute + random.integer((-30 * minute)...(30 * minute))
        let secondBreak = 420 * minute + random.integer((-45 * minute)...(45 * minute))
        let pauses = [
            (firstBreak, Presence.onBreak, 15 * minute), (meal, .meal, 30 * minute),
            (secondBreak, .onBreak, 15 * minute),
        ]
        choose(.available, begin)
        var free = begin + random.integer(20_000...90_000)
        choose(.onQueue, free)
        for (at, presence, length) in pauses {
            takeCalls(from: free, to: at)
            choose(presence, at)
            free = at + length + random.integer(-60_000...120_000)
            choose(.onQueue, free)
        }
        takeCalls(from: free, to: end)
        choose(.offline, end)
        flag()
    }

    private mutating func choose(_ presence: Presence, _ at: Int) { add(at, .human, presence) }

    /// Calls one after the other, of which the last ends before the agent leaves.
    private mutating func takeCalls(from begin: Int, to end: Int) {
        var at = begin
        while true {
            let alerting = at + Int(1000 * (5 + random.exponential(mean: 130)))
            let connected = alerting + random.integer(2_000...12_000)
            let ended = connected + Int(1000 * (60 + random.exponential(mean: 240)))
            let done = ended + random.integer(8_000...40_000)
            guard done < end - 2_000 else { return }
            calls.append(Call(alerting: alerting, connected: connected, ended: ended, number: UInt16(calls.count + 1)))
            at = done
        }
    }

    /// Chooses the calls that are flagged, and writes down what happens in all of them.
    private mutating func flag() {
        var flags: [Int: (at: Int, presence: Presence)] = [:]
        for storm in Self.storms {
            let at = storm.at + random.integer(0...60_000)
            guard let index = calls.firstIndex(where: { $0.connected + 2_000 < at && at < $0.ended - 15_000 }) else {
                continue
            }
            flags[index] = (at, storm.flag)
        }
        var candidates = calls.indices.filter { flags[$0] == nil && calls[$0].ended - calls[$0].connected > 90_000 }
        candidates.shuffle(using: &random)
        for index in candidates.prefix(Self.flagsPerDay - flags.count) {
            let call = calls[index]
            let share = Double.random(in: 0.1..<0.5, using: &random)
            let at = call.connected + Int(Double(call.ended - call.connected) * share)
            flags[index] = (at, Presence.flags[random.integer(0...2)])
        }
        for index in calls.indices { write(calls[index], flags[index]) }
    }

    private mutating func write(_ call: Call, _ flag: (at: Int, presence: Presence)?) {
        let flagged = flag?.at ?? .max
        // Half of the flags are emptied during the call, the others end with it.
        let last = call.ended - 5_000
        let isEmptied = random.chance(0.5) && flagged < last - 20_000
        let cleared = isEmptied ? random.integer((flagged + 20_000)...last) : .max
        let presence = flag?.presence ?? .offline

        func state(_ at: Int) -> Happening.Flag { at < flagged ? .absent : at < cleared ? .set : .empty }
        func note(_ at: Int, _ what: Happening.What) { add(at, what, presence, state(at), call.number) }

        note(call.alerting, .alerting)
        note(call.connected, .connected)
        note(random.integer((call.connected + 500)...(call.ended - 500)), .attribute)
        if random.chance(0.3) {
            let held = random.integer((call.connected + 1_000)...(call.ended - 10_000))
            note(held, .held)
            note(random.integer((held + 1_000)...(call.ended - 500)), .resumed)
        }
        if flag != nil {
            note(flagged, .flagged)
            if isEmptied { note(cleared, .cleared) }
            // Now and then the agent chooses another presence while flagged, and comes back a while later.
            let until = isEmptied ? cleared : call.ended
            if random.chance(0.05), until - flagged > 10_000 {
                let at = random.integer((flagged + 1_000)...(until - 1_000))
                choose([.away, .busy][random.integer(0...1)], at)
                choose(.onQueue, call.ended + random.integer(3_000...7_000))
            }
        }
        note(call.ended, .ended)
        note(call.ended + random.integer(1_000...7_500), .afterCallWorkDone)
    }

    private mutating func add(
        _ at: Int,
        _ what: Happening.What,
        _ presence: Presence,
        _ flag: Happening.Flag = .absent,
        _ call: UInt16 = 0
    ) {
        happenings.append(
            Happening(at: Int32(at), agent: agent, what: what, presence: presence, flag: flag, call: call)
        )
    }
}
