// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Probing

/// Whether a relay stays the same under an even load for long, with retention on: a line for each minute.
///
///     EnduranceProbe RELAY-BINARY FOLDER EVENT-FILE EVENT-LOAD-BINARY [MINUTES] [RATE]
///
/// Simulator, relay and load are processes of their own, the journal lies in the folder. The load is open: a slow answer
/// delays no later event, with 512 connections as long as it takes no quarter of a second. Fields, separated by tabs:
/// minute, events answered, events not answered with 202, p50, p99 and greatest time to the 202 in ms, resident size at the
/// minute's end in MB, processor seconds of the minute, size of database and log in MB, events not applied yet. Then the
/// machine: p99 and greatest time of a sync beside the journal in ms, by how many ms the load itself woke too late,
/// processor time taken by the hypervisor in percent.
@main
struct Main {
    static func main() async { await runProbe("EnduranceProbe", run) }

    private static func run(_ arguments: [String]) async throws {
        guard arguments.count >= 4 else {
            throw ProbeError(message: "usage: RELAY-BINARY FOLDER EVENT-FILE EVENT-LOAD-BINARY [MINUTES] [RATE]")
        }
        let numbers = arguments.dropFirst(4).compactMap(Int.init)
        let simulator = try await ChildProcess(name: "the simulator", arguments[0]) { _ in
            ["simulate", "--listen", "127.0.0.1:0"]
        }
        let database = "\(arguments[1])/relay.db"
        let relay: ChildProcess
        do {
            relay = try await ChildProcess(name: "the relay", arguments[0]) { folder in
                let file = folder.appending(path: "relay.yaml")
                try configuration(simulator: simulator.url, database: database)
                    .write(to: file, atomically: true, encoding: .utf8)
                return ["serve", "--config", file.path]
            }
        } catch {
            await simulator.stop()
            throw error
        }
        let outcome = await Result {
            let load = try Endurance(
                relay: relay,
                database: database,
                load: arguments[3],
                event: arguments[2],
                rate: numbers.dropFirst().first ?? 2000
            )
            for minute in 1...max(1, numbers.first ?? 60) { emit(try await load.minute(minute)) }
        }
        await relay.stop()
        await simulator.stop()
        try outcome.get()
    }

    /// Half of what the hour brings has to go again: four minutes by age, and 1 GB besides.
    private static func configuration(simulator: String, database: String) -> String {
        """
        server: { listen: "127.0.0.1:0", drainDelay: 0s }
        webhook: { authentication: [ { apiKey: { header: X-API-Key, values: [benchmark-key] } } ] }
        admin: { tokens: [benchmark-admin-token] }
        genesys: { apiURL: "\(simulator)", loginURL: "\(simulator)", clients: [ { id: simulator, secret: simulator } ] }
        journal: { url: "sqlite:\(database)", keep: 4m, maxSize: 1GB }
        statuses: { Break: { presence: Break } }
        rules: [ { name: flagged, when: { conversation: { attributes.wfm_status: Break } }, then: { status: Break } } ]
        """
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
