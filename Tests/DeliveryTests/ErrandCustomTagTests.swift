// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import Synchronization
import Testing

@testable import Delivery

private func custom(_ selector: AttributeSchemaSelector) -> TagTarget { .customAttributes(schema: selector) }
private let named = custom(.name("Relay", create: true))

@Suite("An errand that tags a conversation")
struct CustomTagStepsTests {
    private let world = ErrandWorld()

    init() {
        world.set { $0.conversations["c"] = .live() }
    }

    private func run(_ errands: Errands, _ wanted: [Errand]) async {
        await errands.want(wanted, agentID: "a", checkFirst: false)
        await world.run(errands)
        #expect(world.violations.isEmpty)
    }

    @Test("the schema is created once, then known; the set is created once, then amended")
    func creates() async throws {
        await run(world.errands(tags: named), [.tag("1", ["k": "1"]), .tag("2", ["k": "2"])])
        #expect(
            world.calls == [
                "GET attribute schemas", "POST attribute schema", "GET custom attributes", "GET conversation",
                "PUT custom attributes", "GET custom attributes", "GET conversation", "PATCH custom attributes",
            ]
        )
        let sets = try #require(world.state.withLock { $0.sets["c"] })
        #expect(sets.map(\.attributes) == [["k": "2"]])
        #expect(world.state.withLock { $0.schemas } == [AttributeSchema(id: "schema-1", name: "Relay", fields: ["k"])])
    }

    @Test("values that are there are not written")
    func alreadyThere() async {
        let errands = world.errands(tags: named)
        await run(errands, [.tag("1", ["k": "1"]), .tag("2", ["k": "1"])])
        #expect(world.calls.last == "GET custom attributes")
        #expect(world.reports.map(\.summary) == ["tag: conversation tagged with k", "tag: already there"])
    }

    @Test("a field that the schema lacks, or a schema that is not there, is named in the advice")
    func advice() async {
        world.set { $0.schemas = [AttributeSchema(id: "s", name: "Relay", fields: ["other"])] }
        await run(world.errands(tags: named), [.tag("1", ["k": "1"])])
        await run(world.errands(tags: custom(.id("gone"))), [.tag("2", ["k": "1"])])
        await run(world.errands(tags: custom(.name("Gone", create: false))), [.tag("3", ["k": "1"])])
        let messages = world.reports.map { $0.error?.message ?? "" }
        #expect(world.reports.map(\.state) == [.failed, .failed, .failed])
        #expect(messages[0].contains("\"Relay\" (s)") && messages[0].contains("no field \"k\""))
        #expect(messages[1].contains("no schema gone"))
        #expect(messages[2].contains("no schema \"Gone\""))
    }

    @Test("a field that the schema has been given since it was read is found")
    func fieldAdded() async {
        world.set { $0.schemas = [AttributeSchema(id: "s", name: "Relay", fields: ["k"])] }
        let errands = world.errands(tags: named)
        await run(errands, [.tag("1", ["k": "1"])])
        world.set { $0.schemas[0].fields = ["k", "new"] }
        await run(errands, [.tag("2", ["new": "1"])])
        #expect(world.reports.map(\.state) == [.done, .done])
    }

    @Test("a version that is no longer the newest is read again, but not for ever")
    func conflicts() async {
        let errands = world.errands(tags: named)
        await run(errands, [.tag("1", ["k": "1"])])
        let conflict = ErrandWorld.Fault.refused(GenesysAPIError(.conflict, status: 409, message: "version"))
        world.fail("PATCH custom attributes", conflict, conflict, conflict, conflict, conflict)
        await run(errands, [.tag("2", ["k": "2"])])
        #expect(world.reports.last?.state == .done)
        world.fail("PATCH custom attributes", conflict, conflict, conflict, conflict, conflict, conflict)
        await run(errands, [.tag("3", ["k": "3"])])
        #expect(world.reports.last?.state == .failed)
        #expect(world.reports.last?.error?.code == "conflict")
    }

    @Test("lost answers make neither a second schema nor a second set")
    func lost() async {
        world.fail("POST attribute schema", .lost(.timeout))
        world.fail("PUT custom attributes", .lost(.busy), .lost(.timeout))
        await run(world.errands(tags: named), [.tag("1", ["k": "1"])])
        #expect(world.state.withLock { $0.schemas.count } == 1)
        #expect(world.state.withLock { $0.sets["c"]?.count } == 1)
        #expect(world.reports.last?.summary == "tag: already there")
    }

    @Test("an ended conversation is dropped")
    func ended() async {
        world.set { $0.conversations["c"]?.hasEnded = true }
        await run(world.errands(tags: named), [.tag("1", ["k": "1"]), .tag("2", in: "unknown", ["k": "1"])])
        #expect(world.reports.map(\.state) == [.dropped, .dropped])
    }

    @Test("two agents who find no schema create one, and one set of attributes with the values of both")
    func together() async {
        let errands = world.errands(tags: named)
        world.set { $0.isHolding = true }
        await errands.want([.tag("1", ["k": "1"])], agentID: "a", checkFirst: false)
        await errands.want([.tag("2", ["k": "1"])], agentID: "b", checkFirst: false)
        world.set { $0.isHolding = false }
        await world.run(errands)
        #expect(world.state.withLock { $0.schemas.count } == 1)
        #expect(world.state.withLock { $0.sets["c"]?.count } == 1)
        #expect(world.reports.map(\.state) == [.done, .done])
        #expect(world.calls.count { $0 == "PUT custom attributes" } == 1)
    }

    @Test("the id of a set is a UUID that follows from the conversation and the schema")
    func ids() {
        let id = ErrandSetID.make(conversationID: "c", schemaID: "s")
        #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        #expect(id == ErrandSetID.make(conversationID: "c", schemaID: "s"))
        #expect(id != ErrandSetID.make(conversationID: "cs", schemaID: ""))
        #expect(id != ErrandSetID.make(conversationID: "d", schemaID: "s"))
    }
}
