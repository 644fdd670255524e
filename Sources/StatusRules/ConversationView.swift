// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// The fields of conversations that a set of rules names, each with a place of its own.
struct ConversationFields: Sendable {
    private(set) var fields: [ConversationField] = []
    private var slots: [ConversationField: Int] = [:]
    /// The place of the one field whose value changes by itself.
    private(set) var afterCallWork: Int?

    subscript(slot: Int) -> ConversationField { fields[slot] }

    var count: Int { fields.count }

    /// The place of a field, which is new or there already.
    mutating func slot(_ field: ConversationField) -> Int {
        if let slot = slots[field] { return slot }
        slots[field] = fields.count
        if field == .afterCallWork { afterCallWork = fields.count }
        fields.append(field)
        return fields.count - 1
    }
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
    private let fields: ConversationFields
    private let now: Timestamp
    // Unchecked is safe: what reads a value of the facts never comes back here.
    @exclusivity(unchecked) private var values: [FactValue?]

    init(_ facts: ConversationFacts, at index: Int, fields: ConversationFields, now: Timestamp) {
        self.facts = facts
        self.index = index
        self.fields = fields
        self.now = now
        id = facts.id
        isEnded = facts.isEnded
        isAlerting = facts.isAlerting
        values = Array(repeating: nil, count: fields.count)
    }

    func value(_ slot: Int) -> FactValue {
        if let value = values[slot] { return value }
        let value = fields[slot].value(in: facts, now: now)
        values[slot] = value
        return value
    }

    /// When a value changes by itself; `nil` = never.
    func change(of slot: Int) -> Timestamp? {
        slot == fields.afterCallWork && facts.afterCallWork == "pending" ? facts.afterCallWorkUntil : nil
    }
}
