// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What every agent's presence should be and what it is, from moment to moment.
///
/// It should be the flag's presence while one is set, unless the agent has chosen another since; else what the agent
/// chose last; and never anything but Offline after the agent has gone.
struct Ledger {
    private struct Agent {
        var own = Presence.offline
        var flag: Presence?
        var isOverruled = false
        var shown = Presence.offline
        /// Since when the change that a flag has asked for is not to be seen.
        var awaited: Int64?
        /// The flag under way has been seen.
        var isSet = false
        var wrongSince: Int64?
        var onShiftSince: Int64?

        var wanted: Presence { own != .offline && !isOverruled ? flag ?? own : own }
    }

    private var agents: [Agent]
    /// Milliseconds from the change of a flag to the presence, for every status set and put back.
    private(set) var delays: [Int64] = []
    /// Flags that asked for another presence than the agent had.
    private(set) var statuses = 0
    /// Of those, never to be seen before they ended.
    private(set) var neverSet = 0
    /// Not put back before the next flag, or at the end of the day.
    private(set) var neverPutBack = 0
    private(set) var wrongMilliseconds: Int64 = 0
    private(set) var shiftMilliseconds: Int64 = 0

    init(agents: Int) { self.agents = Array(repeating: Agent(), count: agents) }

    func wanted(_ agent: Int) -> Presence { agents[agent].wanted }

    /// Takes the agent's own choice (which Genesys shows at once) or the change of a flag.
    mutating func take(_ happening: Happening) {
        let index = Int(happening.agent)
        let now = Int64(happening.at)
        switch happening.what {
        case .human: choose(index, happening.presence, now)
        case .flagged: begin(index, happening.presence, now)
        case .cleared: end(index, now)
        case .ended where happening.flag == .set: end(index, now)
        default: return
        }
        judge(index, now)
    }

    /// Genesys shows this from now on.
    mutating func show(_ presence: Presence, _ index: Int, _ now: Int64) {
        agents[index].shown = presence
        if presence == agents[index].wanted, let since = agents[index].awaited {
            delays.append(now - since)
            agents[index].awaited = nil
            agents[index].isSet = agents[index].flag != nil
        }
        judge(index, now)
    }

    mutating func close(_ now: Int64) {
        for index in agents.indices {
            if agents[index].awaited != nil { neverPutBack += 1 }
            if let since = agents[index].wrongSince { wrongMilliseconds += now - since }
            if let since = agents[index].onShiftSince { shiftMilliseconds += now - since }
        }
    }

    private mutating func choose(_ index: Int, _ presence: Presence, _ now: Int64) {
        agents[index].own = presence
        agents[index].shown = presence
        agents[index].isOverruled = agents[index].flag != nil
        // What a flag has asked for is no longer wanted.
        agents[index].awaited = nil
        agents[index].isSet = false
        if presence == .offline, let since = agents[index].onShiftSince {
            shiftMilliseconds += now - since
            agents[index].onShiftSince = nil
        } else if presence != .offline, agents[index].onShiftSince == nil {
            agents[index].onShiftSince = now
        }
    }

    private mutating func begin(_ index: Int, _ presence: Presence, _ now: Int64) {
        if agents[index].awaited != nil { neverPutBack += 1 }
        agents[index].flag = presence
        agents[index].isOverruled = false
        agents[index].isSet = false
        agents[index].awaited = nil
        guard agents[index].wanted != agents[index].shown else { return }
        statuses += 1
        agents[index].awaited = now
    }

    private mutating func end(_ index: Int, _ now: Int64) {
        agents[index].flag = nil
        agents[index].isOverruled = false
        if agents[index].awaited != nil { neverSet += 1 }
        agents[index].awaited = agents[index].isSet ? now : nil
        agents[index].isSet = false
    }

    private mutating func judge(_ index: Int, _ now: Int64) {
        let isWrong = agents[index].shown != agents[index].wanted
        if let since = agents[index].wrongSince, !isWrong {
            wrongMilliseconds += now - since
            agents[index].wrongSince = nil
        } else if isWrong, agents[index].wrongSince == nil {
            agents[index].wrongSince = now
        }
    }
}
