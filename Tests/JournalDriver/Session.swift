// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Journal
import Logging

/// A line on standard output, at once: the process may be killed at any moment.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// One opening of the journal: appends from several tasks, and one that applies what was appended.
struct Session {
    let journal: Journal
    /// Of the detail of each line of history.
    private let bytes: Int
    /// What is older than the journal keeps: retention removes it once it is applied.
    private static let longAgo = Timestamp(milliseconds: 1_000_000)

    struct Stuck: Error {}

    /// Tries until it opens, as a supervisor starts a relay again that could not.
    static func open(folder: String, bytes: Int) async throws -> Session {
        let deadline = ContinuousClock.now + .seconds(20)
        var configuration = Journal.Configuration()
        configuration.retryInterval = .milliseconds(10)
        while ContinuousClock.now < deadline {
            do {
                let url = "sqlite:\(folder)/relay.db"
                let journal = try Journal(
                    url: url,
                    configuration: configuration,
                    logger: Logger(label: "journal") { StreamLogHandler.standardError(label: $0) }
                )
                return Session(journal: journal, bytes: bytes)
            } catch {
                say("cannot open: \(error)")
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        throw Stuck()
    }

    /// Three senders at once, one of them with a batch; then all that is there is applied. Returns the next number.
    func round(from number: Int) async throws -> Int {
        try await withThrowingTaskGroup { group in
            for numbers in [number..<number + 1, number + 1..<number + 3, number + 3..<number + 4] {
                group.addTask { try await append(Array(numbers)) }
            }
            try await group.waitForAll()
        }
        try await apply()
        return number + 4
    }

    /// Every fourth one is long out of date.
    private func entry(_ number: Int) -> JournalEntry {
        JournalEntry(
            key: "eb:\(number)",
            source: .webhook,
            topic: "v2.users.a.presence",
            agentID: "a",
            receivedAt: number % 4 == 0 ? Self.longAgo : Timestamp(milliseconds: 4_000_000_000_000),
            body: [UInt8](repeating: 0x20, count: 300),
            madeAt: Timestamp(milliseconds: 1_000_000 + Int64(number))
        )
    }

    /// Until they are taken; a refusal is waited out, and the journal must find out by itself that it is over.
    private func append(_ numbers: [Int]) async throws {
        while true {
            do {
                let result = try await journal.append(numbers.map(entry))
                if result.accepted + result.duplicate != numbers.count { say("miscounted \(result)") }
                for number in numbers { say("taken \(number)") }
                return
            } catch {
                try await waitOut(error)
            }
        }
    }

    private func waitOut(_ error: JournalError) async throws {
        say("refused \(error)")
        guard error.code == .notWritable else { throw Stuck() }
        let deadline = ContinuousClock.now + .seconds(20)
        while journal.writeFailure != nil {
            guard ContinuousClock.now < deadline else { throw Stuck() }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// As the pipeline does it: states, history and position in one transaction, until it is written.
    private func apply() async throws {
        while true {
            do {
                let position = try await journal.appliedPosition()
                let records = try await journal.read(after: position, limit: 7)
                guard let last = records.last else { return }
                var commit = JournalCommit()
                commit.position = last.sequence
                commit.agents = [StoredAgent(id: "a", state: Array("\(last.sequence)".utf8))]
                commit.history = records.map { record in
                    HistoryEntry(
                        agentID: "a",
                        at: Timestamp(milliseconds: 4_000_000_000_000),
                        kind: .event,
                        summary: "\(record.sequence) \(record.entry.key)",
                        detail: [UInt8](repeating: 0x20, count: bytes)
                    )
                }
                try await journal.commit(commit)
            } catch {
                try await waitOut(error)
            }
        }
    }

    /// Not tried again: the relay does so a minute later.
    func prune() async {
        do {
            try await journal.prune(now: Timestamp(milliseconds: 4_000_000_000_000))
            say("pruned")
        } catch {
            say("refused \(error)")
        }
    }

    /// What was taken and is not out of date is known; nothing is taken twice.
    func sendAllAgain(_ numbers: Range<Int>) async throws {
        let current = numbers.filter { $0 % 4 != 0 }
        while true {
            do {
                let result = try await journal.append(current.map(entry))
                say(result.accepted == 0 ? "known \(result.duplicate)" : "twice \(result.accepted)")
                return
            } catch {
                try await waitOut(error)
            }
        }
    }
}
