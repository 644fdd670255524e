// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What an event did to the facts.
public enum FactsOutcome: Sendable, Equatable {
    /// These facts are others now.
    case changed([FactChange])
    /// No fact changed; what orders later events may have, so that the facts are still to be stored.
    case unchanged
    /// Older than what is known: nothing taken. The text says why.
    case stale(String)
}

/// One fact that changed; `path` in the vocabulary of rules: `presence.system`, `conversation.attributes.wfm_status`.
///
/// `conversation` alone means that a communication has appeared or ended, with the old and the new state.
public struct FactChange: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Which fact.
    public var path: String
    /// Before; `nil` = unknown or absent.
    public var old: String?
    /// After; `nil` = unknown or absent.
    public var new: String?
    /// Which conversation, when the fact is of one.
    public var conversationID: String?

    /// A change of one fact.
    public init(path: String, old: String?, new: String?, conversationID: String? = nil) {
        self.path = path
        self.old = old
        self.new = new
        self.conversationID = conversationID
    }

    /// `presence.system: AVAILABLE → BREAK`
    public var description: String { "\(path): \(old ?? "–") → \(new ?? "–")" }
}

/// Collects what the parts of one event did.
struct OutcomeBuilder {
    private var changes: [FactChange] = []
    private var staleReason: String?
    private var hasTaken = false

    mutating func stale(_ reason: String) { staleReason = staleReason ?? reason }

    mutating func taken(_ changes: [FactChange] = []) {
        hasTaken = true
        self.changes += changes
    }

    mutating func compare(_ path: String, _ old: String?, _ new: String?) {
        hasTaken = true
        if old != new { changes.append(FactChange(path: path, old: old, new: new)) }
    }

    var outcome: FactsOutcome {
        if !changes.isEmpty { return .changed(changes) }
        if !hasTaken, let staleReason { return .stale(staleReason) }
        return .unchanged
    }
}
