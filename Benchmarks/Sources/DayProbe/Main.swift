// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Probing

/// One day of a contact centre through three ways to set statuses, on a driven clock.
///
///     DayProbe [AGENTS] [CALLS-PER-MINUTE] [LOST] [SEED]        default: 10,000 agents, 300, 10, 1
///
/// Of a thousand presence events, LOST never arrive; no event about a call is lost.
///
/// Prints one line for the day and one for each way, fields separated by tabs (`WorldResult.line`).
@main
struct Main {
    static func main() {
        do {
            try run(CommandLine.arguments.dropFirst().map { Int($0) ?? 0 })
        } catch {
            FileHandle.standardError.write(Data("DayProbe: \(error)\n".utf8))
            exit(1)
        }
    }

    static func run(_ numbers: [Int]) throws {
        let agents = numbers.first ?? 10_000
        let limit = numbers.count > 1 ? numbers[1] : 300
        guard agents > 0, limit > 0 else {
            throw ProbeError(message: "usage: [AGENTS] [CALLS-PER-MINUTE] [LOST] [SEED]")
        }
        // Before the first task.
        try SerialExecution.shared.install()
        let lostShare = Double(numbers.count > 2 ? numbers[2] : 10) / 1000
        let day = Day(agents: agents, seed: numbers.count > 3 ? numbers[3] : 1)
        emit("day\t\(agents)\t\(day.happenings.count)\t\(day.calls)\t\(day.flags)\t\(day.humanChanges)")
        try measured { try RelayWorld(day, limit: limit, lostShare: lostShare).run() }
        measured { NaiveWorld(day, limit: limit).run() }
        measured { PollingWorld.run(day, name: "polling, 5 min", period: 300_000, limit: limit) }
        // As long as a round takes with two calls an agent.
        let round = max(300_000, Int64(2 * agents) * 60_000 / Int64(limit))
        measured { PollingWorld.run(day, name: "polling within the limit", period: round, limit: limit) }
    }

    private static func measured(_ world: () throws -> WorldResult) rethrows {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try world()
        emit(result.line + "\t" + String(format: "%.1f", (clock.now - start) / .seconds(1)))
    }

}
