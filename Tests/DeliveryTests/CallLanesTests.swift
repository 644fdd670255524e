// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Testing

@testable import Delivery

private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }
private func rank(_ prominence: Int, _ since: Int64) -> DueQueue.Rank {
    DueQueue.Rank(prominence: prominence, since: time(since))
}

@Suite("BatchLimit")
struct BatchLimitTests {
    @Test("a refused call halves it, down to single calls")
    func shrinks() {
        var limit = BatchLimit(maximum: 50)
        limit.refused(50)
        #expect(limit.size == 25)
        // Calls that were under way with the larger size say the same again.
        limit.refused(50)
        #expect(limit.size == 25)
        for _ in 0..<10 { limit.refused(limit.size) }
        #expect(limit.size == 1)
    }

    @Test("where bulk calls are accepted, two that are refused together once do not end them")
    func pair() {
        var limit = BatchLimit(maximum: 50)
        limit.succeeded(50)
        limit.refused(2)
        #expect(limit.size == 50)
        limit.refused(2)
        #expect(limit.size == 1)
    }

    @Test("it grows back after full calls that succeed, later each time")
    func grows() {
        var limit = BatchLimit(maximum: 50)
        limit.refused(50)
        var calls = 0
        while limit.size == 25, calls < 10_000 {
            limit.succeeded(24)
            limit.succeeded(25)
            calls += 1
        }
        let first = calls
        #expect(limit.size == 50)
        limit.refused(50)
        calls = 0
        while limit.size == 25, calls < 10_000 {
            limit.succeeded(25)
            calls += 1
        }
        #expect(calls == 2 * first)
    }
}

@Suite("SplitBatch")
struct SplitBatchTests {
    @Test("when both halves are accepted the whole was too many")
    func tooMany() {
        var splits = SplitBatch()
        let halves = splits.split((1...5).map { "\($0)" }, of: nil)
        #expect(halves.map(\.agentIDs) == [["1", "2", "3"], ["4", "5"]])
        #expect(splits.succeeded(halves[0]) == nil)
        #expect(splits.succeeded(halves[1]) == 5)
    }

    @Test("when one half is refused, one of its agents is at fault and the size is not")
    func poison() {
        var splits = SplitBatch()
        let halves = splits.split(["a", "b", "c", "poison"], of: nil)
        #expect(splits.succeeded(halves[0]) == nil)
        let quarters = splits.split(halves[1].agentIDs, of: halves[1])
        #expect(quarters.map(\.agentIDs) == [["c"], ["poison"]])
        #expect(splits.succeeded(quarters[0]) == nil)
        splits.failed(quarters[1])
        #expect(splits.split(["alone"], of: nil).isEmpty)
    }
}

@Suite("CallPacing")
struct CallPacingTests {
    @Test("a twentieth or so of the minute at once, then one at a time")
    func burst() {
        var pacing = CallPacing(requestsPerMinute: 300)
        var taken = 0
        while pacing.take(at: time(0)) == nil { taken += 1 }
        #expect((10...25).contains(taken))
        guard let again = pacing.take(at: time(0)) else {
            Issue.record("there is no end to it")
            return
        }
        #expect(again > time(0))
        #expect(pacing.take(at: again) == nil)
        #expect(pacing.take(at: again) != nil)
    }

    @Test("what waits for the last of a minute leaves most of the minute's calls to full ones")
    func share() {
        var pacing = CallPacing(requestsPerMinute: 300)
        var taken = 0
        for millisecond in 0..<60_000 where pacing.take(at: time(Int64(millisecond))) == nil { taken += 1 }
        #expect(taken < 150)
    }

    @Test("a clock that is set back costs nothing")
    func clock() {
        var pacing = CallPacing(requestsPerMinute: 300)
        #expect(pacing.take(at: time(100_000)) == nil)
        #expect(pacing.take(at: time(0)) == nil)
    }
}

@Suite("DueQueue")
struct DueQueueTests {
    @Test("the most visible first, then the newest; every fourth is the one that waits longest")
    func order() {
        var queue = DueQueue()
        for index in 1...8 { queue.insert("old-\(index)", rank(1, Int64(index))) }
        queue.insert("label", rank(0, 100))
        queue.insert("queue", rank(2, 5))
        let order = (0..<10).compactMap { _ in queue.popFirst() }
        #expect(
            order == [
                "queue", "old-8", "old-7", "old-1", "old-6", "old-5", "old-4", "old-2", "old-3", "label",
            ]
        )
        #expect(queue.popFirst() == nil)
    }

    @Test("an agent is there once, with its newest rank, until it is removed")
    func once() {
        var queue = DueQueue()
        queue.insert("a", rank(0, 1))
        queue.insert("b", rank(0, 2))
        queue.insert("a", rank(1, 3))
        queue.insert("c", rank(0, 4))
        queue.remove("c")
        #expect(queue.count == 2)
        #expect(queue.popFirst() == "a")
        #expect(queue.popFirst() == "b")
        #expect(queue.isEmpty)
    }

    @Test("what is left over does not pile up")
    func leftOvers() {
        var queue = DueQueue()
        queue.insert("stays", rank(0, 0))
        for index in 1...5000 { queue.insert("changing", rank(1, Int64(index))) }
        #expect(queue.storedEntries < 200)
        for index in 1...5000 {
            queue.insert("comes and goes", rank(1, Int64(index)))
            queue.remove("comes and goes")
        }
        queue.insert("comes and goes", rank(1, 0))
        #expect(queue.storedEntries < 300)
        #expect((0..<3).compactMap { _ in queue.popFirst() } == ["changing", "comes and goes", "stays"])
    }
}

@Suite("CallLanes")
struct CallLanesTests {
    private func lanes(_ maxWrites: Int = 50, perMinute: Int = 300) -> CallLanes {
        CallLanes(maxWrites: maxWrites, maxReads: 50, requestsPerMinute: perMinute)
    }

    private func place(_ count: Int, in lanes: inout CallLanes) {
        for index in 0..<count { lanes.place("agent-\(index)", in: .write, rank: rank(0, Int64(index))) }
    }

    @Test("few agents have a call each, more go together")
    func fewAndMany() {
        var few = lanes()
        place(3, in: &few)
        #expect(few.passes(.write, now: time(0)).count == 3)
        #expect(few.next(.write).agentIDs.count == 1)
        var many = lanes()
        place(7, in: &many)
        #expect(many.passes(.write, now: time(0)).count == 1)
        #expect(many.next(.write).agentIDs.count == 7)
    }

    @Test("a storm goes in full calls, however fast it comes")
    func storm() {
        var lanes = lanes()
        var calls = 0, agents = 0
        // Agents trickle in while each call takes no time: the worst case for small calls.
        for index in 0..<10_000 {
            lanes.place("agent-\(index)", in: .write, rank: rank(0, 0))
            for _ in 0..<lanes.passes(.write, now: time(Int64(index / 5))).count {
                agents += lanes.next(.write).agentIDs.count
                calls += 1
            }
        }
        #expect(agents > 9900)
        #expect(calls < 240)
    }

    @Test("beyond the allowance changes gather, and the time to ask again is told")
    func gathers() {
        var lanes = lanes()
        var again: Timestamp?
        for index in 0..<40 where again == nil {
            lanes.place("agent-\(index)", in: .write, rank: rank(0, 0))
            let asked = lanes.passes(.write, now: time(0))
            for _ in 0..<asked.count { _ = lanes.next(.write) }
            again = asked.again
        }
        guard let again else {
            Issue.record("never gathers")
            return
        }
        for index in 100..<110 { lanes.place("agent-\(index)", in: .write, rank: rank(0, 0)) }
        #expect(lanes.passes(.write, now: time(0)).count == 0)
        #expect(lanes.passes(.write, now: again).count == 1)
        #expect(lanes.next(.write).agentIDs.count >= 10)
    }

    @Test("an agent whose next call is of another kind leaves its lane")
    func moves() {
        var lanes = lanes()
        lanes.place("a", in: .write, rank: rank(0, 0))
        lanes.place("a", in: .verify, rank: rank(0, 0))
        #expect(lanes.count(.write) == 0)
        #expect(lanes.count(.verify) == 1)
        lanes.place("a", in: nil, rank: rank(0, 0))
        #expect(lanes.count(.verify) == 0)
    }

    @Test("halves that are accepted without those who have left them say nothing of the size")
    func smallerHalves() {
        var lanes = lanes()
        lanes.refused(.write, ["a", "b", "c", "d"], part: nil, isTooLarge: false)
        for _ in 0..<2 {
            let (agentIDs, part) = lanes.next(.write)
            lanes.succeeded(.write, count: agentIDs.count - 1, part: part)
        }
        #expect(lanes.writeSize == 50)
    }

    @Test("a storm of reads goes a hundred at a time, unless too many are left out")
    func wideReads() {
        var lanes = lanes()
        for index in 0..<500 { lanes.place("agent-\(index)", in: .verify, rank: rank(0, Int64(index))) }
        var sizes: [Int] = []
        var open = lanes.passes(.verify, now: time(0)).count
        while open > 0 {
            sizes.append(lanes.next(.verify).agentIDs.count)
            open += lanes.passes(.verify, now: time(0)).count - 1
        }
        #expect(sizes.prefix(3) == [100, 100, 100])
        #expect(sizes.dropFirst(3).allSatisfy { $0 <= 50 })
        #expect(sizes.reduce(0, +) == 500)
        for index in 0..<500 { lanes.place("agent-\(index)", in: .verify, rank: rank(0, Int64(index))) }
        lanes.leftOutOfWideRead(11, of: 100)
        _ = lanes.passes(.verify, now: time(0))
        #expect(lanes.next(.verify).agentIDs.count == 50)
    }

    /// Sends all agents through an organization that takes at most so many at once, and never the poisonous ones.
    private func send(_ count: Int, maximum: Int, poison: Set<String> = []) -> (
        calls: Int, done: Set<String>, size: Int
    ) {
        var lanes = lanes(50, perMinute: 100_000)
        place(count, in: &lanes)
        var calls = 0
        var done: Set<String> = []
        var open = lanes.passes(.write, now: time(0)).count
        while calls < 5000, open > 0 {
            let (agentIDs, part) = lanes.next(.write)
            calls += 1
            let isBad = !poison.isDisjoint(with: agentIDs)
            if agentIDs.count == 1 {
                if isBad { lanes.abandon(part) } else { lanes.succeeded(.write, count: 1, part: part) }
                done.formUnion(agentIDs)
            } else if agentIDs.count > maximum || isBad {
                lanes.refused(.write, agentIDs, part: part, isTooLarge: false)
            } else if !agentIDs.isEmpty {
                lanes.succeeded(.write, count: agentIDs.count, part: part)
                done.formUnion(agentIDs)
            }
            open += lanes.passes(.write, now: time(Int64(calls))).count - 1
        }
        return (calls, done, lanes.writeSize)
    }

    @Test("a smaller maximum is learnt from 400s")
    func learns() {
        let (calls, done, size) = send(1000, maximum: 20)
        #expect(done.count == 1000)
        #expect((10...20).contains(size))
        #expect(calls < 250)
    }

    @Test("one agent that no bulk call may contain is found, and does not make the others' calls smaller")
    func poison() {
        let (calls, done, size) = send(1000, maximum: 50, poison: ["agent-500"])
        #expect(done.count == 1000)
        #expect(size == 50)
        #expect(calls < 40)
    }
}
