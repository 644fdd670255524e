// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Journal
import Logging
import Probing

/// How fast `presence-relay replay` goes through a journal, beside a bare read and decode of the same entries.
///
///     ReplayProbe RELAY-BINARY FOLDER [EVENTS] [AGENTS] [ROUNDS]
///
/// Makes a journal in the folder (unless a run before has left it), then measures in turn. Prints lines of fields
/// separated by tabs: what, round, events, seconds, processor seconds, greatest resident size in MB (0 = not measured).
@main
struct Main {
    static func main() async { await runProbe("ReplayProbe", run) }

    private static func run(_ arguments: [String]) async throws {
        let numbers = arguments.dropFirst(2).compactMap(Int.init)
        guard arguments.count >= 2 else {
            throw ProbeError(message: "usage: RELAY-BINARY FOLDER [EVENTS] [AGENTS] [ROUNDS]")
        }
        let folder = arguments[1]
        let database = "\(folder)/replay.db"
        if !FileManager.default.fileExists(atPath: database) {
            try await fill(database, agents: numbers.dropFirst().first ?? 1000, events: numbers.first ?? 1_000_000)
        }
        let rules = try Rules(folder: folder, database: database)
        for round in 1...max(1, numbers.count > 2 ? numbers[2] : 1) {
            let (count, seconds) = try await decode(database)
            emit("decode", "\(round)", "\(count)", "\(seconds)", "0", "0")
            for (name, extra) in [("one file", []), ("two files", ["--rules", rules.other])] {
                let run = try replay(
                    arguments[0],
                    ["--config", rules.config, "--since", "365d", "--format", "csv"] + extra,
                    folder
                )
                emit(
                    name,
                    "\(round)",
                    "\(count)",
                    "\(run.seconds)",
                    "\(run.processorSeconds)",
                    "\(run.megabytes)"
                )
            }
        }
    }

    private static func fill(_ database: String, agents: Int, events: Int) async throws {
        var settings = Journal.Configuration()
        settings.maxPending = 100_000
        settings.maxPendingBytes = 1 << 30
        let journal = try Journal(url: "sqlite:\(database).part", configuration: settings, logger: quiet)
        var batch: [JournalEntry] = []
        var commit = JournalCommit()
        for moment in Week.moments(agents: agents, count: events) {
            batch.append(moment.entry)
            commit.history += moment.history
            guard batch.count == 5000 else { continue }
            _ = try await journal.append(batch)
            try await journal.commit(commit)
            batch.removeAll(keepingCapacity: true)
            commit = JournalCommit()
        }
        if !batch.isEmpty { _ = try await journal.append(batch) }
        try await journal.commit(commit)
        await journal.close()
        try FileManager.default.moveItem(atPath: database + ".part", toPath: database)
    }

    /// Every entry read and decoded, two readers at once as the replay has.
    private static func decode(_ database: String) async throws -> (count: Int, seconds: Double) {
        var settings = Journal.Configuration()
        settings.access = .readOnly
        let journal = try Journal(url: "sqlite:\(database)", configuration: settings, logger: quiet)
        let last = try await journal.entryBounds().last
        let start = ContinuousClock.now
        func part(_ number: UInt8) async throws -> Int {
            try await journal.walk(after: 0, through: last) { cursor in
                var decoder = NotificationDecoder()
                var count = 0
                while let record = try cursor.next(where: { ($0.last ?? 0) & 1 == number }) {
                    count += (try? decoder.decode(record.entry.body))?.count ?? 0
                }
                return count
            }
        }
        async let other = part(1)
        let count = try await part(0) + (try await other)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        await journal.close()
        return (count, seconds)
    }

    private static func replay(_ program: String, _ arguments: [String], _ folder: String) throws -> Run {
        let before = children()
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["replay"] + arguments + ["--output", "\(folder)/replay.out"]
        let start = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        guard process.terminationStatus == 0 else {
            throw ProbeError(message: "replay ended with \(process.terminationStatus)")
        }
        let after = children()
        return Run(
            seconds: seconds,
            processorSeconds: after.seconds - before.seconds,
            megabytes: after.megabytes
        )
    }

    private struct Run {
        var seconds: Double
        var processorSeconds: Double
        var megabytes: Int
    }

    /// Of all children that have ended; the size is that of the greatest.
    private static func children() -> (seconds: Double, megabytes: Int) {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return (seconds(usage.ru_utime) + seconds(usage.ru_stime), Int(usage.ru_maxrss) / 1024)
    }

    private static let quiet = Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() }
}
