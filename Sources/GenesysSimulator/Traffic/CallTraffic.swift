// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents

/// One step in the life of a generated call, or of an agent's day.
enum TrafficStep: Sendable {
    /// The next caller.
    case arrival
    case route(String)
    case answerOrNot(String)
    case hold(String)
    case resume(String)
    /// A script in the agent's desktop flags the call.
    case flag(String)
    case hangUp(String)
    case wrapUp(String)
    /// Some agent does something by hand.
    case agentActs
    case agentRecovers(String)
}

/// Inbound calls to agents On Queue, and what agents do by themselves. The same seed makes the same calls.
struct CallTraffic: Sendable {
    private(set) var callsPerMinute: Double
    private(set) var pace: Double
    private var generator: SeededGenerator
    private(set) var counters = Counters()
    /// Calls that ring or wait, with the number of times no agent was free.
    private var waits: [String: Int] = [:]

    struct Counters: Sendable {
        var offered = 0
        var answered = 0
        var notAnswered = 0
        var abandoned = 0
        var flagged = 0
        var completed = 0

        var json: JSONValue {
            object([
                "offered": offered, "answered": answered, "notAnswered": notAnswered, "abandoned": abandoned,
                "flagged": flagged, "completed": completed,
            ])
        }
    }

    /// What scripts flag a call with.
    static let flags = ["Break", "Meeting", "Training"]

    init(callsPerMinute: Double, pace: Double, seed: UInt64) {
        self.callsPerMinute = max(0, callsPerMinute)
        self.pace = max(0.01, pace)
        generator = SeededGenerator(seed: seed, name: "traffic")
    }

    mutating func begin(_ organization: inout SimulatedOrganization, now: Timestamp) {
        guard callsPerMinute > 0 else { return }
        organization.timeline.add(.traffic(.arrival), at: now.advanced(by: .milliseconds(200)))
        organization.timeline.add(.traffic(.agentActs), at: now.advanced(by: .seconds(3)))
    }

    /// Steps that the call's state no longer allows (somebody hung up through the API) are passed over.
    mutating func perform(_ step: TrafficStep, _ organization: inout SimulatedOrganization, now: Timestamp) {
        do {
            try take(step, &organization, now: now)
        } catch {
            // A refusal says only that the call went another way meanwhile.
        }
    }

    private mutating func take(
        _ step: TrafficStep,
        _ organization: inout SimulatedOrganization,
        now: Timestamp
    ) throws(CallRefusal) {
        func later(_ step: TrafficStep, _ range: ClosedRange<Double>, scaled: Bool = true) {
            let seconds = Double.random(in: range, using: &generator) / (scaled ? pace : 1)
            organization.timeline.add(.traffic(step), at: now.advanced(by: .milliseconds(Int64(seconds * 1000))))
        }
        switch step {
        case .arrival:
            // Exponential gaps make a Poisson process, as callers do.
            let gap = -60 / callsPerMinute * log(1 - generator.unit())
            later(.arrival, gap...gap, scaled: false)
            counters.offered += 1
            let id = organization.openCall(now: now)
            waits[id] = 0
            later(.route(id), 0.3...1.5)
        case .route(let id):
            guard let agent = freeAgent(organization) else {
                waits[id, default: 0] += 1
                if waits[id, default: 0] > 20 {
                    waits[id] = nil
                    counters.abandoned += 1
                    try organization.abandon(id, now: now)
                } else {
                    later(.route(id), 0.8...1.6)
                }
                return
            }
            try organization.alert(id, agent: agent, now: now)
            later(.answerOrNot(id), 0.6...2)
        case .answerOrNot(let id):
            guard generator.chance(0.93) else {
                let agent = organization.conversations[id].flatMap { call in
                    call.currentAgent.flatMap { call.participants[$0].userID }
                }
                try organization.endAlert(id, now: now)
                counters.notAnswered += 1
                if let agent { later(.agentRecovers(agent), 3...6) }
                later(.route(id), 0.3...0.8)
                return
            }
            try organization.answer(id, now: now)
            waits[id] = nil
            counters.answered += 1
            if generator.chance(0.3) { later(.hold(id), 2...5) }
            if generator.chance(0.4) { later(.flag(id), 1.5...5) }
            later(.hangUp(id), 8...22)
        case .hold(let id):
            try organization.setHeld(id, true, now: now)
            later(.resume(id), 1.5...4)
        case .resume(let id): try organization.setHeld(id, false, now: now)
        case .flag(let id):
            guard let call = organization.conversations[id], let leg = call.currentAgent else { return }
            var attributes = JSONObject()
            attributes["wfm_status"] = .string(Self.flags[Int.random(in: 0..<Self.flags.count, using: &generator)])
            // What `PATCH …/participants/{p}/attributes` does.
            organization.writeAttributes(id, participant: leg, attributes, now: now)
            counters.flagged += 1
        case .hangUp(let id):
            try organization.hangUp(id, byCustomer: generator.chance(0.5), now: now)
            later(.wrapUp(id), 3...7)
            counters.completed += 1
        case .wrapUp(let id): try organization.wrapUp(id, now: now)
        case .agentActs:
            later(.agentActs, 3...8)
            actByHand(&organization, now: now)
        case .agentRecovers(let user):
            guard let index = organization.agent(user), organization.agents[index].routingStatus == .notResponding
            else { return }
            organization.setRoutingStatus(of: index, to: .idle, now: now)
        }
    }

    /// An agent without a call goes for a break, or comes back from one.
    private mutating func actByHand(_ organization: inout SimulatedOrganization, now: Timestamp) {
        let candidates = organization.agents.indices.filter { index in
            let agent = organization.agents[index]
            return agent.conversations.isEmpty && agent.presence.system != "Offline"
        }
        guard let index = candidates.randomElement(using: &generator) else { return }
        let agent = organization.agents[index]
        let isSettled = now.timeIntervalSince(agent.presenceModifiedAt) > .milliseconds(Int64(15_000 / pace))
        guard isSettled else { return }
        let choices = agent.isOnQueue ? ["Break", "Meal", "Available", "Meeting"] : ["OnQueue"]
        // Leaving the queue is rare, coming back is not.
        guard !agent.isOnQueue || generator.chance(0.3), let name = choices.randomElement(using: &generator),
            let definition = organization.presences.system(name)
        else { return }
        organization.setPresence(of: index, to: definition, message: "", now: now)
    }

    private mutating func freeAgent(_ organization: SimulatedOrganization) -> Int? {
        let free = organization.agents.indices.filter { index in
            let agent = organization.agents[index]
            return agent.isOnQueue && agent.routingStatus == .idle && agent.conversations.isEmpty
        }
        return free.randomElement(using: &generator)
    }
}
