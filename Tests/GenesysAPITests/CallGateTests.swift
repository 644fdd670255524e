// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import Synchronization
import Testing

@Suite("RequestBudget")
struct RequestBudgetTests {
    private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    @Test("never more than the limit in any 60 seconds")
    func window() {
        var budget = RequestBudget(requestsPerMinute: 2)
        #expect(budget.take(at: time(0)) == .taken)
        #expect(budget.take(at: time(30_000)) == .taken)
        #expect(budget.take(at: time(59_999)) == .wait(until: time(60_000)))
        #expect(budget.remaining(at: time(59_999)) == 0)
        #expect(budget.take(at: time(60_000)) == .taken)
        #expect(budget.take(at: time(60_001)) == .wait(until: time(90_000)))
    }

    @Test("a pause holds back what the window would allow, and a later one wins")
    func pause() {
        var budget = RequestBudget(requestsPerMinute: 10)
        budget.pause(until: time(5000))
        budget.pause(until: time(3000))
        #expect(budget.take(at: time(4999)) == .wait(until: time(5000)))
        #expect(budget.take(at: time(5000)) == .taken)
    }

    @Test("a call that was not made after all costs nothing")
    func giveBack() {
        var budget = RequestBudget(requestsPerMinute: 1)
        _ = budget.take(at: time(0))
        budget.giveBack()
        #expect(budget.take(at: time(1)) == .taken)
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
            budget: RequestBudget(requestsPerMinute: 1),
            now: { clock.withLock { $0 } },
            sleep: { _ in
                fellAsleep.yield()
                for await _ in ticks { return }
            }
        )
        await gate.enter(.write)
        await gate.leave()
        let order = Shared<[String]>([])
        let later = Task {
            await gate.enter(.resync)
            order.withLock { $0.append("resync") }
            await gate.leave()
        }
        for await _ in asleep { break }
        let urgent = Task {
            await gate.enter(.write)
            order.withLock { $0.append("write") }
            await gate.leave()
        }
        while await gate.state.waiting < 2 { await Task.yield() }
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
            budget: RequestBudget(requestsPerMinute: 1000),
            maxConcurrent: 2,
            now: { Timestamp(milliseconds: 0) }
        )
        let running = Shared((now: 0, most: 0))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await gate.enter(.write)
                    running.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    await Task.yield()
                    running.withLock { $0.now -= 1 }
                    await gate.leave()
                }
            }
        }
        #expect(running.withLock { $0.most } <= 2)
    }
}
