// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import GenesysEvents
import HTTPServer
import Journal
import Logging
import Synchronization

@testable import Ingest

/// An ingest on a journal in a folder of its own, a clock that stands, and its log.
///
/// Kept in the suite, which lives as long as the test runs.
final class TestIngest: Sendable {
    let journal: Journal
    let log = LogLines()
    let time = Mutex(Timestamp(milliseconds: 1_773_151_560_000))
    private let folder: String

    init(_ change: (inout Journal.Configuration) -> Void = { _ in }) throws {
        folder = NSTemporaryDirectory() + "/ingest-\(UUID().uuidString)"
        var configuration = Journal.Configuration()
        change(&configuration)
        journal = try Journal(
            url: "sqlite:\(folder)/relay.db",
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var logger: Logger { Logger(label: "test") { [log] _ in log } }

    func ingest(
        _ authentication: [Authentication] = [],
        sources: [String]? = nil,
        maxBodyBytes: Int? = nil,
        proxies: [String] = [],
        maxRequestsPerAddress: Int? = nil,
        decode: Ingest.Decode? = nil
    ) -> Ingest {
        var configuration = Ingest.Configuration(authentication: authentication)
        if let sources { configuration.allowedSources = sources }
        if let maxBodyBytes { configuration.maxBodyBytes = maxBodyBytes }
        configuration.trustedProxies = proxies
        configuration.maxRequestsPerAddress = maxRequestsPerAddress
        let now: @Sendable () -> Timestamp = { [self] in time.withLock { $0 } }
        guard let decode else {
            return Ingest(configuration: configuration, journal: journal, logger: logger, now: now)
        }
        return Ingest(configuration: configuration, journal: journal, logger: logger, now: now, decode: decode)
    }

    /// Lets nobody else write to the journal while `body` runs. What is appended meanwhile waits, up to two seconds.
    func whileNobodyWrites<R>(_ body: () async throws -> R) async throws -> R {
        var settings = GRDB.Configuration()
        settings.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder + "/relay.db", configuration: settings)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let result = try await body()
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        return result
    }

    var now: Timestamp { time.withLock { $0 } }

    func advance(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }

    func stored() async throws -> [JournalEntry] { try await journal.read(after: 0, limit: 100).map(\.entry) }
}

/// Everything that was logged, as text.
final class LogLines: LogHandler, Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let metadata = event.metadata.map { " \($0.map { "\($0.key)=\($0.value)" }.sorted())" } ?? ""
        lines.withLock { $0.append("\(event.level) \(event.message)\(metadata)") }
    }
}

extension HTTPRequest {
    static func events(
        _ body: String,
        headers: HTTPHeaders = ["Content-Type": "application/json"],
        from address: String = "192.0.2.1"
    ) -> HTTPRequest {
        events(Array(body.utf8), headers: headers, from: address)
    }

    static func events(
        _ body: [UInt8],
        headers: HTTPHeaders = ["Content-Type": "application/json"],
        from address: String = "192.0.2.1"
    ) -> HTTPRequest {
        HTTPRequest(
            method: .post,
            target: "/v1/events",
            headers: headers,
            body: body,
            remoteAddress: address
        )
    }
}

extension HTTPResponse {
    var text: String {
        guard case .bytes(let bytes) = body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The members of a problem (RFC 9457), checked for what all of them have.
    func problem() throws -> [String: String] {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        return object.mapValues { "\($0)" }
    }
}

/// Notifications as text.
enum Sample {
    static let user = "11111111-aaaa-4aaa-8aaa-000000000001"

    static func presence(_ system: String = "BREAK") -> String {
        #"{"topicName":"v2.users.\#(user).presence","eventBody":{"presenceDefinition":{"systemPresence":"\#(system)"}}}"#
    }

    static func envelope(_ id: String, _ detail: String = presence()) -> String {
        #"{"version":"0","id":"\#(id)","time":"2026-03-10T14:06:00Z","detail":\#(detail)}"#
    }

    static let unused = #"{"topicName":"v2.users.\#(user).geolocation","eventBody":{"country":"x"}}"#

    /// A topic that is used, with a body that cannot be.
    static let undecodable = #"{"topicName":"v2.users.\#(user).conversations","eventBody":{"participants":7}}"#
}
