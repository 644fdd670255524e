// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Probing

/// Every agent of an organisation gets a status at once: how long until Genesys shows it, until the relay has verified it,
/// and what it costs.
///
///     StormProbe RELAY-BINARY VARIANT [AGENTS] [SECONDS]
///
/// Variants: `known` (presences were announced before, and events come back), `unheard` (announced before, but no event
/// of a change arrives: verified by reads alone), `unknown` (the relay has heard of nobody). After SECONDS (75) the storm
/// is looked at as far as it has come. Prints one line, fields separated by tabs (`StormResult.line`).
@main
struct Main {
    static func main() async { await runProbe("StormProbe", run) }

    static func run(_ arguments: [String]) async throws {
        let numbers = arguments.dropFirst(2).compactMap(Int.init)
        guard arguments.count >= 2, let variant = Storm.Variant(rawValue: arguments[1]) else {
            throw ProbeError(message: "usage: RELAY-BINARY known|unheard|unknown [AGENTS] [SECONDS]")
        }
        let agents = numbers.first ?? 10_000
        let patience = Duration.seconds(numbers.count > 1 ? numbers[1] : 75)
        let simulator = try await ChildProcess(name: "the simulator", arguments[0]) { _ in
            ["simulate", "--listen", "127.0.0.1:0", "--agents", "\(agents)", "--log-level", "error"]
        }
        let relay: ChildProcess
        do {
            relay = try await ChildProcess(name: "the relay", arguments[0]) { folder in
                let file = folder.appending(path: "relay.yaml")
                try Data(configuration(apiURL: simulator.url, folder: folder.path).utf8).write(to: file)
                return ["serve", "--config", file.path]
            }
        } catch {
            await simulator.stop()
            throw error
        }
        let result: Result<StormResult, any Error>
        do {
            result = .success(
                try await Storm(variant: variant, relay: relay, simulatorURL: simulator.url, patience: patience).run()
            )
        } catch {
            result = .failure(error)
        }
        await relay.stop()
        await simulator.stop()
        print(try result.get().line)
    }

    private static func configuration(apiURL: String, folder: String) -> String {
        """
        server: { listen: "127.0.0.1:0", drainDelay: 0s }
        webhook: { authentication: [ { apiKey: { header: X-API-Key, values: [benchmark-key] } } ] }
        admin: { tokens: [benchmark-admin-token] }
        genesys:
          apiURL: "\(apiURL)"
          loginURL: "\(apiURL)"
          clients: [ { id: simulator, secret: simulator } ]
          requestsPerMinute: 300
          bulk: { size: \(ProcessInfo.processInfo.environment["STORM_BULK"] ?? "50") }
        journal: { url: "sqlite:\(folder)/relay.db" }
        statuses: { Break: { presence: Break } }
        rules:
          - name: flagged
            when: { conversation: { media: call, state: connected, attributes.wfm_status: Break } }
            then: { status: Break }

        """
    }
}
