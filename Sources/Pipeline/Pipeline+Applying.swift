// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import Journal

extension Pipeline {
    /// Takes one entry of the journal to the agents it is about.
    func apply(_ journalled: JournalRecord, in step: inout PipelineStep) {
        let entry = journalled.entry
        if let damage = journalled.damage {
            let known = DamagedEvent(topic: entry.topic, key: entry.key)
            let reason = "the event cannot be read from the journal: \(damage)"
            step.commit.deadLetters.append(
                DeadLetter(at: now(), reason: reason, agentID: entry.agentID, event: encoded(known))
            )
            return
        }
        var notification: Notification
        do {
            guard let received = try decoder.decode(entry.body).first else { return }
            notification = received.notification
        } catch {
            step.commit.deadLetters.append(deadLetter(entry, "the event cannot be decoded: \(error)"))
            return
        }
        if case .undecodable(let reason) = notification.event {
            step.commit.deadLetters.append(deadLetter(entry, reason))
            return
        }
        // That of an envelope in header fields stands beside the body.
        notification.timestamp = notification.timestamp ?? entry.madeAt
        for id in agents(of: notification) {
            var record = records[id] ?? AgentRecord(id: id)
            let outcome = engine.take(notification, from: entry, now: now(), into: &record)
            record.facts.forgetEnded(before: entry.receivedAt.advanced(by: .zero - AgentRecord.endedGrace))
            step.keep(record, outcome, in: &records)
            if notification.event.carriesPresence, let presence = record.facts.presence {
                step.effects.append(.observed(presence, agentID: id))
            }
            if engine.verifiesAdherence, case .adherence(_, let seen) = notification.event {
                step.effects.append(.adherenceObserved(seen, agentID: id))
            }
        }
    }

    private func agents(of notification: Notification) -> [String] {
        let named = notification.event.userIDs
        guard named.isEmpty, let conversation = notification.event.namelessConversationID else { return named }
        return records.agents(in: conversation)
    }

    private func deadLetter(_ entry: JournalEntry, _ reason: String) -> DeadLetter {
        DeadLetter(at: now(), reason: reason, agentID: entry.agentID, event: entry.body)
    }
}

/// What is left of an event whose body is damaged. No `topicName`, by which it would pass for an event.
private struct DamagedEvent: Encodable {
    var topic: String
    var key: String
}

extension GenesysEvent {
    fileprivate var carriesPresence: Bool {
        switch self {
        case .presence, .activity: true
        default: false
        }
    }
}
