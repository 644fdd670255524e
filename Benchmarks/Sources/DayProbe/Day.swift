// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The presences of the day; the raw value is the place in `all`.
enum Presence: UInt8, CaseIterable {
    case offline, available, onQueue, meal, away, busy, onBreak, meeting, training

    /// What the script on the desktop may ask for.
    static let flags: [Presence] = [.onBreak, .meeting, .training]

    /// Id of the definition, and the status of the rules for the flags.
    var id: String { Self.ids[Int(rawValue)] }
    var system: SystemPresence { Self.systems[Int(rawValue)] }

    init?(id: String) {
        guard let index = Self.ids.firstIndex(of: id) else { return nil }
        self = Self.allCases[index]
    }

    private static let ids = [
        "Offline", "Available", "On Queue", "Meal", "Away", "Busy", "Break", "Meeting", "Training",
    ]
    private static let systems = ids.map { SystemPresence($0) }
}

/// One thing that happens to an agent, whatever relay there is.
struct Happening {
    enum What: UInt8 {
        /// The agent chooses `presence`.
        case human
        case alerting, connected, held, resumed, ended, afterCallWorkDone
        /// An attribute that no rule looks at.
        case attribute
        /// The script writes `wfm_status`, and empties it.
        case flagged, cleared
    }

    /// How `wfm_status` stands after it.
    enum Flag: UInt8 { case absent, set, empty }

    /// Milliseconds since the day began.
    var at: Int32
    var agent: Int32
    var what: What
    /// Chosen or flagged.
    var presence: Presence = .offline
    var flag: Flag = .absent
    /// Number of the agent's call.
    var call: UInt16 = 0

    var isConversation: Bool { what != .human }
}

/// A day of a contact centre, the same for every relay: 08:00 to 18:00.
struct Day {
    static let length = 36_000_000
    let agents: Int
    let seed: Int
    /// In the order of time.
    let happenings: [Happening]

    init(agents: Int, seed: Int) {
        self.agents = agents
        self.seed = seed
        var all: [Happening] = []
        all.reserveCapacity(agents * 500)
        for agent in 0..<agents {
            var plan = AgentDay(agent: agent, seed: seed)
            plan.write()
            all += plan.happenings
        }
        all.sort { ($0.at, $0.agent) < ($1.at, $1.agent) }
        happenings = all
    }

    var calls: Int { happenings.count { $0.what == .connected } }
    var flags: Int { happenings.count { $0.what == .flagged } }
    var humanChanges: Int { happenings.count { $0.what == .human } }
}
