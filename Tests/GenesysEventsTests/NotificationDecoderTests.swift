// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Testing

@Suite("NotificationDecoder")
struct NotificationDecoderTests {
    static let presence = #"{"topicName":"v2.users.a.presence","eventBody":{"presenceDefinition":{"id":"d"}}}"#
    static let routing = #"{"topicName":"v2.users.b.routingStatus","eventBody":{"routingStatus":{"status":"IDLE"}}}"#
    static let other = #"{"topicName":"v2.users.c.station","eventBody":{}}"#

    private func decode(_ text: String) throws -> [ReceivedNotification] {
        var decoder = NotificationDecoder()
        return try decoder.decode([UInt8](text.utf8))
    }

    // MARK: - Forms

    @Test("an EventBridge envelope gives its id and the timestamp of the detail")
    func eventBridge() throws {
        let notification = try Fixture.notification("eventbridge.users.presence")
        #expect(notification.eventBridgeID == "cccccccc-0000-4000-8000-000000000001")
        #expect(notification.cloudEventID == nil)
        #expect(notification.timestamp == Timestamp("2026-03-10T14:06:00.412Z"))
        #expect(notification.topicName == "v2.users.\(agent).presence")
        #expect(notification.event.userID == agent)
    }

    @Test("without a timestamp in the detail the time of the envelope counts")
    func eventBridgeTime() throws {
        let received = try decode(
            #"{"id":"e","time":"2026-03-10T14:06:00Z","source":"aws.partner/genesys.com","detail":\#(Self.presence)}"#
        )
        #expect(received[0].notification.timestamp == Timestamp("2026-03-10T14:06:00Z"))
        #expect(received[0].notification.eventBridgeID == "e")
    }

    @Test("a bare notification has neither id nor time")
    func bare() throws {
        let notification = try Fixture.notification("users.presence")
        #expect(notification.eventBridgeID == nil)
        #expect(notification.timestamp == nil)
    }

    @Test("a CloudEvent around a notification gives its own id and time")
    func cloudEvent() throws {
        let event =
            #"{"specversion":"1.0","id":"ce","source":"/x","time":"2026-03-10T14:06:00.5Z","data":\#(Self.presence)}"#
        let received = try decode("[\(event),\(event)]")
        #expect(received.count == 2)
        #expect(received[0].notification.cloudEventID == "ce")
        #expect(received[0].notification.eventBridgeID == nil)
        #expect(received[0].notification.timestamp == Timestamp("2026-03-10T14:06:00.500Z"))
        #expect(received[0].notification.event.userID == "a")
    }

    @Test("the fields of an envelope may stand in any order")
    func order() throws {
        let received = try decode(
            #"{"detail":{"timestamp":"2026-03-10T14:06:00.412Z","eventBody":{"presenceDefinition":{"id":"d"}},"#
                + #""topicName":"v2.users.a.presence"},"id":"e"}"#
        )
        #expect(received[0].notification.eventBridgeID == "e")
        #expect(received[0].notification.event.userID == "a")
    }

    @Test("an empty array has no elements")
    func emptyArray() throws {
        #expect(try decode(" [ ] ").isEmpty)
    }

    @Test("a byte order mark is skipped")
    func byteOrderMark() throws {
        let received = try decode("\u{feff}" + Self.presence)
        #expect(received[0].bytes == 3..<3 + Self.presence.utf8.count)
    }

    // MARK: - Ranges

    @Test(
        "the bytes of every element are exactly its own",
        arguments: [
            "%a", " \n%a\n ", "[%a]", "[%a,%b,%c]", " [ %a\n,\t%b , %c ] ", "%a\n%b\n%c", "%a\r\n%b\r\n%c\r\n",
            "\n%a\n\n%b \n %c\n", "\u{feff}[%a,%b]", "[%e,%e]", "%e\n%e", "[%t,%a]", "%t\n%t\n%a",
        ]
    )
    func ranges(form: String) throws {
        let parts = [
            "a": Self.presence, "b": Self.routing, "c": Self.other,
            "e": #"{"id":"e","detail":\#(Self.presence),"x":[[],{},[{"y":"}]\"{["}]]}"#,
            // Brackets, quotes, backslashes and many bytes inside strings must not be taken for structure.
            "t": #"{"topicName":"v2.t","eventBody":{"m":"}{][\\\"","é{":"\\","n":[1,-2.5e3,null,true]}}"#,
        ]
        var text = ""
        var expected: [Range<Int>] = []
        var characters = form.makeIterator()
        while let character = characters.next() {
            if character == "%", let name = characters.next(), let part = parts[String(name)] {
                expected.append(text.utf8.count..<text.utf8.count + part.utf8.count)
                text += part
            } else {
                text.append(character)
            }
        }
        #expect(try decode(text).map(\.bytes) == expected)
    }

    @Test("a hundred elements of every size keep their places")
    func manyElements() throws {
        let parts = (0..<100).map { index in
            #"{"topicName":"v2.users.u\#(index).outofoffice","eventBody":{"active":true,"pad":"\#(String(repeating: "x", count: index * 7))"}}"#
        }
        for (separator, open, close) in [(",", "[", "]"), ("\n", "", "\n")] {
            let text = open + parts.joined(separator: separator) + close
            let bytes = [UInt8](text.utf8)
            let received = try decode(text)
            #expect(received.map { String(decoding: bytes[$0.bytes], as: UTF8.self) } == parts)
            #expect(received.map(\.notification.event.userID) == (0..<100).map { "u\($0)" })
        }
    }

    // MARK: - Errors

    struct Vector: Decodable, CustomTestStringConvertible {
        var name: String
        var body: String?
        var base64: Data?
        var element: Int
        var pointer: String
        var reason: String
        var testDescription: String { name }
        var bytes: [UInt8] { base64.map { [UInt8]($0) } ?? [UInt8]((body ?? "").utf8) }
    }

    static let vectors: [Vector] = {
        // A file that cannot be read shows as a failed "there are vectors".
        (try? JSONDecoder().decode([Vector].self, from: Data(Fixture.bytes("MalformedBodies/vectors.json")))) ?? []
    }()

    @Test("there are vectors")
    func haveVectors() { #expect(Self.vectors.count > 50) }

    @Test("a bad body is refused with the element and the place", arguments: vectors)
    func malformed(vector: Vector) {
        var decoder = NotificationDecoder()
        let expected = EventDecodingError(element: vector.element, pointer: vector.pointer, reason: vector.reason)
        #expect(throws: expected) { try decoder.decode(vector.bytes) }
        #expect(throws: expected) { try decoder.headings(of: vector.bytes) }
        #expect((try? decoder.decode([UInt8](Self.presence.utf8)))?.count == 1, "the decoder works on afterwards")
    }

    private static func event(_ body: String) -> String {
        #"{"topicName":"v2.users.a.outofoffice","eventBody":\#(body)}"#
    }

    enum Bound: CaseIterable {
        case text, name, elements, fields, batch, lines

        var most: Int { self == .text || self == .name ? 262_144 : 10_000 }
        var element: Int { self == .lines ? 10_000 : 0 }
        var pointer: String {
            switch self {
            case .text, .elements: "/eventBody/pad"
            case .name, .fields: "/eventBody"
            case .batch, .lines: ""
            }
        }

        func body(_ count: Int) -> [UInt8] {
            func list(_ element: String, _ separator: String = ",") -> String {
                Array(repeating: element, count: count).joined(separator: separator)
            }
            let body =
                switch self {
                case .text: event(#"{"pad":"\#(list("x", ""))"}"#)
                case .name: event(#"{"\#(list("x", ""))":1}"#)
                case .elements: event(#"{"pad":[\#(list("1"))]}"#)
                case .fields: event("{\((0..<count).map { #""n\#($0)":1"# }.joined(separator: ","))}")
                case .batch: "[\(list(event("{}")))]"
                case .lines: list(event("{}"), "\n")
                }
            return [UInt8](body.utf8)
        }
    }

    @Test("texts, lists and batches are bounded, and taken up to their bounds", arguments: Bound.allCases)
    func bounds(bound: Bound) throws {
        var decoder = NotificationDecoder()
        #expect(try !decoder.decode(bound.body(bound.most)).isEmpty)
        let error = #expect(throws: EventDecodingError.self) { try decoder.decode(bound.body(bound.most + 1)) }
        #expect(error?.element == bound.element && error?.pointer == bound.pointer)
        #expect(error?.reason.contains("more than \(bound.most)") == true, "\(error?.reason ?? "")")
        // The journal may have taken it when other bounds were in force.
        var trusting = NotificationDecoder(isTrusted: true)
        #expect(try !trusting.decode(bound.body(bound.most + 1)).isEmpty)
    }

    @Test("ten thousand names of one length, two of them the same, are told in an instant")
    func manyNames() throws {
        let names = (0..<9999).map { "\"\(String(repeating: "x", count: 40))\(10_000 + $0)\":1" }
        var decoder = NotificationDecoder()
        #expect(try decoder.decode([UInt8](Self.event("{\(names.joined(separator: ","))}").utf8)).count == 1)
        for place in [1, 5000, 9999] {
            var doubled = names
            doubled.insert(names[place - 1], at: place)
            let error = #expect(throws: EventDecodingError.self) {
                try decoder.decode([UInt8](Self.event("{\(doubled.joined(separator: ","))}").utf8))
            }
            #expect(error?.reason == "the name is there twice")
            #expect(error?.pointer == "/eventBody/\(String(repeating: "x", count: 40))\(10_000 + place - 1)")
        }
    }

    // MARK: - Headings

    @Test("a heading says what the whole notification says", arguments: Fixture.bodies)
    func headings(name: String) throws {
        let bytes = try Fixture.genesys(name)
        var decoder = NotificationDecoder()
        let received = try decoder.decode(bytes)
        let headings = try decoder.headings(of: bytes)
        #expect(headings.map(\.bytes) == received.map(\.bytes))
        for (heading, notification) in zip(headings.map(\.heading), received.map(\.notification)) {
            #expect(heading.topicName == notification.topicName)
            #expect(heading.isUsed == (notification.event != .unused))
            #expect(heading.userID == notification.event.userID)
            #expect(heading.eventBridgeID == notification.eventBridgeID)
            #expect(heading.timestamp == notification.timestamp)
        }
    }

    @Test("a heading names the user whom the topic or the body names, also of a body that cannot be used")
    func headingUsers() throws {
        var decoder = NotificationDecoder()
        func user(_ topic: String, _ body: String) throws -> String? {
            let text = #"{"topicName":"\#(topic)","eventBody":\#(body)}"#
            return try decoder.headings(of: Array(text.utf8)).first?.heading.userID
        }
        #expect(try user("v2.users.u1.conversations", "{}") == "u1")
        #expect(try user("v2.workforcemanagement.teams.t1.adherence", #"{"user":{"id":"u2"}}"#) == "u2")
        #expect(try user("v2.workforcemanagement.teams.t1.adherence", "{}") == nil)
        #expect(try user("v2.routing.queues.q1.conversations", #"{"id":"c"}"#) == nil)
        #expect(try user("v2.something.else", "{}") == nil)
    }

    @Test("an error says where, and never what")
    func errorText() {
        let error = EventDecodingError(element: 2, pointer: "/detail/topicName", reason: "missing")
        #expect(error.description == "element 2 at /detail/topicName: missing")
        #expect(EventDecodingError(reason: "not an object").description == "element 0: not an object")
    }

    @Test(
        "a body cut anywhere is refused, never a crash",
        arguments: ["eventbridge.users.presence", "eventbridge.users.conversations", "users.activity", "detail.acw"]
    )
    func truncation(name: String) throws {
        let bytes = try Fixture.genesys(name)
        var decoder = NotificationDecoder()
        let last = bytes.lastIndex(of: UInt8(ascii: "}")) ?? 0
        // Every byte of the small ones; the large one in steps that meet every kind of place.
        for end in stride(from: 0, through: last, by: bytes.count > 2000 ? 13 : 1) {
            #expect(throws: EventDecodingError.self) { try decoder.decode(Array(bytes[..<end])) }
        }
        #expect(try decoder.decode(bytes).count == 1)
    }

    @Test("a body with any byte changed is decoded or refused, never a crash")
    func mutation() throws {
        let line = try Fixture.genesys("eventbridge.users.presence").filter { $0 != 0x0a }
        let bytes = line + [0x0a] + line
        var decoder = NotificationDecoder()
        var refused = 0
        for index in bytes.indices {
            for byte in [0x00, 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x3a, 0x31, 0x80, 0xff] as [UInt8] {
                var mutated = bytes
                mutated[index] = byte
                do throws(EventDecodingError) {
                    for received in try decoder.decode(mutated) {
                        #expect(mutated[received.bytes.lowerBound] == UInt8(ascii: "{"))
                        #expect(mutated[received.bytes.upperBound - 1] == UInt8(ascii: "}"))
                    }
                } catch {
                    refused += 1
                    // simdjson's own words are the last resort, for what the reader of faults finds no fault in.
                    #expect(!error.reason.contains("JSON document") && !error.reason.contains("simdjson"))
                }
            }
        }
        #expect(refused > bytes.count)
    }

    @Test("a large body is decoded, and its memory is not kept in the way of small ones")
    func large() throws {
        var decoder = NotificationDecoder()
        let pad = #""\#(String(repeating: "é\\n", count: 60_000))""#
        let pads = Array(repeating: pad, count: 5).joined(separator: ",")
        let text = #"{"topicName":"v2.users.a.outofoffice","eventBody":{"active":true,"pad":[\#(pads)]}}"#
        for _ in 0..<3 {
            #expect(
                try decoder.decode([UInt8](text.utf8)).first?.notification.event
                    == .outOfOffice(userID: "a", .init(active: true))
            )
            #expect(try decoder.decode([UInt8](Self.presence.utf8)).count == 1)
        }
    }
}
