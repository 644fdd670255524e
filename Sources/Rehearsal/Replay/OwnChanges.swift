// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import GenesysEvents
public import Journal
public import Pipeline
import StatusRules

/// Presences in a journal that the relay has set itself: they are no choice of an agent, and under other rules they would
/// not have come about.
///
/// A change is known by agent, definition and `modifiedDate`, from three places: answers to writes in the history, events
/// of which the history says that our own change had come back, and the newest writes that are stored with each agent.
/// What none of these tells of counts as a change by hand.
public struct OwnChanges: Sendable {
    struct Change: Hashable {
        var agentID: String
        var definitionID: String
        var modifiedAt: Timestamp
    }

    /// Something that the history says.
    public enum Line: Sendable {
        /// Genesys has taken this write.
        case write(agentID: String, definitionID: String, modifiedAt: Timestamp)
        /// This event showed our own change.
        case event(agentID: String, key: String)
    }

    private var changes: Set<Change> = []
    private var events: [String: Set<String>] = [:]

    /// None is known.
    public init() {}

    /// How many are known.
    public var count: Int { changes.count + events.values.reduce(0) { $0 + $1.count } }

    /// Takes what a line of the history says.
    public mutating func note(_ line: Line) {
        switch line {
        case .write(let agentID, let definitionID, let modifiedAt):
            changes.insert(Change(agentID: agentID, definitionID: definitionID, modifiedAt: modifiedAt))
        case .event(let agentID, let key):
            events[agentID, default: []].insert(key)
        }
    }

    /// Takes the newest writes of an agent, as they are stored.
    public mutating func note(_ record: AgentRecord) {
        for write in record.acceptedWrites {
            guard let modifiedAt = write.modifiedAt else { continue }
            note(.write(agentID: record.facts.id, definitionID: write.definitionID, modifiedAt: modifiedAt))
        }
    }

    /// Takes our own change out of an event; `false` = the event shows none.
    ///
    /// The same change told once more, by another topic or a read, is found by what this one has shown.
    mutating func strip(_ event: inout RecordedEvent) -> Bool {
        guard let agentID = event.notification.event.userID, let seen = event.notification.event.presence else {
            return false
        }
        let change = seen.definitionID.flatMap { definitionID in
            seen.modifiedAt.map { Change(agentID: agentID, definitionID: definitionID, modifiedAt: $0) }
        }
        if event.isOwnChange || events[agentID]?.contains(event.key) == true {
            if let change { changes.insert(change) }
        } else {
            guard let change, changes.contains(change) else { return false }
        }
        switch event.notification.event {
        case .activity(_, var activity):
            activity.presence = nil
            event.notification.event = .activity(userID: agentID, activity)
        default:
            event.notification.event = .unused
        }
        return true
    }

    /// Takes an event of the journal; returns whether it shows a change of our own.
    public mutating func note(_ notification: GenesysEvents.Notification, of entry: JournalEntry) -> Bool {
        var event = RecordedEvent(notification, of: entry)
        return strip(&event)
    }
}

extension OwnChanges.Line {
    /// Foundation's decoder took as long for these lines as the rules for all events between them.
    private static let texts = JSONTexts()

    /// What a line of kind `call` or `guard` says of our own changes; `nil` = nothing.
    public init?(_ line: HistoryEntry) {
        switch line.kind {
        case .guarded where line.summary == DecisionEngine.ownChange:
            guard let key = Self.texts.read(line.detail, ["eventKey"])[0] else { return nil }
            self = .event(agentID: line.agentID, key: key)
        case .call:
            let texts = Self.texts.read(line.detail, ["definitionId", "modifiedAt"])
            guard let definitionID = texts[0], let modifiedAt = texts[1].flatMap({ Timestamp($0) }) else { return nil }
            self = .write(agentID: line.agentID, definitionID: definitionID, modifiedAt: modifiedAt)
        default: return nil
        }
    }
}

extension GenesysEvent {
    fileprivate var presence: PresenceObservation? {
        switch self {
        case .presence(_, let presence): presence
        case .activity(_, let activity): activity.presence
        default: nil
        }
    }
}
