// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What happens to some agents in a week, in the order of time; the same every time.
struct Week {
    enum Kind: UInt8, CaseIterable {
        case alerted, answered, interacting, held, resumed, flagged, flagShown, breakSet, hungUp, sessionEnded, putBack
        case workDone, workEnded, idle, chosen
    }

    /// One event, and what is needed to write it out.
    struct Moment {
        /// Milliseconds since 1970.
        var at: Int64
        var agent: Int32
        var call: Int32
        var kind: Kind
        var isFlagged: Bool
    }

    /// Sunday night.
    static let start: Int64 = 1_772_409_600_000
    private static let day: Int64 = 86_400_000
    private static let calls = 14

    /// At least so many moments, of whole calls.
    static func moments(agents: Int, count: Int) -> [Moment] {
        var random = Seeded(state: 1)
        var moments: [Moment] = []
        moments.reserveCapacity(count + 64 * agents)
        // Ten events a call and a bit: as many days as it takes, two calls at a time never.
        let perAgent = (count + agents - 1) / agents
        for agent in 0..<agents {
            var call = 0
            let before = moments.count
            while moments.count - before < perAgent {
                // Fourteen calls a day, from eight o'clock on, half an hour apart.
                let begin = start + Int64(call / calls) * day + (8 * 60 + Int64(call % calls) * 30) * 60_000
                add(agent, call, begin + Int64(random.next(600_000)), &random, to: &moments)
                call += 1
            }
        }
        moments.sort { ($0.at, $0.agent, $0.kind.rawValue) < ($1.at, $1.agent, $1.kind.rawValue) }
        return moments
    }

    private static func add(
        _ agent: Int,
        _ call: Int,
        _ begin: Int64,
        _ random: inout Seeded,
        to moments: inout [Moment]
    ) {
        let isFlagged = random.next(10) == 0
        var at = begin
        func note(_ kind: Kind, after wait: Int64) {
            at += wait
            moments.append(
                Moment(at: at, agent: Int32(agent), call: Int32(call), kind: kind, isFlagged: isFlagged)
            )
        }
        if random.next(5) == 0 { note(.chosen, after: 0) }
        note(.alerted, after: 1000)
        note(.answered, after: 2000 + Int64(random.next(9000)))
        note(.interacting, after: 40)
        if random.next(3) == 0 {
            note(.held, after: 30_000)
            note(.resumed, after: 10_000 + Int64(random.next(400_000)))
        }
        if isFlagged {
            note(.flagged, after: 20_000)
            note(.flagShown, after: 60)
            note(.breakSet, after: 400)
        }
        note(.hungUp, after: 60_000 + Int64(random.next(300_000)))
        note(.sessionEnded, after: 30)
        if isFlagged { note(.putBack, after: 400) }
        note(.workDone, after: 20_000 + Int64(random.next(60_000)))
        note(.workEnded, after: 20)
        note(.idle, after: 20)
    }
}

/// SplitMix64.
struct Seeded {
    var state: UInt64

    mutating func next(_ bound: UInt64) -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return (mixed ^ (mixed >> 31)) % bound
    }
}
