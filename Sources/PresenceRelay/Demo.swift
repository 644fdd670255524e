// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import ConfigurationSyntax
import Foundation
import GenesysSimulator
import HTTPServer

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs simulator and relay on this machine and prints the status page's address."
    )

    @Option(help: "Where the relay listens; the default takes another port when 8080 is in use.")
    var listen: String?

    @Option(help: "Agents in the simulated organisation.")
    var agents = 12

    @Option(help: "Calls that arrive per minute.")
    var callsPerMinute = 24.0

    @Option(help: "Seed of the simulated organisation.")
    var seed: UInt64 = 1

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        var simulation = SimulatorConfiguration()
        simulation.listen = .ip("127.0.0.1", port: 0)
        simulation.agents = agents
        simulation.callsPerMinute = callsPerMinute
        simulation.seed = seed
        let simulator = GenesysSimulator(configuration: simulation, logger: logging.logger("simulator"))
        let genesys = try await simulator.start()

        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "presence-relay-demo-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = UUID().uuidString
        let diagnostics = Diagnostics()
        let configuration = RelayConfiguration.parse(
            Self.yaml(listen: listen ?? Self.freeAddress(), genesys: genesys, key: key, folder: folder.path),
            file: "demo",
            environment: .process(),
            diagnostics: diagnostics
        )
        guard let configuration, !diagnostics.hasErrors else {
            for diagnostic in diagnostics.sorted { complain(diagnostic.description) }
            throw ExitCode(1)
        }
        say("simulated Genesys Cloud: \(genesys) (control: docs/simulator.md)")
        try await Serve.run(configuration, logging: logging) { addresses in
            guard let address = addresses.first?.url(tls: false) else { return }
            simulator.setWebhook(url: address + "/v1/events", headers: [(name: "X-API-Key", value: key)])
            say("status page: \(address)/")
        }
        await simulator.stop()
    }

    /// Port 8080 when it is free, else the kernel's choice.
    private static func freeAddress() -> String {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(8080).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return bound == 0 ? "127.0.0.1:8080" : "127.0.0.1:0"
    }

    private static func yaml(listen: String, genesys: String, key: String, folder: String) -> String {
        """
        server: { listen: "\(listen)", drainDelay: 0s }
        webhook: { authentication: [ { apiKey: { header: X-API-Key, values: ["\(key)"] } } ] }
        admin: { allowUnauthenticated: true }
        genesys:
          apiURL: \(genesys)
          loginURL: \(genesys)
          clients: [ { id: simulator, secret: simulator } ]
        journal: { url: "sqlite:\(folder)/relay.db" }
        verify: { within: 3s, attempts: 3, adherence: true }
        statuses:
          Break: { presence: Break }
          Meeting: { presence: { label: Team huddle, system: Meeting }, message: "In a team huddle" }
          Training: { presence: Training }
        rules:
          - name: flagged by the desktop
            when:
              conversation: { media: call, state: connected, attributes.wfm_status: { in: [Break, Meeting, Training] } }
            then: { status: "${conversation.attributes.wfm_status}" }
        """
    }
}
