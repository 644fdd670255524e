// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import StatusRules
import Testing

@testable import Pipeline

@Suite("JSONBytes")
struct JSONBytesTests {
    private struct Empty: Codable, Equatable {}

    private indirect enum Shape: Codable, Equatable {
        case nothing
        case pair(Int, name: String)
        case many([Shape], by: [String: Shape])
    }

    private struct Everything: Codable, Equatable {
        var text = "plain"
        var escaped = "\"quoted\" \\ \n\r\t\u{0}\u{1f} / é 🙂 { ["
        var numbers: [Int] = [0, -1, 7, 10, .max, .min]
        var small: [Int8] = [.min, .max]
        var large: [UInt64] = [.max]
        var real = 1.5
        var flags = [true, false]
        var texts = ["", "a\"b", "\u{1}"]
        var noTexts: [String] = []
        var attributes: Attributes = ["b\"\\": "\u{1}\n", "": "", "a": "é"]
        var noAttributes: Attributes = [:]
        var absent: String?
        var optionals: [Int?] = [nil, 1, nil]
        var time = Timestamp(milliseconds: 1_700_000_000_123)
        var times: [Timestamp?] = [nil, Timestamp(milliseconds: -1)]
        var empty = Empty()
        var nested: [[[Int]]] = [[], [[]], [[1], []]]
        var byName: [String: [String: Int]] = ["": [:], "a\"b": ["c": 1]]
        var shapes: [Shape] = [
            .nothing, .pair(1, name: "x"), .many([.nothing, .many([], by: [:])], by: ["k": .nothing]),
        ]
        var last = "end"
    }

    @Test("Foundation's decoder reads back every shape that values take")
    func roundTrip() throws {
        let value = Everything()
        let bytes = try JSONBytes.encode(value)
        #expect(try JSONDecoder().decode(Everything.self, from: Data(bytes)) == value)
        let theirs = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? NSDictionary
        let ours = try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary
        #expect(theirs != nil && ours == theirs)
    }

    @Test(
        "single values are JSON too",
        arguments: [("a\u{7}", #""a\u0007""#), ("", #""""#), ("}{", #""}{""#)]
    )
    func texts(text: String, json: String) throws {
        #expect(String(decoding: try JSONBytes.encode(text), as: UTF8.self) == json)
        #expect(String(decoding: try JSONBytes.encode([text, text]), as: UTF8.self) == "[\(json),\(json)]")
    }

    @Test("what JSON has no number for is refused")
    func notANumber() {
        #expect(throws: EncodingError.self) { try JSONBytes.encode([Double.nan]) }
        #expect(throws: EncodingError.self) { try JSONBytes.encode([-Float.infinity]) }
    }

    @Test("keys come in the order in which they are encoded, without spaces")
    func order() throws {
        struct Pair: Encodable {
            var b = 1
            var a = [Empty()]
        }
        #expect(String(decoding: try JSONBytes.encode(Pair()), as: UTF8.self) == #"{"b":1,"a":[{}]}"#)
    }
}

@Suite("AgentRecord: stored form")
struct AgentRecordStorageTests {
    @Test("a record of an earlier version is read")
    func earlier() throws {
        let stored = """
            {"facts":{"id":"agent","presence":{"definitionID":"available","system":"AVAILABLE"}},"episodes":{},\
            "writes":{"unanswered":[],"overtaken":[],"accepted":[]},"revision":3,"heardAt":"2026-01-01T00:00:00.000Z"}
            """
        let record = try AgentRecord(stored: Array(stored.utf8))
        #expect(record.facts.presence?.definitionID == "available")
        #expect(record.revision == 3)
        #expect(record.errands.isEmpty && record.adherence == nil && record.explained.isEmpty)
        #expect(record.errandEpisodes.isEmpty)
    }

    @Test("a record that Foundation has encoded is the same as ours")
    func equal() throws {
        var desk = try ErrandDesk()
        _ = desk.confirmBreak()
        _ = desk.routing("NOT_RESPONDING")
        let record = desk.record
        #expect(record.errands.count == 4)
        #expect(try AgentRecord(stored: Array(JSONEncoder().encode(record))) == record)
        #expect(try AgentRecord(stored: record.stored()) == record)
    }

    @Test("what is not there takes no room")
    func small() throws {
        var desk = try ErrandDesk()
        desk.available()
        let text = String(decoding: try desk.record.stored(), as: UTF8.self)
        for key in ["adherence", "errands", "errandsOf", "explained", "wish", "delivery"] {
            #expect(!text.contains("\"\(key)\""))
        }
    }
}
