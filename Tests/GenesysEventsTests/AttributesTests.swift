// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Testing

@Suite("Attributes")
struct AttributesTests {
    @Test("they read, change and end like a dictionary, whatever the order")
    func dictionary() {
        var random = SystemRandomNumberGenerator()
        var attributes: Attributes = [:]
        var known: [String: String] = [:]
        for step in 0..<500 {
            let name = "name \(Int.random(in: 0..<40, using: &random))"
            let value = Int.random(in: 0..<4, using: &random) == 0 ? nil : "value \(step)"
            attributes[name] = value
            known[name] = value
            #expect(attributes[name] == value)
        }
        #expect(attributes.map(\.name) == known.keys.sorted())
        #expect(attributes.dictionary == known)
        #expect(attributes == Attributes(known))
        #expect(attributes["unknown"] == nil)
    }

    @Test("of several with one name the last one counts, wherever they stand")
    func duplicates() throws {
        #expect(["b": "1", "a": "2", "b": "3"] as Attributes == ["a": "2", "b": "3"])
        let body = #"{"id":"c","participants":[{"id":"p","attributes":{"z":"1","a":"2","z":"3","n":4}}]}"#
        let text = #"{"topicName":"v2.users.a.conversations","eventBody":\#(body)}"#
        // As an older journal may have it; from a sender it is refused.
        var decoder = NotificationDecoder(isTrusted: true)
        let received = try #require(try decoder.decode(Array(text.utf8)).first)
        guard case .conversation(_, let snapshot) = received.notification.event else {
            Issue.record("not a conversation")
            return
        }
        #expect(snapshot.participants.first?.attributes == ["a": "2", "z": "3"])
    }

    @Test("two lists side by side: every name once, in order, until the walk is ended")
    func compare() {
        let mine: Attributes = ["a": "1", "b": "2", "d": "4"]
        let other: Attributes = ["b": "2", "c": "3", "d": "5", "e": "6"]
        var seen: [String] = []
        mine.compare(other) { name, mine, other in
            seen.append("\(name) \(mine ?? "–") \(other ?? "–")")
            return true
        }
        #expect(seen == ["a 1 –", "b 2 2", "c – 3", "d 4 5", "e – 6"])
        seen = []
        mine.compare(other) { name, _, _ in
            seen.append(name)
            return name != "c"
        }
        #expect(seen == ["a", "b", "c"])
        mine.compare([:]) { _, _, other in
            #expect(other == nil)
            return true
        }
    }

    @Test("of two lists merged the other one's value counts")
    func merge() {
        var attributes: Attributes = ["a": "1", "b": "2"]
        attributes.merge(["b": "3", "c": "4"])
        #expect(attributes == ["a": "1", "b": "3", "c": "4"])
        attributes.merge([:])
        #expect(attributes.count == 3)
        attributes.merge(["a": "5", "b": "6", "z": "7", "y": "8"]) { name, mine, other in
            name == "b" || name == "z" ? nil : "\(mine ?? "–") \(other)"
        }
        #expect(attributes == ["a": "1 5", "b": "3", "c": "4", "y": "– 8"])
    }

    @Test("JSON is an object with a text in every field")
    func coding() throws {
        let attributes: Attributes = ["b": "2", "a": "é\n"]
        let encoded = try JSONEncoder().encode(attributes)
        #expect(try JSONDecoder().decode([String: String].self, from: encoded) == ["a": "é\n", "b": "2"])
        #expect(try JSONDecoder().decode(Attributes.self, from: encoded) == attributes)
    }
}
