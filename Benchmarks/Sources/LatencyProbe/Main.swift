// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Probing

/// Measures the time from the start of an event's POST to the arrival of the presence call that it causes.
///
///     LatencyProbe relay RELAY-BINARY RATE SECONDS [AGENTS]   the relay itself
///     LatencyProbe bare RATE SECONDS [AGENTS]                 a server that only turns each POST into a PATCH
///     LatencyProbe forward API-URL                            that server; started by `bare`
///
/// Prints one line, fields separated by tabs: what, rate asked, rate reached, p50 ms, p99 ms, max ms, samples, missing.
@main
struct Main {
    static func main() async { await runProbe("LatencyProbe", run) }

    static func run(_ arguments: [String]) async throws {
        let numbers = arguments.dropFirst().compactMap(Int.init)
        switch arguments.first {
        case "relay" where arguments.count >= 4 && numbers.count >= 2:
            try await measure(.relay(binary: arguments[1]), numbers)
        case "bare" where numbers.count >= 2:
            try await measure(.bare, numbers)
        case "forward" where arguments.count == 2:
            try await BareForwarder.run(apiURL: arguments[1])
        default:
            throw ProbeError(
                message: "usage: relay BINARY RATE SECONDS [AGENTS] | bare RATE SECONDS [AGENTS] | forward URL"
            )
        }
    }

    static func measure(_ subject: Subject, _ numbers: [Int]) async throws {
        let plan = Plan(rate: numbers[0], seconds: numbers[1], agents: numbers.count > 2 ? numbers[2] : 2 * numbers[0])
        let log = LatencyLog()
        let api = FakeGenesys(log: log)
        let apiURL = try await api.start()
        let process = try await ChildProcess(subject, apiURL: apiURL)
        let result: String
        do {
            result = try await Load(plan: plan, target: process.url, log: log).run()
        } catch {
            await process.stop()
            await api.stop()
            throw error
        }
        await process.stop()
        await api.stop()
        print(subject.name, result, separator: "\t")
        for (path, count) in api.unanswered() {
            FileHandle.standardError.write(Data("not answered by the fake API: \(path) (\(count) times)\n".utf8))
        }
    }
}

/// What is measured.
enum Subject {
    case relay(binary: String)
    case bare

    var name: String {
        switch self {
        case .relay: "relay"
        case .bare: "bare"
        }
    }
}

/// So many events a second, for so long, over so many agents.
struct Plan {
    var rate: Int
    var seconds: Int
    var agents: Int
}
