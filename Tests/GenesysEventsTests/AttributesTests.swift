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

    @Test("of two lists what differs is told, every name once, in order")
    func differences() {
        let mine: Attributes = ["a": "1", "b": "2", "d": "4"]
        let other: Attributes = ["b": "2", "c": "3", "d": "5", "e": "6"]
        var seen: [String] = []
        mine.differences(to: other) { name, mine, other in seen.append("\(name) \(mine ?? "–") \(other ?? "–")") }
        #expect(seen == ["a 1 –", "c – 3", "d 4 5", "e – 6"])
        mine.differences(to: mine) { name, _, _ in Issue.record("\(name) differs from itself") }
        #expect(mine.names(notIn: other) == ["a"])
        #expect(mine.names(notIn: [:]) == ["a", "b", "d"])
        #expect(!mine.hasAllNames(of: other))
        #expect(!mine.hasAllNames(of: ["a": "1", "c": "2"]))
        #expect(mine.hasAllNames(of: ["a": "2", "d": ""]))
    }

    @Test("texts run into each other in memory and nowhere else")
    func boundaries() {
        #expect(["ab": "c"] as Attributes != ["a": "bc"])
        #expect(["": "a", "a": ""] as Attributes != ["": "", "a": "a"])
        #expect((["": "empty", "a": ""] as Attributes)[""] == "empty")
        #expect((["": "empty", "a": ""] as Attributes)["a"]?.isEmpty == true)
        // The first eight bytes of a name are compared by themselves: NUL is what a shorter one is filled up with.
        let names = ["12345678", "123456789", "12345678\u{0}", "1234567", "1234567\u{0}", "é", "z", ""]
        let attributes = Attributes(Dictionary(uniqueKeysWithValues: names.map { ($0, "value of \($0)") }))
        #expect(attributes.map(\.name) == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        for name in names { #expect(attributes[name] == "value of \(name)") }
    }

    @Test("from an event they are the same as from a dictionary, in any order", arguments: 0..<20)
    func decoded(seed: Int) throws {
        let names = (0..<60).map { "name \(($0 * 7 + seed) % 60 + ($0 % 3) * 1000)" }.shuffled()
        let values = Dictionary(names.map { ($0, "value \($0)") }) { $1 }
        let fields = names.filter { values[$0] != nil }.map { #""\#($0)":"value \#($0)""# }.joined(separator: ",")
        let body = #"{"id":"c","participants":[{"id":"p","attributes":{\#(fields)}}]}"#
        var decoder = NotificationDecoder()
        let text = #"{"topicName":"v2.users.a.conversations","eventBody":\#(body)}"#
        let received = try #require(try decoder.decode(Array(text.utf8)).first)
        guard case .conversation(_, let snapshot) = received.notification.event else {
            Issue.record("not a conversation")
            return
        }
        #expect(snapshot.participants.first?.attributes == Attributes(values))
        #expect(snapshot.participants.first?.attributes.dictionary == values)
    }

    @Test("of two lists merged the other one's value counts")
    func merge() {
        var attributes: Attributes = ["a": "1", "b": "2"]
        attributes.merge(["b": "3", "c": "4"])
        #expect(attributes == ["a": "1", "b": "3", "c": "4"])
        attributes.merge([:])
        #expect(attributes.count == 3)
        var here: [String] = []
        attributes.merge(["a": "5", "b": "6", "z": "7", "y": "8"]) { name, isHere in
            if isHere { here.append(name) }
            return name != "b" && name != "z"
        }
        #expect(here == ["a", "b"])
        #expect(attributes == ["a": "5", "b": "3", "c": "4", "y": "8"])
    }

    @Test("JSON is an object with a text in every field")
    func coding() throws {
        let attributes: Attributes = ["b": "2", "a": "é\n"]
        let encoded = try JSONEncoder().encode(attributes)
        #expect(try JSONDecoder().decode([String: String].self, from: encoded) == ["a": "é\n", "b": "2"])
        #expect(try JSONDecoder().decode(Attributes.self, from: encoded) == attributes)
    }
}
