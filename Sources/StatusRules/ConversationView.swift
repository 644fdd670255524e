// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// The fields of conversations that a set of rules names, each with a place of its own. A class, since every look at a
/// conversation holds it.
final class ConversationFields: Sendable {
    private let fields: [ConversationField]
    /// The place of the one field whose value changes by itself.
    let afterCallWork: Int?
    /// Attributes of the agent's participant are looked up all at once, those of the customer's too.
    let attributes: Lookup
    let customerAttributes: Lookup

    /// Attributes, and the place of each among the fields.
    struct Lookup: Sendable {
        let names: Attributes
        let slots: [Int]

        fileprivate init(_ fields: [ConversationField], name: (ConversationField) -> String?) {
            var slots: [String: Int] = [:]
            for (slot, field) in fields.enumerated() { name(field).map { slots[$0] = slot } }
            names = Attributes(slots.mapValues { _ in "" })
            self.slots = names.compactMap { slots[$0.name] }
        }
    }

    /// - Parameter fields: each once.
    init(_ fields: [ConversationField] = []) {
        self.fields = fields
        afterCallWork = fields.firstIndex(of: .afterCallWork)
        attributes = Lookup(fields) { if case .attribute(let name) = $0 { name } else { nil } }
        customerAttributes = Lookup(fields) { if case .customerAttribute(let name) = $0 { name } else { nil } }
    }

    subscript(slot: Int) -> ConversationField { fields[slot] }

    var count: Int { fields.count }
}

/// One conversation while one agent is evaluated: each value that rules ask for is read once, whatever the number of
/// rules, and the conversation, which is large, is never copied on the way.
final class ConversationView {
    let facts: ConversationFacts
    /// In the agent's facts.
    let index: Int
    let id: String
    let isEnded: Bool
    let isAlerting: Bool
    /// What is known of it is new enough to go by.
    let isTrusted: Bool
    private let fields: ConversationFields
    private let now: Timestamp
    /// By slot; `nil` = not asked for yet. Not an array: two of three allocations of a view were for it.
    private let values: UnsafeMutablePointer<FactValue?>

    /// When a value changes by itself; `nil` = never.
    private let change: Timestamp?

    init(
        _ facts: ConversationFacts,
        at index: Int,
        fields: ConversationFields,
        now: Timestamp,
        isTrusted: Bool
    ) {
        self.facts = facts
        self.isTrusted = isTrusted
        change = fields.afterCallWork == nil ? nil : facts.pendingWorkUntil
        self.index = index
        self.fields = fields
        self.now = now
        id = facts.id
        isEnded = facts.isEnded
        isAlerting = facts.isAlerting
        values = .allocate(capacity: fields.count)
        values.initialize(repeating: nil, count: fields.count)
    }

    deinit {
        values.deinitialize(count: fields.count)
        values.deallocate()
    }

    func value(_ slot: Int) -> FactValue {
        if let value = values[slot] { return value }
        switch fields[slot] {
        case .attribute: look(up: fields.attributes, in: facts.fields.attributes)
        case .customerAttribute: look(up: fields.customerAttributes, in: facts.fields.customerAttributes)
        case let field: values[slot] = field.value(in: facts, now: now)
        }
        return values[slot] ?? .absent
    }

    private func look(up lookup: ConversationFields.Lookup, in attributes: Attributes) {
        for slot in lookup.slots { values[slot] = .absent }
        attributes.look(up: lookup.names) { values[lookup.slots[$0]] = .text($1) }
    }

    /// When a value changes by itself; `nil` = never.
    func change(of slot: Int) -> Timestamp? { slot == fields.afterCallWork ? change : nil }
}
