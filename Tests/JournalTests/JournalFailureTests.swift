// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import Testing

@testable import Journal

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A journal whose disk fails")
struct JournalFailureTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a full database is told, loses nothing, and is writable again by itself")
    func fillsUp() async throws {
        let journal = try folder.open()
        _ = try await journal.append([.mock("eb:1")])
        try await journal.pool.writeWithoutTransaction { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        let large = JournalEntry.mock("eb:2", body: .noise(200_000))
        await #expect { try await journal.append([.mock("eb:3"), large]) } throws: {
            ($0 as? JournalError)?.code == .notWritable
        }
        #expect(journal.writeFailure?.contains("full") == true)
        // Probes fail too, and a group of duplicates, which writes nothing, proves nothing.
        #expect(try await journal.append([.mock("eb:1")]).duplicate == 1)
        #expect(journal.writeFailure != nil)
        // Reads go on.
        #expect(try await journal.read(after: 0, limit: 9).map(\.entry.key) == ["eb:1"])

        try await journal.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(try await eventually { journal.writeFailure == nil })
        #expect(try await journal.append([.mock("eb:3"), large]).accepted == 2)
        #expect(try await journal.read(after: 0, limit: 9).map(\.sequence) == [1, 2, 3])
        await journal.close()
    }

    #if canImport(Glibc)
        @Test("a full disk is told, and is writable again when space is freed", .enabled(if: geteuid() == 0))
        func fillsDisk() async throws {
            guard mount("tmpfs", folder.path, "tmpfs", 0, "size=1m") == 0 else { return }
            defer { _ = umount2(folder.path, Int32(MNT_DETACH)) }
            let journal = try folder.open()
            _ = try await journal.append([.mock("eb:1")])
            let filler = open(folder.file("filler"), O_CREAT | O_WRONLY, 0o600)
            let block = [UInt8](repeating: 1, count: 4096)
            while write(filler, block, block.count) > 0 {}
            close(filler)
            let large = JournalEntry.mock("eb:2", body: .noise(100_000))
            await #expect { try await journal.append([large]) } throws: {
                ($0 as? JournalError)?.code == .notWritable
            }
            #expect(journal.writeFailure != nil)
            try FileManager.default.removeItem(atPath: folder.file("filler"))
            #expect(try await eventually { journal.writeFailure == nil })
            #expect(try await journal.append([large]).accepted == 1)
            await journal.close()
        }
    #endif

    #if canImport(Glibc)
        /// What a file system that turns read-only does to a file that is open, for which the kernel refuses a remount.
        @Test("writes that the system refuses are told, and taken again by itself, nothing lost and nothing doubled")
        func refusesWrites() async throws {
            let journal = try folder.open()
            _ = try await journal.append([.mock("eb:1")])
            let log = folder.file("relay.db-wal")
            let name = URL(fileURLWithPath: folder.path).lastPathComponent + "/relay.db-wal"
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(
                Int32.init
            )
            .filter { descriptor in
                let file = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
                return file?.hasSuffix(name) == true
            }
            #expect(!descriptors.isEmpty)
            let kept = descriptors.map { dup($0) }
            let readOnly = open(log, O_RDONLY)
            for descriptor in descriptors { #expect(dup2(readOnly, descriptor) == descriptor) }
            for key in ["eb:2", "eb:3"] {
                await #expect { try await journal.append([.mock(key)]) } throws: {
                    ($0 as? JournalError)?.code == .notWritable
                }
            }
            #expect(journal.writeFailure?.contains("disk failed") == true)
            #expect(try await journal.read(after: 0, limit: 9).map(\.entry.key) == ["eb:1"])
            for (descriptor, old) in zip(descriptors, kept) { #expect(dup2(old, descriptor) == descriptor) }
            for descriptor in kept + [readOnly] { close(descriptor) }
            #expect(try await eventually { journal.writeFailure == nil })
            let after = try await journal.append([.mock("eb:1"), .mock("eb:2")])
            #expect(after == AppendResult(accepted: 1, duplicate: 1))
            let copy = try folder.copyOfDatabase().open()
            #expect(try await copy.read(after: 0, limit: 9).map(\.entry.key) == ["eb:1", "eb:2"])
            #expect(try await copy.damage().isEmpty)
            await copy.close()
            await journal.close()
        }

        @Test("a file system that is mounted read-only is refused with what to do", .enabled(if: geteuid() == 0))
        func readOnlyMount() async throws {
            guard mount("tmpfs", folder.path, "tmpfs", 0, "size=4m") == 0 else { return }
            defer { _ = umount2(folder.path, Int32(MNT_DETACH)) }
            let flags = UInt(MS_REMOUNT) | UInt(MS_RDONLY)
            func whileOpen() async throws {
                let journal = try folder.open()
                _ = try await journal.append([.mock("eb:1")])
                // While files are open for writing the kernel does not do it, so nothing is lost to it.
                #expect(mount("tmpfs", folder.path, "tmpfs", flags, nil) != 0)
                #expect(try await journal.append([.mock("eb:2")]).accepted == 1)
                await journal.close()
            }
            try await whileOpen()
            #expect(try await eventually { mount("tmpfs", folder.path, "tmpfs", flags, nil) == 0 })
            let error = #expect(throws: JournalError.self) { try folder.open() }
            #expect(error?.code == .cannotOpen)
            #expect(error?.message.contains("must be writable") == true, "\(error as Any)")
            #expect(mount("tmpfs", folder.path, "tmpfs", UInt(MS_REMOUNT), nil) == 0)
            let again = try folder.open()
            #expect(try await again.read(after: 0, limit: 9).count == 2)
            await again.close()
        }
    #endif

    @Test("after an I/O error the log is begun anew before anything is promised")
    func rebuildsLog() async throws {
        let journal = try folder.open { $0.retryInterval = .seconds(3600) }
        for index in 0..<30 { _ = try await journal.append([.mock("eb:\(index)")]) }
        try await journal.pool.writeWithoutTransaction { database in
            database.add(
                function: DatabaseFunction("fail", argumentCount: 0) { _ in
                    throw DatabaseError(resultCode: .SQLITE_IOERR, message: "disk I/O error")
                }
            )
            try database.execute(
                sql: """
                    CREATE TEMP TRIGGER fail BEFORE INSERT ON entries WHEN NEW.topic = 'fail' BEGIN SELECT fail(); END
                    """
            )
        }
        func logSize() throws -> Int {
            try FileManager.default.attributesOfItem(atPath: folder.file("relay.db-wal"))[.size] as? Int ?? 0
        }
        let before = try logSize()
        await #expect { try await journal.append([.mock("eb:x", topic: "fail")]) } throws: {
            ($0 as? JournalError)?.code == .notWritable
        }
        #expect(journal.writeFailure != nil)
        #expect(try await journal.append([.mock("eb:y")]).accepted == 1)
        #expect(journal.writeFailure == nil)
        #expect(try logSize() < before)
        #expect(try await journal.read(after: 0, limit: 99).count == 31)
        await journal.close()
    }

    @Test("a write lock held by another program is told and waited out")
    func waitsForLock() async throws {
        let journal = try folder.open()
        var settings = GRDB.Configuration()
        settings.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.file(), configuration: settings)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await #expect { try await journal.append([.mock("eb:1")]) } throws: {
            ($0 as? JournalError)?.code == .notWritable
        }
        #expect(journal.writeFailure?.contains("another process") == true)
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try other.close()
        #expect(try await eventually { journal.writeFailure == nil })
        #expect(try await journal.append([.mock("eb:1")]).accepted == 1)
        await journal.close()
    }
}
