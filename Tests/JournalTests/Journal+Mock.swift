// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Dispatch
import Foundation
import GRDB
import GenesysEvents
import Logging
import Synchronization
import Testing

@testable import Journal

/// A folder that ends with its test. Kept in the suite, which lives as long as the test runs.
final class TemporaryFolder: Sendable {
    let path: String
    private let isPartOfAnother: Bool

    init() throws {
        path = NSTemporaryDirectory() + "/journal-\(UUID().uuidString)"
        isPartOfAnother = false
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    private init(in other: TemporaryFolder) throws {
        path = other.path + "/\(UUID().uuidString)"
        isPartOfAnother = true
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { if !isPartOfAnother { try? FileManager.default.removeItem(atPath: path) } }

    func file(_ name: String = "relay.db") -> String { path + "/" + name }

    /// What a power cut would leave: the files as they are, without a close.
    func copyOfDatabase(_ name: String = "relay.db") throws -> TemporaryFolder {
        let copy = try TemporaryFolder(in: self)
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: file(name) + suffix, toPath: copy.file(name) + suffix)
        }
        return copy
    }

    func open(_ change: (inout Journal.Configuration) -> Void = { _ in }) throws(JournalError) -> Journal {
        var configuration = Journal.Configuration()
        configuration.retryInterval = .milliseconds(20)
        change(&configuration)
        return try Journal(url: "sqlite:" + file(), configuration: configuration, logger: .silent)
    }

    /// Runs SQL on a database that no journal has open.
    func run(_ sql: String) throws {
        let queue = try DatabaseQueue(path: file())
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension JournalEntry {
    static func mock(
        _ key: String,
        topic: String = "v2.users.a.presence",
        at milliseconds: Int64 = 1_000_000,
        body: [UInt8] = Array("{}".utf8),
        madeAt: Int64? = nil
    ) -> JournalEntry {
        JournalEntry(
            key: key,
            source: .webhook,
            topic: topic,
            agentID: "a",
            receivedAt: Timestamp(milliseconds: milliseconds),
            body: body,
            madeAt: madeAt.map { Timestamp(milliseconds: $0) }
        )
    }
}

extension HistoryEntry {
    static func mock(_ summary: String, agent: String = "a", at milliseconds: Int64 = 1_000_000) -> HistoryEntry {
        HistoryEntry(
            agentID: agent,
            at: Timestamp(milliseconds: milliseconds),
            kind: .decision,
            summary: summary
        )
    }
}

extension [UInt8] {
    /// Bytes that no compression makes fewer: the same for the same seed (SplitMix64).
    static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return UInt8(truncatingIfNeeded: mixed ^ (mixed >> 31))
        }
    }
}

/// A number that tasks share.
final class SharedCount: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func add(_ number: Int = 1) { count.add(number, ordering: .sequentiallyConsistent) }
}

/// Waits for a condition, at most ten seconds.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(2))
    }
    return false
}

/// Holds a journal's writer back until released.
final class WriterBlock: Sendable {
    private let gate = DispatchSemaphore(value: 0)

    init(_ journal: Journal) {
        journal.pool.asyncWriteWithoutTransaction { [gate] _ in gate.wait() }
    }

    func release() { gate.signal() }
    deinit { gate.signal() }
}

extension Journal {
    /// All stored states at once.
    func allAgents() async throws(JournalError) -> [StoredAgent] {
        var all: [StoredAgent] = []
        for try await agent in agents { all.append(agent) }
        return all
    }
}
