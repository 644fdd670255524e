// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Configuration
import Console
import Foundation
import HTTPServer
import Logging
import Metrics

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the relay until SIGTERM or SIGINT.")

    @Option(help: "The configuration file.")
    var config: String

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        // Until the reload listens, SIGHUP would end the process; what it asks for is about to happen anyway.
        signal(SIGHUP, SIG_IGN)
        let file = ConfigurationFile(config)
        let configuration = try RelayConfiguration.load(orExit: file)
        try await Self.run(configuration, file: file, logging: logging) { addresses in
            for address in addresses { say("listening on \(address.url(tls: configuration.server.tls != nil))") }
        }
    }

    /// Runs a relay; an error that says what to do goes to standard error and ends the process with code 1.
    static func run(
        _ configuration: RelayConfiguration,
        file: ConfigurationFile? = nil,
        logging: LoggingOptions,
        onListening: @escaping @Sendable ([ListenAddress]) -> Void
    ) async throws {
        OpenFiles.raiseLimit()
        let metrics = PrometheusMetrics(configuration: .relay)
        MetricsSystem.bootstrap(metrics)
        do {
            let relay = try Relay(configuration, file: file, metrics: metrics, logger: logging.logger())
            try await relay.run(onListening: onListening)
        } catch {
            complain("\(error)")
            throw ExitCode(1)
        }
    }
}

extension ListenAddress {
    func url(tls: Bool) -> String {
        switch self {
        case .ip(let host, let port):
            "\(tls ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .unix, .systemd: description
        }
    }
}
