// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Foundation
import GenesysEvents
import Journal
import Rehearsal

/// Which events of a journal are exported; `replay --export` and `journal export` write the same lines.
struct JournalExport: Sendable {
    /// When they were received.
    var window: ClosedRange<Timestamp>
    /// Those about one of these, and those that name nobody; empty = all.
    var agents: Set<String> = []
    /// Those with one of these topics; empty = all.
    var topics: [TopicPattern] = []

    static let beginningOfTime = Timestamp(milliseconds: 0)
    static let endOfTime = Timestamp(milliseconds: .max / 4)

    struct Counts: Sendable {
        var events = 0
        /// Bodies that are no JSON object, which no line can hold.
        var unreadable = 0

        var sentence: String {
            "\(events) events" + (unreadable > 0 ? ", and \(unreadable) left out whose bodies are no JSON objects" : "")
        }
    }

    /// Time and agent are right.
    func concerns(_ entry: JournalEntry) -> Bool {
        guard window.contains(entry.receivedAt) else { return false }
        guard let id = entry.agentID, !agents.isEmpty else { return true }
        return agents.contains(id)
    }

    /// The topic is right.
    func wants(topic: String) -> Bool { topics.isEmpty || topics.contains { $0.matches(topic) } }
}

/// A topic with `*`, or an id in braces as in Genesys' list of topics, for any one part.
struct TopicPattern: Sendable, Equatable {
    private var parts: [Substring?]

    /// For `transform:` of an option.
    static func parse(_ text: String) throws -> TopicPattern {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard !parts.contains(where: \.isEmpty) else {
            throw ValidationError("'\(text)' is no topic such as v2.users.*.presence")
        }
        return TopicPattern(
            parts: parts.map { $0 == "*" || ($0.hasPrefix("{") && $0.hasSuffix("}")) ? nil : $0 }
        )
    }

    func matches(_ topic: String) -> Bool {
        let other = topic.split(separator: ".", omittingEmptySubsequences: false)
        return other.count == parts.count && zip(parts, other).allSatisfy { $0 == nil || $0 == $1 }
    }
}

extension JournalFile {
    /// Writes events to a file, or without one to standard output, one a line.
    func export(_ wanted: JournalExport, to path: String?) async throws -> JournalExport.Counts {
        let own = try await memory(since: wanted.window.lowerBound).ownChanges
        let file = try path.map(Self.exportFile) ?? .standardOutput
        return try await reading {
            let first = try await journal.sequence(before: wanted.window.lowerBound)
            let last = try await journal.entryBounds().last
            return try await journal.walk(after: first, through: last) {
                cursor -> Result<JournalExport.Counts, ReplayFailure> in
                var own = own
                var decoder = NotificationDecoder(isTrusted: true)
                var counts = JournalExport.Counts()
                var lines: [UInt8] = []
                func flush(isEnd: Bool = false) -> ReplayFailure? {
                    // Whoever reads may take their time: the relay's log must not wait for them.
                    cursor.pause()
                    do {
                        try file.write(contentsOf: Data(lines))
                        if isEnd, path != nil { try file.close() }
                    } catch {
                        // Not thrown: it would be taken for an error of the journal.
                        return ReplayFailure(
                            message:
                                "\(path ?? "standard output") cannot be written to the end: \(error.localizedDescription)"
                        )
                    }
                    lines.removeAll(keepingCapacity: true)
                    return nil
                }
                while let entry = try cursor.next()?.entry {
                    guard wanted.concerns(entry) else { continue }
                    // Also of topics that are not wanted: they tell whose change the next one shows.
                    let isOwn = (try? decoder.decode(entry.body))?.first.map { received in
                        own.note(received.notification, of: entry)
                    }
                    guard wanted.wants(topic: entry.topic) else { continue }
                    guard let line = JournalStamp(entry, ownChange: isOwn ?? false).line(with: entry.body) else {
                        counts.unreadable += 1
                        continue
                    }
                    lines += line
                    lines.append(UInt8(ascii: "\n"))
                    counts.events += 1
                    if lines.count > 1 << 20, let failure = flush() { return .failure(failure) }
                }
                return flush(isEnd: true).map(Result.failure) ?? .success(counts)
            }.get()
        }
    }

    /// For its owner alone, as events hold personal data. Not `FileManager.createFile`, which puts a new file in the place of a
    /// device or a pipe.
    private static func exportFile(_ path: String) throws -> FileHandle {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        var status = stat()
        // The mode of a file that was there before.
        guard descriptor >= 0 else { throw unwritable(path) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard fstat(descriptor, &status) == 0,
            status.st_mode & S_IFMT != S_IFREG || fchmod(descriptor, 0o600) == 0
        else { throw unwritable(path) }
        return file
    }

    private static func unwritable(_ path: String) -> ReplayFailure {
        ReplayFailure(message: "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
