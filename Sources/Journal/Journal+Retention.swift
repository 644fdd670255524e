// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
public import GenesysEvents

extension Journal {
    /// Deletes applied entries, history and dead letters older than `keep`, in small steps with appends in between.
    ///
    /// Entries that are not applied yet stay, however old. The file does not shrink; the space is used again. Ends
    /// early when its task is cancelled. Throws `.notWritable` or `.closed`.
    public func prune(now: Timestamp) async throws(JournalError) {
        try await prune(now) { try RetentionTable.entries($0) }
        try await prune(now) { _ in .history }
        try await prune(now) { _ in .deadLetters }
    }

    /// Walks a table from its oldest row: the first step with young rows and without old ones is the end. Rows from when the
    /// clock was ahead, whose time is yet to come, say nothing of those after them.
    private func prune(
        _ now: Timestamp,
        _ table: @escaping @Sendable (Database) throws -> RetentionTable
    ) async throws(JournalError) {
        let writer = try writable()
        let newest = now.advanced(by: .zero - configuration.keep).milliseconds - 1
        var from: Int64 = 0
        while !Task.isCancelled {
            let start = from
            let end: Int64? = try await writer.step { database in
                let table = try table(database)
                guard let window = try table.window(after: start, database) else { return nil }
                let deleted = try table.delete(after: start, through: window.last, newest: newest, database)
                return deleted > 0 || window.oldest > now.milliseconds ? window.last : nil
            }
            guard let end else { return }
            from = end
        }
    }
}
