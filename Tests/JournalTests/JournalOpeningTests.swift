// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import GenesysEvents
import Logging
import Testing

@testable import Journal

@Suite("Opening a journal")
struct JournalOpeningTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a new journal is empty, and its file is closed to other users")
    func startsEmpty() async throws {
        let journal = try folder.open()
        #expect(journal.lastSequence == 0)
        #expect(try await journal.appliedPosition() == 0)
        #expect(try await journal.read(after: 0, limit: 10).isEmpty)
        for name in ["relay.db", "relay.db-wal"] {
            let mode = try FileManager.default.attributesOfItem(atPath: folder.file(name))[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(name)")
        }
        await journal.close()
    }

    @Test("a database that was left in the middle of its making is made anew")
    func continuesMaking() async throws {
        var settings = GRDB.Configuration()
        settings.allowsUnsafeTransactions = true
        // Too small for the transaction, so that pages go to the file before its end.
        settings.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = 2") }
        let maker = try DatabaseQueue(path: folder.file("maker.db"), configuration: settings)
        try await maker.writeWithoutTransaction { database in
            try database.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
            try database.execute(sql: "BEGIN IMMEDIATE; CREATE TABLE entries (body BLOB)")
            for _ in 0..<50 { try database.execute(sql: "INSERT INTO entries VALUES (randomblob(4000))") }
        }
        for suffix in ["", "-journal"] {
            try FileManager.default.copyItem(atPath: folder.file("maker.db") + suffix, toPath: folder.file() + suffix)
        }
        try await maker.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try maker.close()

        let journal = try folder.open()
        #expect(try await journal.append([.mock("eb:1")]).accepted == 1)
        await journal.close()
    }

    @Test("a missing folder is made")
    func makesFolder() async throws {
        let path = folder.file("a/b/relay.db")
        let journal = try Journal(url: "sqlite://" + path, logger: .silent)
        #expect(FileManager.default.fileExists(atPath: path))
        await journal.close()
    }

    @Test(
        "an address that is not a file of ours is refused with advice",
        arguments: [
            ("postgresql://relay:secret@db/relay", "SQLite only"), ("sqlite:", "name a file"),
            ("sqlite::memory:", "name a file"), ("mysql:x", "unknown scheme"), ("relay.db", "begin with sqlite:"),
        ]
    )
    func refusesURL(url: String, advice: String) {
        let error = #expect(throws: JournalError.self) { try Journal(url: url, logger: .silent) }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains(advice) == true)
        #expect(error?.message.contains("secret") == false)
    }

    @Test("a folder that cannot be made is refused")
    func refusesImpossibleFolder() throws {
        try Data("a file".utf8).write(to: URL(fileURLWithPath: folder.file("file")))
        let error = #expect(throws: JournalError.self) {
            try Journal(url: "sqlite:\(folder.file("file"))/relay.db", logger: .silent)
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("cannot create the folder") == true)
    }

    @Test("a folder in the database's place is refused")
    func refusesFolderAsFile() throws {
        try FileManager.default.createDirectory(atPath: folder.file(), withIntermediateDirectories: false)
        let error = #expect(throws: JournalError.self) { try folder.open() }
        #expect(error?.code == .cannotOpen)
    }

    @Test("a file that is no database is refused and left as it is")
    func refusesOtherFile() throws {
        let content = Data(String(repeating: "not a database. ", count: 512).utf8)
        try content.write(to: URL(fileURLWithPath: folder.file()))
        let error = #expect(throws: JournalError.self) { try folder.open() }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("not an SQLite database") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file())) == content)
    }

    @Test("another program's database is refused and left as it is")
    func refusesOtherDatabase() throws {
        try folder.run("CREATE TABLE theirs (id INTEGER)")
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.file()))
        let error = #expect(throws: JournalError.self) { try folder.open() }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("another program") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file())) == before)
    }

    @Test("a newer schema is refused")
    func refusesNewerSchema() async throws {
        let journal = try folder.open()
        _ = try await journal.append([.mock("eb:1")])
        await journal.close()
        try folder.run("INSERT INTO grdb_migrations (identifier) VALUES ('2 from the future')")
        let error = #expect(throws: JournalError.self) { try folder.open() }
        #expect(error?.code == .newerSchema)
        #expect(error?.message.contains("newer version") == true)
    }

    @Test("a journal that version 0.1.0 has written is opened, brought up to the present version, and goes on")
    func opensVersionOne() async throws {
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/Journal/version-1.sql")
        try folder.run(try String(contentsOf: fixture, encoding: .utf8))
        let journal = try folder.open()
        #expect(journal.lastSequence == 21)
        #expect(try await journal.damage().isEmpty)
        #expect(try await journal.contradictions().isEmpty)
        let counts = try await journal.counts()
        #expect((counts.entries, counts.history, counts.agents, counts.deadLetters) == (8, 16, 2, 1))
        let content = try #require(try await journal.read(after: 17, limit: 1).first).entry
        #expect(content.key.hasPrefix("sha256:") && content.agentID == "someone")
        #expect(content.body == Array(#"{"topicName":"v2.users.someone.presence","eventBody":{}}"#.utf8))
        let first = try #require(try await journal.read(after: 0, limit: 1).first).entry
        #expect(first.source == .webhook && first.madeAt?.milliseconds == 1_795_797_956_068)
        #expect(try await journal.read(after: 20, limit: 1).first?.entry.source == .observation)
        // Known before, known now.
        #expect(try await journal.append([first]) == AppendResult(accepted: 0, duplicate: 1))
        #expect(try await journal.append([.mock("eb:new")]).accepted == 1)
        #expect(journal.lastSequence == 22)
        let agent = "6a9f8821-9e0c-4c06-9951-783f9a74dfda"
        #expect(try await journal.history(agentID: agent, before: nil, limit: 99).count == 16)
        await journal.close()
    }

    @Test("a second relay on the same database is refused, and may have it when the first has ended")
    func locks() async throws {
        let first = try folder.open()
        let error = #expect(throws: JournalError.self) { try folder.open() }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("(process \(getpid()))") == true)
        // Under another name it is the same database.
        let link = folder.file("link.db")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.file())
        let linked = #expect(throws: JournalError.self) { try Journal(url: "sqlite:" + link, logger: .silent) }
        #expect(linked?.message.contains("another relay") == true)
        await first.close()
        let second = try folder.open()
        await second.close()
    }

    @Test("a link to a database that is still to be made names that, with its lock and its log")
    func followsLinks() async throws {
        let (link, other) = (folder.file("link.db"), folder.file("other.db"))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "relay.db")
        try FileManager.default.createSymbolicLink(atPath: other, withDestinationPath: link)
        let journal = try Journal(url: "sqlite:" + other, logger: .silent)
        #expect(throws: JournalError.self) { try folder.open() }
        _ = try await journal.append([.mock("eb:1")])
        #expect(try await journal.measure(now: Timestamp(milliseconds: 0)).logBytes > 0)
        await journal.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(names) == ["link.db", "other.db", "relay.db", "relay.db-shm", "relay.db-wal", "relay.db.lock"])
    }

    @Test("a reader beside a running relay sees its entries and writes nothing")
    func readsBeside() async throws {
        let relay = try folder.open()
        _ = try await relay.append([.mock("eb:1")])
        let reader = try folder.open { $0.access = .readOnly }
        #expect(try await reader.read(after: 0, limit: 10).map(\.entry.key) == ["eb:1"])
        await #expect(throws: JournalError.self) { try await reader.append([.mock("eb:2")]) }
        _ = try await relay.append([.mock("eb:3")])
        #expect(try await reader.read(after: 0, limit: 10).map(\.entry.key) == ["eb:1", "eb:3"])
        await reader.close()
        await relay.close()
    }

    @Test("what was stored is there after a restart, and sequences go on")
    func reopens() async throws {
        var journal = try folder.open()
        let body = Array(#"{"a":"ü"}"#.utf8)
        _ = try await journal.append([.mock("eb:1", body: body), .mock("eb:2", body: [])])
        await journal.close()
        journal = try folder.open()
        #expect(journal.lastSequence == 2)
        _ = try await journal.append([.mock("eb:3")])
        let records = try await journal.read(after: 0, limit: 10)
        #expect(records.map(\.sequence) == [1, 2, 3])
        let entry = try #require(records.first).entry
        #expect(entry.body == body)
        #expect(records[1].entry.body.isEmpty)
        #expect(entry.source == .webhook && entry.agentID == "a" && entry.topic == "v2.users.a.presence")
        #expect(entry.receivedAt.milliseconds == 1_000_000)
        await journal.close()
    }
}
