// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import GenesysEvents
import Journal
import Logging
import Testing

/// Runs of `JournalDriver` on one disk, and what the journal must hold after them.
final class DriverRun: Sendable {
    let disk: FaultyDisk
    let parent: URL

    /// What happened.
    struct Story {
        var taken: Set<Int> = []
        /// What was refused, or could not be opened, and why.
        var refusals: [String] = []
        var code: Int32 = 0
        var lines: [String] = []
        var errors = ""
    }

    init(in parent: URL, losesUnsynced: Bool = false) throws {
        self.parent = parent
        disk = try FaultyDisk(in: parent, losesUnsynced: losesUnsynced)
    }

    func start(from first: Int = 1, rounds: Int, bytes: Int = 300, holdsIn life: Int? = nil) throws -> Child {
        try Child(
            [disk.folder.path, "\(first)", "\(rounds)", "\(bytes)"] + (life.map { ["\($0)"] } ?? []),
            executable: "JournalDriver",
            environment: disk.environment
        )
    }

    /// The child's end, and before it: what fails is mended as soon as it was noticed.
    func finish(_ child: Child) async throws -> Story {
        try await eventually("the driver to end; it said \(child.lines.suffix(3)) \(child.errors)") {
            if child.hasNoticed { disk.mend() }
            return child.hasEnded
        }
        return try await story(child)
    }

    func story(_ child: Child) async throws -> Story {
        var story = Story()
        story.code = try await child.end()
        story.lines = child.lines
        story.errors = child.errors
        for line in story.lines {
            if line.hasPrefix("taken ") { story.taken.insert(Int(line.dropFirst(6)) ?? -1) }
            if line.hasPrefix("refused ") || line.hasPrefix("cannot open") { story.refusals.append(line) }
        }
        return story
    }

    /// What is wrong with the journal, now that no process has it: every number that was taken must be there once, and
    /// what was applied must be applied once. Numbers in `unsure` may be there.
    ///
    /// Looks at a copy: the next process is to find the files as the last one left them.
    func wrong(taken: Set<Int>, unsure: Set<Int> = []) async throws -> [String] {
        var wrong: [String] = []
        let copy = parent.appendingPathComponent("copy")
        try FileManager.default.copyItem(at: disk.folder, to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        let journal = try Journal(
            url: "sqlite:\(copy.path)/relay.db",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let records = try await journal.read(after: 0, limit: .max)
        let numbers = records.compactMap { Int($0.entry.key.dropFirst(3)) }
        if Set(numbers).count != numbers.count { wrong.append("twice in the journal") }
        // Every fourth one is out of date and may be removed.
        let lost = taken.filter { $0 % 4 != 0 }.subtracting(numbers)
        if !lost.isEmpty { wrong.append("lost: \(lost.sorted())") }
        let unknown = Set(numbers).subtracting(taken).subtracting(unsure)
        if !unknown.isEmpty { wrong.append("never sent: \(unknown.sorted())") }

        let position = try await journal.appliedPosition()
        let history = try await journal.history(agentID: "a", before: nil, limit: .max)
        let applied = history.reversed().compactMap { Int64($0.summary.split(separator: " ")[0]) }
        if applied != Array(Set(applied)).sorted() { wrong.append("applied twice, or out of order") }
        if applied.last ?? 0 != position { wrong.append("position \(position), history up to \(applied.last ?? 0)") }
        let missing = Set(records.map(\.sequence).filter { $0 <= position }).subtracting(applied)
        if !missing.isEmpty { wrong.append("in the journal, not applied: \(missing.sorted())") }
        var states: [String] = []
        for try await agent in journal.agents { states.append(String(decoding: agent.state, as: UTF8.self)) }
        if states != (position > 0 ? ["\(position)"] : []) { wrong.append("states \(states) at \(position)") }
        await journal.close()

        let database = try DatabaseQueue(path: copy.path + "/relay.db")
        let findings = try await database.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
        if findings != ["ok"] { wrong.append("integrity: \(findings)") }
        try database.close()
        return wrong
    }
}

extension Child {
    /// The driver has met the fault.
    fileprivate var hasNoticed: Bool { lines.contains { $0.hasPrefix("refused") || $0.hasPrefix("cannot open") } }
}
