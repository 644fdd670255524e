// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Attribute schemas and late writes")
struct AttributeTests {
    @Test("schemas are created, listed and read; a title is taken once")
    func schemas() throws {
        var bench = Bench()
        let path = "/api/v2/conversations/customattributes/schemas"
        #expect(bench.send(.get, path)["total"] == .integer(0))
        let body = #"{"title":"WFM","properties":{"status":{"type":"string"}}}"#
        let created = bench.send(.post, path, body)
        let id = try #require(created["id"]?.stringValue)
        #expect(bench.send(.get, path + "/\(id)")["jsonSchema", "title"] == .string("WFM"))
        #expect(bench.send(.get, path)["entities", "0", "id"] == .string(id))
        #expect(bench.send(.post, path, body).status == 409)
        #expect(bench.send(.post, path, #"{"title":"Empty"}"#).status == 400)
        #expect(bench.send(.get, path + "/none").status == 404)
    }

    @Test("values must be in the schema, and texts must be strings")
    func values() throws {
        var bench = Bench()
        let call = try bench.call()
        let schema = try bench.schema(
            ##"{"status":{"allOf":[{"$ref":"#/definitions/text"}]},"count":{"type":"integer"}}"##
        )
        let path = "/api/v2/conversations/\(call.id)/customattributes"
        let put = { (values: String) in #"{"id":"wfm","schemaId":"\#(schema)","customAttributes":\#(values)}"# }
        #expect(bench.send(.put, path, put(#"{"state":"Break"}"#)).status == 400)
        #expect(bench.send(.put, path, put(#"{"status":1}"#)).status == 400)
        #expect(bench.send(.put, path, put(#"{"status":"Break","count":1}"#)).status == 200)
        let old = #"{"id":"wfm","version":7,"customAttributes":{"status":"Meal"}}"#
        #expect(bench.send(.put, path, old).status == 409)
    }

    @Test("writes to an ended conversation are accepted and listed apart")
    func afterEnd() throws {
        var bench = Bench()
        let call = try bench.call()
        let schema = try bench.schema(#"{"status":{"type":"string"}}"#)
        let conversation = "/api/v2/conversations/\(call.id)"
        let participant = conversation + "/participants/\(call.customer)/attributes"
        #expect(bench.send(.patch, participant, #"{"attributes":{"a":"1"}}"#).status == 200)
        for step in ["hangup", "wrapup"] { _ = bench.send(.post, "/simulator/calls/\(call.id)/\(step)") }
        #expect(bench.send(.patch, participant, #"{"attributes":{"a":"2"}}"#).status == 200)
        let set = #"{"id":"wfm","schemaId":"\#(schema)","customAttributes":{"status":"Break"}}"#
        #expect(bench.send(.put, conversation + "/customattributes", set).status == 200)
        let log = bench.send(.get, "/simulator/attributes")
        #expect(log["writes"]?.arrayValue?.count == 1)
        #expect(log["writes", "0", "participantId"] == .string(call.customer))
        #expect(log["afterEnd"]?.arrayValue?.count == 2)
        #expect(log["afterEnd", "1", "customAttributesId"] == .string("wfm"))
        #expect(bench.send(.delete, "/simulator/attributes").status == 204)
        #expect(bench.send(.get, "/simulator/attributes")["afterEnd"]?.arrayValue?.isEmpty == true)
    }
}
