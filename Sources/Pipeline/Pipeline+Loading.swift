// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import Journal
import Logging

extension Pipeline {
    /// Reads the stored states. Before `run`. Throws `.newerSchema` when a newer version of the relay has written one.
    public func load() async throws(JournalError) {
        position = try await journal.appliedPosition()
        inbox.advance(to: position)
        try await recallDeadLetters()
        // Nothing is written before `run`.
        for try await stored in journal.agents {
            do {
                _ = records.put(try AgentRecord(stored: stored.state))
            } catch let error as AgentRecord.NewerVersion {
                // To go on would be to overwrite what that version knows of its agents.
                throw JournalError(.newerSchema, "agent \(stored.id): \(error)")
            } catch {
                logger.error(
                    "a stored agent cannot be read; it is rebuilt from new events",
                    metadata: ["agent": "\(stored.id)"]
                )
            }
        }
    }
}
