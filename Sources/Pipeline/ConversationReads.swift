// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// Conversations of an agent of which there is no news for too long, and that are asked for: once, and again with
/// growing pauses while nothing is heard.
struct ConversationReads: Codable, Sendable, Equatable {
    private struct Read: Codable, Sendable, Equatable {
        var conversationID: String
        /// When it is asked for again, should it be necessary then.
        var againAt: Timestamp
        var tries: Int
    }

    private var reads: [Read] = []
    private static let shortestPause = Duration.seconds(60)
    private static let longestPause = Duration.seconds(3600)

    /// Nothing is asked for: there is nothing to store.
    var isEmpty: Bool { reads.isEmpty }

    /// When to look again; `nil` = nothing is asked for.
    var next: Timestamp? { reads.lazy.map(\.againAt).min() }

    /// Takes the conversations of which there is no news now; returns those that have to be read.
    ///
    /// One that is missing is not forgotten before its pause is over: which conversations the rules look at differs
    /// from one evaluation to the next.
    mutating func ask(for unheard: [String], now: Timestamp) -> [String] {
        guard !unheard.isEmpty || !reads.isEmpty else { return [] }
        reads.removeAll { $0.againAt <= now && !unheard.contains($0.conversationID) }
        var due: [String] = []
        for id in unheard where !due.contains(id) {
            if let place = reads.firstIndex(where: { $0.conversationID == id }) {
                guard reads[place].againAt <= now else { continue }
                let pause = min(Self.shortestPause * (1 << min(reads[place].tries, 10)), Self.longestPause)
                reads[place].againAt = now.advanced(by: pause)
                reads[place].tries += 1
            } else {
                reads.append(Read(conversationID: id, againAt: now.advanced(by: Self.shortestPause), tries: 1))
            }
            due.append(id)
        }
        return due
    }
}
