// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Journal
import Rehearsal
import Testing

@Suite("Event recordings")
struct EventRecordingTests {
    private func read(_ text: String) throws -> [RecordedEvent] {
        var recording = EventRecording()
        return try recording.read(Array(text.utf8), now: .nine)
    }

    @Test("an event is taken at the time that it says itself; one without a time at that of its neighbour")
    func times() throws {
        let events = try read(
            """
            {"topicName":"v2.unused","eventBody":{}}
            {"topicName":"v2.users.a.presence","eventBody":{"presenceDefinition":{"id":"x"},"modifiedDate":"2026-03-10T14:06:00.100Z"}}
            {"topicName":"v2.unused","eventBody":{}}
            {"topicName":"v2.users.a.presence","timestamp":"2026-03-10T14:07:00Z","eventBody":{"presenceDefinition":{"id":"x"},"modifiedDate":"2026-03-10T14:06:00.100Z"}}
            """
        )
        #expect(
            events.map(\.at.description) == [
                "2026-03-10T14:06:00.100Z", "2026-03-10T14:06:00.100Z", "2026-03-10T14:06:00.100Z",
                "2026-03-10T14:07:00.000Z",
            ]
        )
        #expect(events.map(\.key) == ["event 1", "event 2", "event 3", "event 4"])
        #expect(try read(#"{"topicName":"v2.unused","eventBody":{}}"#).first?.at == .nine)
    }

    @Test("an event exported, sent and exported again has the newer stamp; else doubled names are refused")
    func stampedTwice() throws {
        func entry(_ key: String, _ body: [UInt8]) -> JournalEntry {
            JournalEntry(
                key: key,
                source: .webhook,
                topic: "v2.users.a.presence",
                agentID: "a",
                receivedAt: .nine,
                body: body
            )
        }
        let body = Array(#"{"topicName":"v2.users.a.presence","eventBody":{"presenceDefinition":{"id":"x"}}}"#.utf8)
        let once = try #require(JournalStamp(entry("eb:1", body)).line(with: body))
        let twice = try #require(JournalStamp(entry("eb:2", once)).line(with: once))
        #expect(try read(String(decoding: twice, as: UTF8.self)).map(\.key) == ["eb:2"])
        #expect(throws: EventDecodingError.self) { try read(#"{"topicName":"v2.unused","eventBody":{"a":1,"a":2}}"#) }
    }

    @Test("an entry of the journal on one line is read back with its key, its source and the time of its receipt")
    func stamp() throws {
        let body =
            "  {\n  \"topicName\": \"v2.users.a.presence\",\r\n \"eventBody\": {\"presenceDefinition\":{\"id\":\"x\"}, \"message\":\"a\\nb\"}\n}\n"
        let entry = JournalEntry(
            key: "eb:1",
            source: .observation,
            topic: "v2.users.a.presence",
            agentID: "a",
            receivedAt: .nine(5),
            body: Array(body.utf8),
            madeAt: .nine(4)
        )
        let line = try #require(JournalStamp(entry).line(with: entry.body))
        #expect(!line.contains(UInt8(ascii: "\n")))
        let event = try #require(try read(String(decoding: line, as: UTF8.self)).first)
        #expect(event.key == "eb:1")
        #expect(event.source == .observation)
        #expect(event.at == .nine(5))
        #expect(event.notification.timestamp == .nine(4))
        guard case .presence("a", let seen) = event.notification.event else {
            Issue.record("\(event.notification)")
            return
        }
        #expect(seen.message == "a\nb")
    }

    @Test("an exported line says its version; one without a number is of the first, and a newer one is refused")
    func version() throws {
        let body = Array(#"{"topicName":"v2.unused","eventBody":{}}"#.utf8)
        let entry = JournalEntry(
            key: "eb:1",
            source: .webhook,
            topic: "v2.unused",
            agentID: nil,
            receivedAt: .nine(5),
            body: body
        )
        let line = String(decoding: try #require(JournalStamp(entry).line(with: body)), as: UTF8.self)
        #expect(line.contains(#""version":1"#))
        let old = line.replacingOccurrences(of: #","version":1"#, with: "")
        #expect(old != line)
        #expect(try read(old).first?.key == "eb:1")
        // In front, and wherever another program has put it; whatever else a newer one may have.
        for newer in [
            #"{"journal":{"id":"eb:1","version":2},"topicName":"v2.unused","eventBody":{}}"#,
            #"{"topicName":"v2.unused", "journal": {"version": 2, "id": "eb:1"}, "eventBody":{}}"#,
        ] {
            #expect {
                try read("\(old)\n\(newer)")
            } throws: { error in
                let error = error as? EventDecodingError
                return error?.element == 1 && error?.pointer == "/journal/version"
                    && error?.reason.contains("use that version") == true
            }
        }
        // What somebody else calls journal is none of our business.
        let other = #"{"topicName":"v2.unused","journal":{"key":1,"pages":[2]},"eventBody":{}}"#
        #expect(try read(other).first?.key == "event 1")
    }

    @Test("a body without members, and one that is no object")
    func odd() throws {
        let entry = JournalEntry(
            key: "k",
            source: .webhook,
            topic: "t",
            agentID: nil,
            receivedAt: .nine,
            body: []
        )
        let line = try #require(JournalStamp(entry).line(with: Array("{ }".utf8)))
        let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        #expect(object?["journal"] != nil)
        #expect(JournalStamp(entry).line(with: Array("[]".utf8)) == nil)
    }
}
