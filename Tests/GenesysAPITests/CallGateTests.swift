// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import Synchronization
import Testing

private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

@Suite("RequestBudget")
struct RequestBudgetTests {
    @Test("never more than the limit in any 60 seconds, whenever within its duration Genesys counts a call")
    func window() {
        var budget = RequestBudget(requestsPerMinute: 2)
        #expect(budget.take(at: time(0)) == .taken)
        budget.end(at: time(100))
        #expect(budget.take(at: time(30_000)) == .taken)
        #expect(budget.take(at: time(60_000)) == .wait(until: time(60_100)))
        #expect(budget.remaining(at: time(60_000)) == 0)
        #expect(budget.take(at: time(60_100)) == .taken)
        budget.end(at: time(60_200))
        // The one of 30 s is still under way: only its end can tell more.
        #expect(budget.take(at: time(60_300)) == .wait(until: time(120_200)))
    }

    @Test("a pause holds back what the window would allow, and a later one wins")
    func pause() {
        var budget = RequestBudget(requestsPerMinute: 10)
        budget.pause(until: time(5000))
        budget.pause(until: time(3000))
        #expect(budget.take(at: time(4999)) == .wait(until: time(5000)))
        #expect(budget.take(at: time(5000)) == .taken)
    }

    @Test("a call that was not made after all costs nothing, and one that was repeated costs two")
    func giveBack() {
        var budget = RequestBudget(requestsPerMinute: 2)
        _ = budget.take(at: time(0))
        budget.giveBack()
        #expect(budget.remaining(at: time(1)) == 2)
        _ = budget.take(at: time(1))
        budget.charge(at: time(2))
        budget.end(at: time(3))
        #expect(budget.remaining(at: time(4)) == 0)
        #expect(budget.take(at: time(4)) == .wait(until: time(60_002)))
    }

    @Test("a reserve is left to the more urgent")
    func reserve() {
        var budget = RequestBudget(requestsPerMinute: 4)
        for _ in 0..<2 {
            _ = budget.take(at: time(0), leaving: 2)
            budget.end(at: time(10))
        }
        #expect(budget.take(at: time(20), leaving: 2) == .wait(until: time(60_010)))
        #expect(budget.take(at: time(20)) == .taken)
    }

    @Test("what Genesys counts itself can only take away, and only until its window ends")
    func told() {
        var budget = RequestBudget(requestsPerMinute: 300)
        _ = budget.take(at: time(0))
        budget.note(RateLimitHeaders(count: 298, allowed: 300, reset: .seconds(10)), at: time(100))
        budget.end(at: time(100))
        #expect(budget.remaining(at: time(200)) == 2)
        #expect(budget.take(at: time(200)) == .taken)
        #expect(budget.take(at: time(200)) == .taken)
        #expect(budget.take(at: time(200)) == .wait(until: time(10_100)))
        #expect(budget.take(at: time(10_100)) == .taken)
        budget.note(RateLimitHeaders(count: 1, allowed: 5000, reset: .seconds(60)), at: time(10_200))
        #expect(budget.remaining(at: time(10_200)) <= 300)
    }

    @Test("numbers that cannot be are passed over", arguments: [(0, 0, 60), (5, 300, 0), (5, 300, 86_400)])
    func nonsense(count: Int, allowed: Int, reset: Int) {
        var budget = RequestBudget(requestsPerMinute: 10)
        budget.note(RateLimitHeaders(count: count, allowed: allowed, reset: .seconds(reset)), at: time(0))
        #expect(budget.remaining(at: time(1)) == 10)
    }
}

@Suite("CircuitBreaker")
struct CircuitBreakerTests {
    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for index in 0..<10 { breaker.record(failed: index % 2 == 0, isProbe: false, at: time(1000)) }
        return breaker
    }

    @Test("opens when half of at least ten calls of the last while failed")
    func opens() {
        var breaker = CircuitBreaker()
        for _ in 0..<9 { breaker.record(failed: true, isProbe: false, at: time(0)) }
        #expect(breaker.admit(at: time(1)) == .go)
        breaker.record(failed: true, isProbe: false, at: time(2))
        #expect(breaker.state(at: time(3)) == .open)
        #expect(breaker.admit(at: time(3)) == .wait(until: time(5002)))
        #expect(opened().state(at: time(1001)) == .open)
    }

    @Test("failures that are long ago do not count")
    func forgets() {
        var breaker = CircuitBreaker()
        for _ in 0..<9 { breaker.record(failed: true, isProbe: false, at: time(0)) }
        for _ in 0..<9 { breaker.record(failed: true, isProbe: false, at: time(31_000)) }
        #expect(breaker.state(at: time(31_000)) == .closed)
    }

    @Test("one probe at a time; a good one closes, a bad one opens for twice as long")
    func probes() {
        var breaker = opened()
        #expect(breaker.admit(at: time(6000)) == .probe)
        #expect(breaker.admit(at: time(6000)) == .wait(until: nil))
        breaker.record(failed: true, isProbe: true, at: time(6100))
        #expect(breaker.admit(at: time(16_000)) == .wait(until: time(16_100)))
        #expect(breaker.admit(at: time(16_100)) == .probe)
        breaker.giveBackProbe()
        #expect(breaker.admit(at: time(16_200)) == .probe)
        breaker.record(failed: false, isProbe: true, at: time(16_300))
        #expect(breaker.state(at: time(16_300)) == .closed)
        #expect(breaker.admit(at: time(16_300)) == .go)
    }

    @Test("the pause between probes has an end")
    func limit() {
        var breaker = opened()
        var now = time(6000)
        for _ in 0..<10 {
            guard case .wait(let until?) = breaker.admit(at: now) else {
                breaker.record(failed: true, isProbe: true, at: now)
                continue
            }
            #expect(until.timeIntervalSince(now) <= .seconds(60))
            now = until
        }
    }

    @Test("what began before it opened says nothing new")
    func late() {
        var breaker = opened()
        for _ in 0..<20 { breaker.record(failed: false, isProbe: false, at: time(1500)) }
        #expect(breaker.state(at: time(1500)) == .open)
    }
}

@Suite("CallSchedule")
struct CallScheduleTests {
    private func schedule(_ budgets: [Int], maxConcurrent: Int = 1000) -> CallSchedule {
        CallSchedule(budgets: budgets.map(RequestBudget.init), maxConcurrent: maxConcurrent)
    }

    /// Lets in all who may go, without ends.
    private func admitted(_ schedule: inout CallSchedule, at now: Timestamp) -> [(id: Int, client: Int)] {
        var all: [(Int, Int)] = []
        while let next = schedule.admit(at: now).admitted { all.append((next.id, next.pass.client)) }
        return all
    }

    @Test("several clients share the load, each within its own budget")
    func clients() {
        var schedule = schedule([3, 3])
        for id in 0..<10 { schedule.wait(id, .write) }
        let admitted = admitted(&schedule, at: time(0))
        #expect(admitted.count == 6)
        #expect(admitted.count { $0.client == 0 } == 3)
    }

    @Test("a 429 holds back its own client only, for as long as it says")
    func pause() {
        var schedule = schedule([10, 10])
        schedule.wait(1, .write)
        let pass = schedule.admit(at: time(0)).admitted?.pass
        guard let pass else {
            Issue.record("nobody was let in")
            return
        }
        let error = GenesysAPIError(.rateLimited, status: 429, message: "", retryAfter: .seconds(7))
        schedule.end(pass, .failure(error), at: time(100))
        for id in 2..<30 { schedule.wait(id, .write) }
        #expect(admitted(&schedule, at: time(200)).allSatisfy { $0.client != pass.client })
        #expect(schedule.admit(at: time(200)).again == time(7100))
        #expect(admitted(&schedule, at: time(7100)).map(\.client).contains(pass.client))
    }

    @Test("what is bound to a client waits for it without holding up others")
    func bound() {
        var schedule = schedule([1, 5])
        schedule.wait(1, .errand, client: 0)
        schedule.wait(2, .errand, client: 0)
        schedule.wait(3, .errand)
        let admitted = admitted(&schedule, at: time(0))
        #expect(admitted.map(\.id) == [1, 3])
        #expect(admitted.map(\.client) == [0, 1])
    }

    @Test("resyncs leave a fifth of the budget to statuses")
    func reserve() {
        var schedule = schedule([100])
        for id in 0..<200 { schedule.wait(id, .resync) }
        #expect(admitted(&schedule, at: time(0)).count == 80)
        schedule.wait(1000, .write)
        #expect(admitted(&schedule, at: time(1)).map(\.id) == [1000])
    }

    @Test("under a lasting load of writes the others still get their turns")
    func starvation() {
        var schedule = schedule([100_000])
        for id in 0..<1000 { schedule.wait(id, .write) }
        schedule.wait(5001, .verify)
        schedule.wait(5002, .resync)
        schedule.wait(5003, .errand)
        var order: [Int] = []
        while let next = schedule.admit(at: time(0)).admitted { order.append(next.id) }
        let places = [5001, 5002, 5003].compactMap(order.firstIndex)
        #expect(places.count == 3)
        #expect(places == places.sorted())
        #expect((places.last ?? .max) < 30)
        #expect(order.prefix(4).allSatisfy { $0 < 1000 })
    }

    @Test("an open breaker lets one through at a time, and nobody's share of the budget is lost meanwhile")
    func breaker() {
        var schedule = schedule([100])
        for id in 0..<10 { schedule.wait(id, .write) }
        var passes: [CallSchedule.Pass] = []
        while let next = schedule.admit(at: time(0)).admitted { passes.append(next.pass) }
        for pass in passes {
            schedule.end(pass, .failure(GenesysAPIError(.server, status: 503, message: "")), at: time(10))
        }
        for id in 10..<20 { schedule.wait(id, .write) }
        #expect(schedule.state(at: time(11)).breaker == .open)
        #expect(schedule.admit(at: time(11)).again == time(5010))
        #expect(schedule.state(at: time(11)).remaining == [90])
        let probe = schedule.admit(at: time(5010)).admitted
        #expect(probe != nil)
        #expect(schedule.admit(at: time(5010)).admitted == nil)
        if let probe { schedule.end(probe.pass, .success, at: time(5020)) }
        #expect(admitted(&schedule, at: time(5020)).count == 9)
    }

    @Test("refused calls are answers: they do not open the breaker")
    func refusals() {
        var schedule = schedule([100])
        for id in 0..<20 {
            schedule.wait(id, .write)
            guard let pass = schedule.admit(at: time(0)).admitted?.pass else { continue }
            schedule.end(pass, .failure(GenesysAPIError(.forbidden, status: 403, message: "")), at: time(1))
        }
        #expect(schedule.state(at: time(2)).breaker == .closed)
    }
}

/// A value that several tasks of a test change.
private final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
    func withLock<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
        value.withLock { body(&$0) }
    }
}

@Suite("CallGate")
struct CallGateTests {
    @Test("when the budget is used up, the more urgent goes first")
    func priority() async throws {
        let clock = Shared(Timestamp(milliseconds: 0))
        let (ticks, tick) = AsyncStream.makeStream(of: Void.self)
        let (asleep, fellAsleep) = AsyncStream.makeStream(of: Void.self)
        let gate = CallGate(
            CallSchedule(budgets: [RequestBudget(requestsPerMinute: 1)]),
            now: { clock.withLock { $0 } },
            sleep: { _ in
                fellAsleep.yield()
                for await _ in ticks { return }
            }
        )
        let first = try #require(await gate.enter(.write))
        await gate.leave(first, .success)
        let order = Shared<[String]>([])
        let later = Task {
            guard let pass = await gate.enter(.resync) else { return }
            order.withLock { $0.append("resync") }
            await gate.leave(pass, .success)
        }
        for await _ in asleep { break }
        let urgent = Task {
            guard let pass = await gate.enter(.write) else { return }
            order.withLock { $0.append("write") }
            await gate.leave(pass, .success)
        }
        while await gate.state.waiting.values.reduce(0, +) < 2 { await Task.yield() }
        clock.withLock { $0 = Timestamp(milliseconds: 60_000) }
        tick.yield()
        await urgent.value
        clock.withLock { $0 = Timestamp(milliseconds: 120_000) }
        tick.yield()
        await later.value
        #expect(order.withLock { $0 } == ["write", "resync"])
    }

    @Test("no more calls at once than allowed")
    func concurrency() async {
        let gate = CallGate(
            CallSchedule(budgets: [RequestBudget(requestsPerMinute: 1000)], maxConcurrent: 2),
            now: { Timestamp(milliseconds: 0) }
        )
        let running = Shared((now: 0, most: 0))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    guard let pass = await gate.enter(.write) else { return }
                    running.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    await Task.yield()
                    running.withLock { $0.now -= 1 }
                    await gate.leave(pass, .success)
                }
            }
        }
        #expect(running.withLock { $0.most } <= 2)
    }

    @Test("who is cancelled while waiting gets no pass and keeps no place")
    func cancelled() async throws {
        let gate = CallGate(
            CallSchedule(budgets: [RequestBudget(requestsPerMinute: 1)]),
            now: { Timestamp(milliseconds: 0) },
            sleep: { _ in try await Task.sleep(for: .seconds(3600)) }
        )
        let first = try #require(await gate.enter(.write))
        let waiter = Task { await gate.enter(.write) }
        while await gate.state.waiting[.write] == 0 { await Task.yield() }
        waiter.cancel()
        #expect(await waiter.value == nil)
        #expect(await gate.state.waiting[.write] == 0)
        await gate.leave(first, .success)
    }
}
