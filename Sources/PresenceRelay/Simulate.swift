// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Foundation
import GenesysSimulator
import HTTPServer
import Logging
import UnixSignals

struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs a local Genesys Cloud: OAuth, presence, WFM, conversations, call traffic, events to a webhook."
    )

    @Option(help: "Address and port; port 0 lets the kernel choose.")
    var listen = "127.0.0.1:9090"

    @Option(help: "Agents in the organisation.")
    var agents = 10

    @Option(help: "Calls that arrive per minute.")
    var callsPerMinute = 0.0

    @Option(help: "Seed of ids, names and traffic: the same seed gives the same organisation.")
    var seed: UInt64 = 1

    @Option(help: "Where events go, as an EventBridge API destination sends them.")
    var webhook: String?

    @Option(name: .customLong("webhook-header"), help: "A header for the webhook, NAME: VALUE; may be given again.")
    var webhookHeaders: [String] = []

    @Option(
        name: .customLong("topic"),
        help: "Only events whose topic contains this, such as .presence; may be given again."
    )
    var topics: [String] = []

    @Option(help: "Events on their way to the webhook at the same time.")
    var deliveryConcurrency = 8

    @Flag(help: "Keep connections to the webhook: faster, but not what EventBridge does.")
    var deliveryKeepAlive = false

    @Option(help: "Requests per minute that one token may make.")
    var requestsPerMinute = 300

    @Flag(name: .customLong("no-retry-after"), help: "Answer 429 in the older form, without Retry-After.")
    var omitsRetryAfter = false

    @Flag(name: .customLong("no-rate-limit-headers"), help: "Leave the inin-ratelimit-* headers out.")
    var omitsRateLimitHeaders = false

    @Option(help: "Seconds a token lives.")
    var tokenLifetime = 86_400

    @Option(help: "Milliseconds from a change of presence to the adherence that shows it.")
    var adherenceDelay = 300

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        OpenFiles.raiseLimit()
        var configuration = SimulatorConfiguration()
        configuration.listen = try ListenAddress(parsing: listen)
        configuration.agents = agents
        configuration.callsPerMinute = callsPerMinute
        configuration.seed = seed
        configuration.webhookURL = webhook
        configuration.webhookHeaders = try webhookHeaders.map(Self.header)
        configuration.webhookTopics = topics.isEmpty ? nil : topics
        configuration.webhookConcurrency = deliveryConcurrency
        configuration.webhookKeepsAlive = deliveryKeepAlive
        configuration.requestsPerMinute = requestsPerMinute
        configuration.hasRetryAfter = !omitsRetryAfter
        configuration.hasRateLimitHeaders = !omitsRateLimitHeaders
        configuration.tokenLifetime = .seconds(tokenLifetime)
        configuration.adherenceLatency = .milliseconds(adherenceDelay)
        let simulator = GenesysSimulator(configuration: configuration, logger: logging.logger("simulator"))
        let url = try await simulator.start()
        say(url)
        for await _ in await UnixSignalsSequence(trapping: [.sigterm, .sigint]) { break }
        await simulator.stop()
    }

    private static func header(_ text: String) throws -> (name: String, value: String) {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
            throw ValidationError("'\(text)' is not a header: write NAME: VALUE")
        }
        return (String(text[..<colon]), text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces))
    }
}

extension ListenAddress {
    /// `127.0.0.1:8080` or `[::1]:8080`.
    init(parsing text: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { throw ValidationError("'\(text)' is not an address: write 127.0.0.1:8080 or [::1]:8080") }
        self = .ip(text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]")), port: port)
    }
}
