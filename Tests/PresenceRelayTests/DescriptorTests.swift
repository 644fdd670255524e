// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("Descriptors that run out", .serialized)
struct DescriptorTests {
    /// User and system time of a process so far, in seconds.
    private func processorTime(of pid: pid_t) throws -> Double {
        let line = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        // The name of the program, in parentheses, may have blanks in it.
        let fields = line[(line.lastIndex(of: ")") ?? line.startIndex)...].split(separator: " ")
        let ticks = [fields[12], fields[13]].compactMap { Int($0) }.reduce(0, +)
        return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    @Test("the relay turns connections away without spinning, and recovers when there are some again")
    func runOut() async throws {
        try await withInstallation { site in
            let file = try site.configuration()
            let relay = try Child(
                ["serve", "--config", file],
                environment: ["GENESYS_SECRET": "simulator"],
                // The hard limit too, for the relay raises the soft one to it.
                script: #"ulimit -n 80; exec "$0" "$@""#
            )
            let line = try await relay.line("listening on ")
            let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
            func isAlive() throws -> Bool {
                let request = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                return try LoopbackSocket(connectedTo: port).exchange(request).hasPrefix("HTTP/1.1 200 ")
            }
            #expect(try isAlive())
            var crowd = try (0..<200).map { _ in try LoopbackSocket(connectedTo: port) }
            try await eventually("the log") { relay.errors.contains("not accepting connections for now") }
            let before = try processorTime(of: relay.pid)
            let began = ContinuousClock.now
            // Those the process has no descriptor for are told so, a second later, instead of being left in the queue.
            try await eventually("someone is turned away") { crowd.contains { $0.isGone } }
            let seconds = Double((ContinuousClock.now - began).components.seconds) + 1
            // A loop that spins takes all of it.
            #expect(try processorTime(of: relay.pid) - before < seconds / 2)
            crowd = []
            try await eventually("it serves again") { (try? isAlive()) == true }
            #expect(!relay.hasEnded)
            relay.signal(SIGTERM)
            #expect(try await relay.end() == 0)
        }
    }
}
