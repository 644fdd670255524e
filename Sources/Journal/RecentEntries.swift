// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Synchronization

/// The entries that were appended last, for the one who applies them: what has just been compressed and written need not
/// be read and decompressed at once. For one reader, who never goes back.
final class RecentEntries: Sendable {
    private struct State {
        /// All entries after `start`, in order.
        var records: [JournalRecord] = []
        var start: Int64
        var bytes = 0
    }

    private let limit: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - start: the newest sequence there is; all that come later will be noted.
    ///   - limit: bytes of entries that are held at most.
    init(after start: Int64, limit: Int) {
        state = Mutex(State(start: start))
        self.limit = limit
    }

    /// Entries that are in the journal now; all of them, in their order, before anybody can hear of them.
    func note(_ records: [JournalRecord]) {
        guard let last = records.last else { return }
        let bytes = records.reduce(0) { $0 + $1.entry.weight }
        state.withLock { state in
            if state.bytes + bytes > limit {
                // The reader is behind: it reads on from the journal, and is back here when it has what is dropped now.
                state = State(start: last.sequence)
            } else {
                state.records += records
                state.bytes += bytes
            }
        }
    }

    /// As ``Journal/read(after:limit:bytes:)``; forgets what comes before. `nil` = not all of it is here.
    func take(after sequence: Int64, limit: Int, bytes: Int) -> [JournalRecord]? {
        state.withLock { state in
            guard sequence >= state.start else { return nil }
            let known = state.records.firstIndex { $0.sequence > sequence } ?? state.records.count
            for record in state.records[..<known] { state.bytes -= record.entry.weight }
            state.records.removeSubrange(..<known)
            state.start = sequence
            var (count, read) = (0, 0)
            for record in state.records.prefix(max(0, limit)) {
                guard read < bytes else { break }
                read += record.entry.body.count
                count += 1
            }
            return Array(state.records[..<count])
        }
    }
}
