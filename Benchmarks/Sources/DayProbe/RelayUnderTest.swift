// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysAPI
import Logging
import Pipeline

/// The relay's delivery, joined to the model. The only file that knows the shape of `Delivery` and `CallGate`.
struct RelayUnderTest: Sendable {
    private let delivery: Delivery

    /// - Parameters:
    ///   - report: takes a report for the decisions.
    ///   - judged: returns when the reports so far are judged.
    ///   - observed: returns when the presence that was read is judged.
    init(
        port: GenesysPort,
        time: VirtualTime,
        limit: Int,
        report: @escaping @Sendable (DeliveryReport) -> Void,
        judged: @escaping @Sendable () async -> Void,
        observed: @escaping @Sendable ([UserPresence]) async -> Void
    ) {
        let random = SeededChance()
        var logger = Logger(label: "delivery")
        logger.logLevel = .critical
        let gate = CallGate(
            CallSchedule(budgets: [RequestBudget(requestsPerMinute: limit)]),
            now: { time.now },
            sleep: { try await time.sleep($0) }
        )
        delivery = Delivery(
            policy: DeliveryPolicy(),
            gate: gate,
            effects: DeliveryEffects(
                read: { _, id throws(GenesysAPIError) in
                    try Self.only(await port.read([id], isBulk: false))
                },
                readMany: { _, ids throws(GenesysAPIError) in try await port.read(ids, isBulk: true) },
                readWidely: { _, ids throws(GenesysAPIError) in try await port.read(ids, isBulk: true) },
                write: { _, write throws(GenesysAPIError) in
                    try Self.only(await port.write([write], isBulk: false))
                },
                writeMany: { _, writes throws(GenesysAPIError) in try await port.write(writes, isBulk: true) },
                report: report,
                judged: judged,
                observed: observed,
                now: { time.now },
                sleep: { try await time.sleep($0) },
                random: { random.next() }
            ),
            logger: logger
        )
    }

    func take(_ command: DecisionEngine.Command, agentID: String, observed: PresenceFacts?) async {
        switch command {
        case .want(let wish): await delivery.want(wish, agentID: agentID, observed: observed)
        case .withdraw: await delivery.withdraw(agentID: agentID)
        case .read: await delivery.read(agentID: agentID)
        }
    }

    func observe(_ presence: PresenceFacts, agentID: String) async {
        await delivery.observe(presence, agentID: agentID)
    }

    var outstanding: Int { get async { await delivery.outstanding } }

    private static func only(_ answer: [UserPresence]) throws(GenesysAPIError) -> UserPresence {
        guard let presence = answer.first else { throw GenesysAPIError(.notFound, message: "no such user") }
        return presence
    }
}

/// Chance for the spread of retries. Unchecked: it is used on the one thread of `SerialExecution` alone.
private final class SeededChance: @unchecked Sendable {
    private var random = Seeded(seed: 5)

    func next() -> Double { Double.random(in: 0..<1, using: &random) }
}
