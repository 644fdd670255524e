// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Probing

/// An even load on one relay, and what relay and machine are like meanwhile.
final class Endurance {
    private let relay: ChildProcess
    private let database: String
    /// The program `EventLoad`, and the event it sends.
    private let load: String
    private let event: String
    private let rate: Int
    private let disk: DiskWatch
    private let client: HTTPClient
    private var processorSeconds: Double
    private var stolen = StolenTime.now

    init(relay: ChildProcess, database: String, load: String, event: String, rate: Int) throws {
        self.relay = relay
        self.database = database
        self.load = load
        self.event = event
        self.rate = rate
        disk = try DiskWatch(beside: database)
        client = try HTTPClient.forLoad(connections: 1)
        processorSeconds = relay.processorSeconds
    }

    /// Sends a minute's events; returns the fields of its line.
    func minute(_ number: Int) async throws -> String {
        let port = relay.url.split(separator: ":").last ?? ""
        let answers = try await run([
            String(port), "512", "60", event, "\(number)", "benchmark-key", "kept", "\(rate)",
        ])
        guard answers.count == 9, let failed = Int(answers[5]), let refused = Int(answers[6]) else {
            throw ProbeError(message: "EventLoad printed \(answers)")
        }
        let used = relay.processorSeconds
        let stolen = StolenTime.now
        defer { (processorSeconds, self.stolen) = (used, stolen) }
        let syncs = disk.syncs()
        func milliseconds(_ time: Duration?) -> String {
            time.map { String(format: "%.2f", $0 / .milliseconds(1)) } ?? "-"
        }
        let fields = [
            "\(number)", answers[0], "\(failed + refused)", answers[2], answers[3], answers[7], "\(residentMegabytes)",
            String(format: "%.1f", used - processorSeconds), "\(size)", try await lag(),
            milliseconds(syncs.percentile(0.99)), milliseconds(syncs.last), answers[8],
            String(format: "%.1f", 100 * stolen.share(since: self.stolen)),
        ]
        return fields.joined(separator: "\t")
    }

    /// What `EventLoad` prints, by fields.
    private func run(_ arguments: [String]) async throws -> [String] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: load)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        // A line, which a pipe holds whole.
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        return text.trimmingCharacters(in: .whitespacesAndNewlines).components(separatedBy: "\t")
    }

    /// As it is now, not the greatest so far.
    private var residentMegabytes: Int {
        let text = (try? String(contentsOfFile: "/proc/\(relay.id)/status", encoding: .utf8)) ?? ""
        return text.firstMatch(of: /VmRSS:\s+(\d+)/).flatMap { Int($0.1) }.map { $0 / 1024 } ?? 0
    }

    private var size: Int {
        [database, database + "-wal"].reduce(0) { sum, path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return sum + ((attributes?[.size] as? Int) ?? 0)
        } / 1_000_000
    }

    /// Events in the journal that the decisions have not seen yet.
    private func lag() async throws -> String {
        let answer = try await client.send(
            ClientRequest(
                method: "GET",
                url: relay.url + "/metrics",
                headers: [(name: "Authorization", value: "Bearer benchmark-admin-token")]
            )
        )
        let text = String(decoding: answer.body, as: UTF8.self)
        return text.firstMatch(of: /\npresence_relay_journal_lag_entries(?:\{[^}]*\})? (\d+)/).map { String($0.1) }
            ?? "-"
    }
}
