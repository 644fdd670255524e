// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

@testable import Delivery
@testable import Pipeline

/// What is wrong with Genesys for longer than a call.
struct Trouble {
    /// Every call fails meanwhile.
    var outage = RelayWorld.start.advanced(by: .seconds(-2))..<RelayWorld.start.advanced(by: .seconds(-1))
    /// Calls a minute that others leave of a client's limit.
    var allowed: [Int: Int] = [:]
    /// What answers say of the budget: nothing, the truth, or numbers that have nothing to do with it.
    var headers = Headers.none
    var saysHowLong = true
    var saysTooLarge = false
    /// A bulk call with somebody whom it may not contain ends in a 500.
    var poisonIsFatal = false
    /// Busy whiles, an hour apart.
    var rounds = 1

    enum Headers: CaseIterable { case none, honest, lying }

    init() {}

    init(clients: Int, perMinute: Int, using random: inout Seeded) {
        if random.chance(0.25) {
            let begin = RelayWorld.start.advanced(by: .seconds(Int.random(in: 1...35, using: &random)))
            outage = begin..<begin.advanced(by: .seconds(Int.random(in: 20...400, using: &random)))
        }
        if random.chance(0.25) { allowed[clients - 1] = max(1, perMinute / 4) }
        headers = Headers.allCases.randomElement(using: &random) ?? .none
        saysHowLong = random.chance(0.7)
        saysTooLarge = random.chance(0.3)
        poisonIsFatal = random.chance(0.3)
        if random.chance(0.05) { rounds = 3 }
    }
}

extension RelayWorld {
    /// What the answer says of the client's budget.
    mutating func noteLimits(_ flight: Flight) {
        let client = flight.pass.client
        let limits: RateLimitHeaders
        switch trouble.headers {
        case .none: return
        case .honest:
            let allowed = trouble.allowed[client] ?? perMinute
            let recent = (served[client] ?? []).filter { now.timeIntervalSince($0) < .seconds(60) }
            limits = RateLimitHeaders(count: recent.count, allowed: allowed, reset: .seconds(60))
        case .lying:
            guard random.chance(0.2) else { return }
            limits = RateLimitHeaders(
                count: Int.random(in: 0...400, using: &random),
                allowed: Int.random(in: 1...400, using: &random),
                reset: .seconds(Int.random(in: 0...90, using: &random))
            )
        }
        schedule.note(APIExchange(isRepeat: false, limits: limits), client: client, at: now)
    }

    /// Every pass that the plan has asked for waits at the gate or is on its way.
    mutating func judgePasses() {
        let asked = plan.underWay.passes
        guard asked != passLanes.count + opening else { return }
        complaints.append("\(now): \(asked) passes are asked for, but \(passLanes.count) wait, \(opening) come")
    }

    /// Nobody waits for ever, whatever the load; an outage does not count.
    mutating func judgeWaiting(_ lane: CallLanes.Lane, since: Timestamp) {
        let waited = now.timeIntervalSince(max(since, min(now, trouble.outage.upperBound)))
        // The breaker's last probe, and a budget of which others and headers leave next to nothing.
        if waited > .seconds(600) { complaints.append("\(now): a call of \(lane) has waited for \(waited)") }
    }

    /// At rest nothing is left over.
    mutating func judgeRest() {
        guard isUp, complaints.isEmpty else { return }
        let (passes, agents) = plan.underWay
        if passes != 0 || agents != 0 || !passLanes.isEmpty || opening != 0 {
            complaints.append("at rest \(passes) passes and \(agents) calls are left over")
        }
        if plan.nextAlarm != nil { complaints.append("at rest there is still something to wake for") }
        let state = schedule.state(at: now)
        if state.underWay != 0 { complaints.append("at rest the gate counts \(state.underWay) calls") }
    }
}
