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
        let value = fields[slot].value(in: facts, now: now)
        values[slot] = value
        return value
    }

    /// When a value changes by itself; `nil` = never.
    func change(of slot: Int) -> Timestamp? { slot == fields.afterCallWork ? change : nil }
}
