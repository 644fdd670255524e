// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Testing

/// Every topic that Genesys documents for agents and conversations is used, or not used for a reason.
@Suite("Decisions about topics")
struct TopicDecisionTests {
    /// `Tests/Fixtures/Topics/decisions.json`: the fields that make a difference, or why a topic is not used.
    struct Decision: Decodable {
        var fields: [String]?
        var unused: String?
    }

    private let fields: TopicFields
    private let decisions: [String: Decision]

    init() throws {
        fields = try TopicFields()
        let data = Data(try Fixture.bytes("Topics/decisions.json"))
        decisions = try JSONDecoder().decode([String: Decision].self, from: data)
    }

    @Test("each documented topic has one decision, and no other topic has")
    func complete() {
        #expect(Set(fields.topics.keys).subtracting(decisions.keys) == [], "without a decision")
        #expect(Set(decisions.keys).subtracting(fields.topics.keys) == [], "not documented")
        for (topic, decision) in decisions {
            #expect((decision.fields?.isEmpty == false) != (decision.unused?.isEmpty == false), "\(topic)")
        }
    }

    @Test("unused topics are ignored with any body, used ones are not")
    func unused() throws {
        for (topic, decision) in decisions {
            let event = try decode(topic, fields.body(topic))
            #expect((event == .unused) == (decision.unused != nil), "\(topic)")
            if case .undecodable(let reason) = event { Issue.record("\(topic): \(reason)") }
        }
    }

    @Test("the fields that make a difference are those that were decided on, all of them documented")
    func effectiveFields() throws {
        for (topic, decision) in decisions {
            guard let expected = decision.fields else { continue }
            let kinds: [TopicFields.Flags] = fields.has(topic, "indefinite") ? [.off, .on, .onWithEnd] : [.on, .off]
            let whole = try kinds.map { ($0, try decode(topic, fields.body(topic, flags: $0))) }
            let effective = try fields.leaves(topic) { path in
                try whole.contains { flags, event in
                    try decode(topic, fields.body(topic, without: path, flags: flags)) != event
                }
            }
            #expect(effective.sorted() == expected.sorted(), "\(topic)")
            #expect(expected.filter { !fields.has(topic, $0) } == [], "\(topic): not documented")
        }
    }

    @Test("a value that no list of today has does not lose the event")
    func unknownValues() throws {
        for (topic, decision) in decisions where decision.unused == nil {
            let body = renamed(fields.body(topic)) as? [String: Any] ?? [:]
            if case .undecodable(let reason) = try decode(topic, body) { Issue.record("\(topic): \(reason)") }
        }
    }

    /// Every text another one, times included, as if all enums had grown.
    private func renamed(_ value: Any) -> Any {
        switch value {
        case let object as [String: Any]: object.mapValues(renamed)
        case let list as [Any]: list.map(renamed)
        case let text as String: "NEW_" + text
        default: value
        }
    }

    private func decode(_ topic: String, _ body: [String: Any]) throws -> GenesysEvent {
        let name = topic.replacing("{id}", with: "topic-id").replacing("*", with: "x")
        let bytes = try JSONSerialization.data(
            withJSONObject: ["topicName": name, "eventBody": body],
            options: .sortedKeys
        )
        var decoder = NotificationDecoder()
        let received = try decoder.decode([UInt8](bytes))
        return try #require(received.first).notification.event
    }
}
