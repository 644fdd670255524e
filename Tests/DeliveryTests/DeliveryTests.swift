// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysAPI
import GenesysEvents
import Logging
import Synchronization
import Testing

/// Delivery in front of a Genesys of closures, on a clock that the test moves.
private final class Post: Sendable {
    private struct State {
        var log: [String] = []
        var held: [CheckedContinuation<Void, Never>] = []
        var holdsJudgement = false
        var now = Timestamp(milliseconds: 1000)
        /// What the wall clock was set by.
        var setBy = Duration.zero
    }
    private let state = Mutex(State())

    var log: [String] { state.withLock { $0.log } }
    func add(_ line: String) { state.withLock { $0.log.append(line) } }

    var uptime: Timestamp { state.withLock { $0.now } }
    var now: Timestamp { state.withLock { $0.now.advanced(by: $0.setBy) } }
    func setClock(by change: Duration) { state.withLock { $0.setBy += change } }
    func pass(_ duration: Duration) { state.withLock { $0.now = $0.now.advanced(by: duration) } }

    func holdJudgement() { state.withLock { $0.holdsJudgement = true } }
    func judge() {
        let held = state.withLock { state in
            state.holdsJudgement = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func delivery(gate: CallGate) -> Delivery {
        Delivery(
            policy: DeliveryPolicy(),
            gate: gate,
            effects: DeliveryEffects(
                read: { [self] _, id throws(GenesysAPIError) in
                    add("read \(id)")
                    return answer(id, "available")
                },
                readMany: { [self] _, ids throws(GenesysAPIError) in
                    add("read \(ids.count) agents")
                    return ids.map { answer($0, "available") }
                },
                readWidely: { [self] _, ids throws(GenesysAPIError) in
                    add("read \(ids.count) agents")
                    return ids.map { answer($0, "available") }
                },
                write: { [self] _, write throws(GenesysAPIError) in
                    add("write \(write.userID) \(write.definitionID)")
                    return answer(write.userID, write.definitionID)
                },
                writeMany: { [self] _, writes throws(GenesysAPIError) in
                    add("write \(writes.count) agents")
                    return writes.map { answer($0.userID, $0.definitionID) }
                },
                report: { [self] report in add("\(report.agentID) \(report.status.state)") },
                judged: { [self] in
                    await withCheckedContinuation { continuation in
                        let isHeld = state.withLock { state in
                            if state.holdsJudgement { state.held.append(continuation) }
                            return state.holdsJudgement
                        }
                        if !isHeld { continuation.resume() }
                    }
                },
                observed: { _ in },
                now: { [self] in now },
                uptime: { [self] in uptime },
                sleep: { [self] duration in
                    let end = uptime.advanced(by: duration)
                    while uptime < end { try await Task.sleep(for: .milliseconds(1)) }
                }
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func answer(_ id: String, _ definitionID: String) -> UserPresence {
        UserPresence(
            userID: id,
            definitionID: definitionID,
            system: nil,
            message: "",
            modifiedAt: Timestamp(milliseconds: 900)
        )
    }
}

private func gate(perMinute: Int = 300, maxConcurrent: Int = 16) -> CallGate {
    CallGate(
        CallSchedule(budgets: [RequestBudget(requestsPerMinute: perMinute)], maxConcurrent: maxConcurrent),
        now: { Timestamp(milliseconds: 1000) },
        sleep: { _ in try await Task.sleep(for: .seconds(3600)) }
    )
}

extension CallGate {
    fileprivate var waitingCalls: Int { state.waiting.values.reduce(0, +) }
}

private func wish(_ revision: Int, _ definitionID: String) -> Wish {
    Wish(
        revision: revision,
        purpose: .set,
        target: PresenceTarget(definitionID: definitionID),
        since: Timestamp(milliseconds: 1000)
    )
}

private func seen(_ definitionID: String, at milliseconds: Int64) -> PresenceFacts {
    PresenceFacts(definitionID: definitionID, message: "", modifiedAt: Timestamp(milliseconds: milliseconds))
}

private func eventually(_ what: String, _ condition: () async -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < end {
        if await condition() { return }
        try await Task.sleep(for: .milliseconds(2))
    }
    Issue.record("not reached: \(what)")
}

@Suite("Delivery")
struct DeliveryTests {
    @Test("an agent is forgotten once all is confirmed")
    func forgets() async throws {
        let post = Post()
        let delivery = post.delivery(gate: gate())
        await delivery.want(wish(1, "break"), agentID: "a", observed: seen("available", at: 10))
        try await eventually("accepted") { post.log.last == "a accepted" }
        await delivery.observe(seen("break", at: 900), agentID: "a")
        try await eventually("forgotten") { await delivery.outstanding == 0 }
        #expect(post.log == ["a sent", "write a break", "a accepted", "a confirmed"])
        await delivery.stop()
    }

    @Test("what the answer of a write tells is judged before the agent's next call")
    func waitsForJudgement() async throws {
        let post = Post()
        post.holdJudgement()
        let delivery = post.delivery(gate: gate())
        await delivery.want(wish(1, "break"), agentID: "a", observed: seen("available", at: 10))
        try await eventually("accepted") { post.log.last == "a accepted" }
        // Decided before the answer was judged; the judgement takes it back.
        await delivery.want(wish(2, "available"), agentID: "a", observed: seen("available", at: 10))
        await delivery.want(wish(3, "meal"), agentID: "a", observed: seen("meal", at: 950))
        post.judge()
        try await eventually("nothing left to do") { await delivery.outstanding == 0 }
        #expect(post.log.filter { $0.hasPrefix("write") } == ["write a break"])
        await delivery.stop()
    }

    @Test("a wish does not wait behind the verification of the one before it")
    func priorities() async throws {
        let post = Post()
        let gate = gate(maxConcurrent: 1)
        let delivery = post.delivery(gate: gate)
        await delivery.want(wish(1, "break"), agentID: "a", observed: seen("available", at: 10))
        try await eventually("accepted") { post.log.last == "a accepted" }
        let pass = try #require(await gate.enter(.write))
        let other = Task {
            guard let pass = await gate.enter(.verify) else { return }
            post.add("another verification")
            await gate.leave(pass, .success)
        }
        try await eventually("another waits") { await gate.waitingCalls == 1 }
        post.pass(.seconds(11))
        try await eventually("the verification waits behind it") { await gate.waitingCalls == 2 }
        await delivery.want(wish(2, "meal"), agentID: "a", observed: seen("available", at: 10))
        try await eventually("the wish waits by itself") { await gate.waitingCalls == 3 }
        await gate.leave(pass, .success)
        await other.value
        let order = post.log.filter { $0 == "write a meal" || $0 == "another verification" }
        #expect(order == ["write a meal", "another verification"])
        await delivery.stop()
    }

    @Test("a wall clock that is set back or forward neither delays nor hurries what waits", arguments: [-3600, 3600])
    func clock(seconds: Int64) async throws {
        let post = Post()
        let delivery = post.delivery(gate: gate())
        await delivery.want(wish(1, "break"), agentID: "a", observed: seen("available", at: 10))
        try await eventually("accepted") { post.log.last == "a accepted" }
        post.pass(.seconds(5))
        post.setClock(by: .seconds(seconds))
        await delivery.read(agentID: "b")
        try await eventually("read") { await delivery.outstanding == 1 }
        #expect(!post.log.contains("read a"))
        post.pass(.seconds(6))
        try await eventually("verified") { post.log.contains("read a") }
        await delivery.stop()
    }

    @Test("after stop no call is made, and nobody keeps a place in the gate")
    func stops() async throws {
        let post = Post()
        let gate = gate(maxConcurrent: 1)
        let delivery = post.delivery(gate: gate)
        let pass = try #require(await gate.enter(.write))
        await delivery.want(wish(1, "break"), agentID: "a", observed: seen("available", at: 10))
        try await eventually("waits") { await gate.waitingCalls == 1 }
        await delivery.stop()
        await gate.leave(pass, .success)
        try await eventually("the gate is free again") {
            let state = await gate.state
            return state.remaining == [299] && state.waiting.values.allSatisfy { $0 == 0 }
        }
        #expect(post.log.isEmpty)
    }
}
