// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Console
import GenesysEvents
import Journal
import Pipeline

extension Relay {
    /// Applies a dead letter again: an event as a new entry of the journal, a failed call as a new wish for its agent.
    func retryDeadLetter(_ id: Int64) async throws -> DeadLetterRetryView {
        guard let letter = try await journal.deadLetter(id: id) else { throw ConsoleError.noLetter }
        // Ids of letters are never used twice, so the key is as fresh as they are.
        let key = "retry:\(id)"
        let isTried: Bool
        do {
            if let entry = JournalEntry(retrying: letter, key: key) {
                isTried = try await journal.retryDeadLetter(id: id, as: entry)
            } else {
                guard Pipeline.isAboutCall(letter.event) else {
                    throw ConsoleError(
                        .conflict,
                        "The event of this letter cannot be read, so it cannot be applied. Delete the letter."
                    )
                }
                try await retryCall(of: letter, key: key)
                isTried = try await journal.removeDeadLetter(id: id)
            }
        } catch let error as JournalError {
            throw ConsoleError(writing: error) ?? error
        }
        // Gone in the meantime: another request has tried it, or deleted it.
        guard isTried else { throw ConsoleError.noLetter }
        return DeadLetterRetryView(id: String(id), eventKey: key)
    }

    private func retryCall(of letter: DeadLetter, key: String) async throws {
        guard case .resolved = status.genesys else {
            throw ConsoleError(.unavailable, "Genesys cannot be used yet; the relay's log says why.")
        }
        guard let agentID = letter.agentID, await pipeline.tryAgain(agentID, eventKey: key, letter: letter.event) else {
            throw ConsoleError(
                .conflict,
                "The call that failed is not wanted any more: there is nothing to try again. Delete the letter."
            )
        }
    }
}

extension JournalEntry {
    /// The event of a letter as an entry of now; `nil` for a letter about a call, which holds no event.
    fileprivate init?(retrying letter: DeadLetter, key: String) {
        var decoder = NotificationDecoder(isTrusted: true)
        guard let notification = try? decoder.decode(letter.event).first?.notification else { return nil }
        self.init(
            key: key,
            source: .webhook,
            topic: notification.topicName,
            agentID: letter.agentID ?? notification.event.userID,
            receivedAt: .now,
            body: letter.event
        )
    }
}

extension ConsoleError {
    /// What the caller is told when the journal does not take a change; `nil` for what only the log should know.
    init?(writing error: JournalError) {
        switch error.code {
        case .overloaded, .notWritable, .closed:
            self.init(.unavailable, "The journal cannot be written at the moment.")
        default: return nil
        }
    }
}
