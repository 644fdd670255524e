// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Journal
import Pipeline

/// What `journal verify` has found.
struct JournalReport: Encodable {
    struct Check: Encodable {
        enum Result: String, Encodable {
            case pass, fail
            /// Worth knowing, and nothing wrong with the journal.
            case note
        }
        var name: String
        var result: Result
        var findings: [String]
    }

    /// No check has failed.
    var ok: Bool
    var entries: Int64
    var history: Int64
    var agents: Int64
    var deadLetters: Int64
    var position: Int64
    var lastSequence: Int64
    var checks: [Check]

    /// Findings of a kind that are listed; the rest is counted.
    fileprivate static let most = 20

    /// Reads all of a journal.
    init(verifying journal: Journal) async throws {
        checks = [Check("database", try await journal.damage())]
        guard checks[0].result == .pass else {
            // What else is read of it may be anything.
            (ok, entries, history, agents, deadLetters, position, lastSequence) = (false, 0, 0, 0, 0, 0, 0)
            return
        }
        checks.append(Check("consistency", try await journal.contradictions()))
        checks.append(Check("agents", try await Self.unreadableAgents(journal)))
        checks.append(try await Self.bodies(journal))
        let counts = try await journal.counts()
        entries = counts.entries
        history = counts.history
        agents = counts.agents
        deadLetters = counts.deadLetters
        position = counts.position
        lastSequence = counts.lastSequence
        ok = checks.allSatisfy { $0.result != .fail }
    }

    private static func unreadableAgents(_ journal: Journal) async throws -> [String] {
        var findings: [String] = []
        for try await stored in journal.agents {
            do {
                let record = try AgentRecord(stored: stored.state)
                if record.facts.id != stored.id {
                    findings.append("agent \(stored.id): the state is that of \(record.facts.id)")
                }
            } catch let error as AgentRecord.NewerVersion {
                findings.append("agent \(stored.id): \(error)")
            } catch {
                findings.append("agent \(stored.id): the state cannot be read; it is rebuilt from new events")
            }
        }
        return findings
    }

    /// Bodies are kept as they came. One that cannot be decoded is a dead letter, not damage; one that cannot be had again
    /// byte for byte is damage.
    private static func bodies(_ journal: Journal) async throws -> Check {
        let last = try await journal.entryBounds().last
        let (damaged, undecodable) = try await journal.walk(after: 0, through: last) { cursor in
            var decoder = NotificationDecoder(isTrusted: true)
            var (damaged, undecodable) = (Findings(), Findings())
            while let record = try cursor.next() {
                if let damage = record.damage {
                    damaged.note("entry \(record.sequence): \(damage)")
                    continue
                }
                do {
                    _ = try decoder.decode(record.entry.body)
                } catch {
                    undecodable.note("entry \(record.sequence): \(error)")
                }
            }
            return (damaged, undecodable)
        }
        let lines = damaged.lines("cannot be read") + undecodable.lines("cannot be decoded")
        return Check(name: "bodies", result: damaged.count > 0 ? .fail : lines.isEmpty ? .pass : .note, findings: lines)
    }

    /// The first ones of a kind, and how many there are: of a large journal all of them could be millions.
    private struct Findings {
        private(set) var count = 0
        private var first: [String] = []

        mutating func note(_ finding: @autoclosure () -> String) {
            count += 1
            if first.count < most { first.append(finding()) }
        }

        func lines(_ what: String) -> [String] {
            first + (count > first.count ? ["and \(count - first.count) more that \(what)"] : [])
        }
    }

    /// For people.
    var text: String {
        var lines = checks.flatMap { check in
            ["\(check.result.rawValue)  \(check.name)"] + check.findings.map { "      \($0)" }
        }
        if checks.count > 1 {
            lines.append(
                "\(entries) events up to \(lastSequence), applied up to \(position); \(agents) agents, "
                    + "\(history) lines of history, \(deadLetters) dead letters"
            )
        } else {
            lines.append("Restore a backup, or move the file away: docs/journal.md says how.")
        }
        return lines.joined(separator: "\n")
    }
}

extension JournalReport.Check {
    fileprivate init(_ name: String, _ findings: [String]) {
        let rest = findings.count - JournalReport.most
        self.init(
            name: name,
            result: findings.isEmpty ? .pass : .fail,
            findings: findings.prefix(JournalReport.most) + (rest > 0 ? ["and \(rest) more"] : [])
        )
    }
}
