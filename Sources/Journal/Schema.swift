// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GRDB

/// The tables, and how they came to be.
enum Schema {
    /// "PRly" in the database's header: tells our databases from others.
    static let applicationID = 0x5052_6C79

    /// Applied migrations are never edited; a change is a new one.
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 inbox, agents, history") { db in
            try db.execute(
                sql: """
                    PRAGMA application_id = \(applicationID);
                    -- The key's index is the only one. Keys are random, so alone they would cost every entry a page of
                    -- the index to write (measured: 26 µs an entry against 9 µs); led by a time they fill the last page,
                    -- also when the index is far larger than memory. Received times grow with the sequence, so
                    -- retention and replay find their place by that.
                    CREATE TABLE entries (
                        sequence INTEGER PRIMARY KEY,
                        slot INTEGER NOT NULL,
                        key TEXT NOT NULL,
                        source TEXT NOT NULL,
                        topic TEXT NOT NULL,
                        agent_id TEXT,
                        received_at INTEGER NOT NULL,
                        body BLOB NOT NULL,
                        UNIQUE (slot, key)
                    ) STRICT;
                    CREATE TABLE progress (
                        id INTEGER PRIMARY KEY CHECK (id = 1),
                        position INTEGER NOT NULL
                    ) STRICT;
                    INSERT INTO progress (id, position) VALUES (1, 0);
                    CREATE TABLE agents (
                        id TEXT NOT NULL PRIMARY KEY,
                        state BLOB NOT NULL
                    ) STRICT;
                    -- AUTOINCREMENT: cursors hold ids, so none may come twice, also not after retention.
                    CREATE TABLE history (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        agent_id TEXT NOT NULL,
                        at INTEGER NOT NULL,
                        kind TEXT NOT NULL,
                        summary TEXT NOT NULL,
                        detail BLOB NOT NULL
                    ) STRICT;
                    CREATE INDEX history_agent ON history (agent_id);
                    CREATE TABLE dead_letters (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        at INTEGER NOT NULL,
                        reason TEXT NOT NULL,
                        agent_id TEXT,
                        event BLOB NOT NULL
                    ) STRICT;
                    -- Written to find out whether the disk takes writes again.
                    CREATE TABLE write_probe (
                        id INTEGER PRIMARY KEY,
                        filler BLOB NOT NULL
                    ) STRICT;
                    """
            )
        }
        // Changes nothing in the database: bodies may be compressed from now on (``StoredBody``), which a relay that does
        // not know of this step must not take for what was sent.
        migrator.registerMigration("2 compressed bodies") { _ in }
        // An index by agent alone has a page of its own for each agent's newest line, so that nearly every line cost a page
        // more to write, and to delete another one. By blocks of lines the last few pages take them all.
        migrator.registerMigration("3 history by blocks") { db in
            try db.execute(
                sql: """
                    DROP INDEX history_agent;
                    CREATE INDEX history_agent ON history (\(historyBlock), agent_id);
                    """
            )
        }
        return migrator
    }()

    /// Lines of history in the order of their ids, 1024 to a block: as a term of SQL, the first one of the index
    /// `history_agent`. Part of the format.
    static let historyBlock = "id >> 10"
    static func historyBlock(of id: Int64) -> Int64 { id >> 10 }

    /// The least and the greatest of a column that is an index's first. Apart: for both at once SQLite reads the whole table.
    static func ends(of column: String, in table: String) -> String {
        "SELECT (SELECT min(\(column)) FROM \(table)), (SELECT max(\(column)) FROM \(table))"
    }

    /// Refuses a database that is not ours or that a newer relay has written, before anything is changed in it.
    static func check(_ db: Database, path: String) throws {
        // GRDB's own tables may be all there is when the power went while the database was made.
        let tables = try Int.fetchOne(
            db,
            sql: "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'grdb_%'"
        )
        guard let tables, tables > 0 else { return }
        let id = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        guard id == applicationID else {
            throw JournalError(
                .cannotOpen,
                "\(path) is the database of another program: name another file in journal.url"
            )
        }
        guard try !migrator.hasBeenSuperseded(db) else {
            throw JournalError(
                .newerSchema,
                "\(path) was written by a newer version of the relay: run that version, or name another file"
            )
        }
    }
}
