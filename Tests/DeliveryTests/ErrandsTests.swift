// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import Synchronization
import Testing

@testable import Delivery

@Suite("Errands")
struct ErrandsTests {
    private let world = ErrandWorld()

    init() {
        world.set { state in
            for id in ["c", "d"] { state.conversations[id] = .live() }
        }
    }

    /// Waits for what other tasks bring about.
    private func eventually(_ what: String, _ condition: () async -> Bool) async {
        for _ in 0..<100_000 {
            if await condition() { return }
            await Task.yield()
        }
        Issue.record("not reached: \(what)")
    }

    private var ended: [String] { world.reports.filter(\.state.isFinal).map { "\($0.errandID) \($0.state)" } }

    @Test("an agent's errands are done in the order in which they were wanted, one call at a time")
    func order() async {
        let errands = world.errands()
        await errands.want([.idle("1"), .tag("2", ["k": "2"])], agentID: "a", checkFirst: false)
        await errands.want([.tag("3", ["k": "3"]), .explain("4")], agentID: "a", checkFirst: false)
        await world.run(errands)
        #expect(ended == ["1 done", "2 done", "3 done", "4 done"])
        #expect(world.violations.isEmpty)
        #expect(world.state.withLock { $0.outcomes.count } == world.calls.count)
    }

    @Test("errands of different agents are done side by side")
    func parallel() async {
        let errands = world.errands()
        world.set { $0.isHolding = true }
        for agent in ["a", "b", "c"] { await errands.want([.idle("1")], agentID: agent, checkFirst: false) }
        await eventually("three calls at once") { world.state.withLock { $0.callers.count } == 3 }
        world.set { $0.isHolding = false }
        await world.run(errands)
        #expect(ended.count == 3)
    }

    @Test("a failed one holds nobody up; one that is retried holds up those about the same conversation")
    func retries() async {
        let errands = world.errands()
        world.fail("GET conversation", .refused(.busy))
        world.fail("PUT routing status", .refused(.notAllowed))
        await errands.want(
            [.tag("1", ["k": "1"]), .idle("2"), .tag("3", ["k": "3"]), .tag("4", in: "d", ["k": "4"])],
            agentID: "a",
            checkFirst: false
        )
        await world.run(errands)
        #expect(ended == ["2 failed", "4 done", "1 done", "3 done"])
        #expect(world.state.withLock { $0.conversations["c"]?.participants[0].attributes } == ["k": "3"])
    }

    @Test("others go on while a job is followed, but not an explanation of a span that overlaps")
    func jobs() async {
        world.set { $0.jobTime = { .seconds(20) } }
        let errands = world.errands()
        await errands.want(
            [.explain("1"), .explain("2", after: 10), .explain("3", after: 30), .idle("4")],
            agentID: "a",
            checkFirst: false
        )
        await world.run(errands)
        #expect(ended == ["4 done", "1 done", "3 done", "2 done"])
        #expect(world.violations.isEmpty)
    }

    @Test("an errand that is wanted twice is done once, also when it has ended meanwhile")
    func twice() async {
        let errands = world.errands()
        world.set { $0.isHolding = true }
        await errands.want([.explain("1"), .explain("1")], agentID: "a", checkFirst: false)
        await errands.want([.explain("1")], agentID: "a", checkFirst: true)
        #expect(await errands.outstanding == 1)
        world.set { $0.isHolding = false }
        await world.run(errands)
        await errands.want([.explain("1")], agentID: "a", checkFirst: false)
        #expect(await errands.outstanding == 0)
        #expect(world.calls == ["POST explanation", "GET explanation job"])
        await errands.want([.explain("1")], agentID: "b", checkFirst: false)
        #expect(await errands.outstanding == 1)
        await world.run(errands)
    }

    @Test("another errand for a span that was explained finds the explanation")
    func sameSpan() async {
        let errands = world.errands()
        await errands.want([.explain("1"), .explain("2")], agentID: "a", checkFirst: false)
        await world.run(errands)
        #expect(world.reports.map(\.summary).last == "explain: already there")
        #expect(world.state.withLock { $0.explanations["a"]?.count } == 1)
    }

    @Test("stop cancels what waits for the budget, and nothing is reported of it")
    func stopsWaiting() async {
        world.set { $0.isGateClosed = true }
        let errands = world.errands()
        await errands.want([.idle("1"), .idle("2")], agentID: "a", checkFirst: false)
        await eventually("waits") { await errands.underWay == 1 }
        await errands.stop()
        await eventually("waits no more") { await errands.underWay == 0 }
        #expect(world.calls.isEmpty)
        #expect(world.reports.isEmpty)
        #expect(await errands.outstanding == 2)
    }

    @Test("a pass that comes after stop is given back unused")
    func unused() async {
        world.set { $0.isGateClosed = true }
        let errands = world.errands()
        await errands.want([.idle("1")], agentID: "a", checkFirst: false)
        await eventually("waits") { await errands.underWay == 1 }
        // Both may happen before the task that waits has looked.
        world.set { $0.isGateClosed = false }
        await errands.stop()
        await eventually("waits no more") { await errands.underWay == 0 }
        let state = world.state.withLock { $0 }
        #expect(state.reports.isEmpty)
        #expect(state.outcomes.count == state.passes)
        #expect(state.outcomes.count { if case .unused = $0 { false } else { true } } == state.calls.count)
    }

    @Test("stop lets a call under way end, cancels the waits for a retry, and reports no more")
    func stopsCalling() async {
        let errands = world.errands()
        world.fail("POST explanation", .refused(.busy))
        await errands.want([.explain("1")], agentID: "waits", checkFirst: false)
        await eventually("waits for its retry") { !world.state.withLock { $0.sleepers.isEmpty } }
        world.set { $0.isHolding = true }
        await errands.want([.idle("2"), .idle("3")], agentID: "calls", checkFirst: false)
        await eventually("calls") { world.state.withLock { $0.callers.count } == 1 }
        let before = world.reports
        await errands.stop()
        world.set { $0.isHolding = false }
        await eventually("ended") { await errands.underWay == 0 }
        await eventually("no alarm") { world.state.withLock { $0.sleepers.isEmpty } }
        #expect(world.reports == before)
        #expect(world.calls == ["POST explanation", "PUT routing status"])
        #expect(world.state.withLock { $0.outcomes.count } == 2)
        await errands.want([.idle("4")], agentID: "late", checkFirst: false)
        #expect(await errands.underWay == 0)
    }

    @Test("what was cut off between the call and its end is found after a restart")
    func restart() async {
        world.set { $0.jobTime = { .seconds(5) } }
        let wanted: [Errand] = [.explain("1"), .tag("2", ["k": "2"])]
        let first = world.errands()
        await first.want(wanted, agentID: "a", checkFirst: false)
        await world.run(first) { world.calls.contains("PATCH participant attributes") }
        await first.stop()
        await eventually("stopped") { await first.underWay == 0 }
        world.set { $0.reports = [] }
        let second = world.errands()
        await second.want(wanted, agentID: "a", checkFirst: true)
        await world.run(second)
        #expect(Set(world.reports.map(\.summary)) == ["explain: already there", "tag: already there"])
        #expect(world.state.withLock { $0.explanations["a"]?.count } == 1)
    }

    @Test("of many errands the newest are remembered")
    func memory() {
        var memory = ErrandMemory(generation: 4)
        for number in 0..<20 {
            let isNew = memory.insert(.id(agentID: "a", "\(number)"))
            #expect(isNew)
            for earlier in max(0, number - 3)...number {
                let isNew = memory.insert(.id(agentID: "a", "\(earlier)"))
                #expect(!isNew)
            }
        }
        let isForgotten = memory.insert(.id(agentID: "a", "0"))
        #expect(isForgotten)
    }
}
