// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB
public import GenesysEvents

extension Journal {
    /// Rows that one transaction of retention looks at: short enough that appends do not notice it.
    static let retentionStep: Int64 = 500

    /// Deletes applied entries, history and dead letters older than `keep`, in small steps with appends in between.
    ///
    /// Entries that are not applied yet stay, however old. The file does not shrink; the space is used again. Ends
    /// early when its task is cancelled. Throws `.notWritable` or `.closed`.
    public func prune(now: Timestamp) async throws(JournalError) {
        let cutoff = now.advanced(by: .zero - configuration.keep).milliseconds
        try await prune("entries", id: "sequence", time: "received_at", olderThan: cutoff, onlyApplied: true)
        try await prune("history", id: "id", time: "at", olderThan: cutoff)
        try await prune("dead_letters", id: "id", time: "at", olderThan: cutoff)
    }

    /// Walks a table from its oldest row. Times grow with the ids, so the first step without an old row is the end;
    /// that needs no index on time.
    private func prune(
        _ table: String,
        id: String,
        time: String,
        olderThan cutoff: Int64,
        onlyApplied: Bool = false
    ) async throws(JournalError) {
        let writer = try writable()
        let limit = onlyApplied ? "(SELECT position FROM progress)" : "\(Int64.max)"
        let window = """
            SELECT max(\(id)) FROM (
                SELECT \(id) FROM \(table) WHERE \(id) > ? AND \(id) <= \(limit) ORDER BY \(id) LIMIT ?
            )
            """
        let deletion = "DELETE FROM \(table) WHERE \(id) > ? AND \(id) <= ? AND \(time) < ?"
        var from: Int64 = 0
        while !Task.isCancelled {
            let start = from
            let end: Int64? = try await writer.step { database in
                let rows = try database.cachedStatement(sql: window)
                guard let end = try Int64.fetchOne(rows, arguments: [start, Self.retentionStep]) else { return nil }
                try database.cachedStatement(sql: deletion).execute(arguments: [start, end, cutoff])
                return database.changesCount > 0 ? end : nil
            }
            guard let end else { return }
            from = end
        }
    }
}
