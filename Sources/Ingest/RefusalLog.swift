// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Logging
import Synchronization

/// Logs refusals, at most one line per source and minute: a stranger must not fill the disk.
final class RefusalLog: Sendable {
    private struct Line {
        var at: Timestamp
        var suppressed = 0
    }
    /// Sources remembered; more than that in one minute is an attack, and the metrics tell of it.
    static let capacity = 1024

    private let logger: Logger
    private let lines = Mutex<[String: Line]>([:])

    init(logger: Logger) { self.logger = logger }

    /// Notes a refusal; the reason is one of ours, never what was sent.
    func note(_ reason: Refusal, source: String, now: Timestamp) {
        let suppressed: Int? = lines.withLock { lines in
            if let line = lines[source], now.timeIntervalSince(line.at) < .seconds(60), now >= line.at {
                lines[source]?.suppressed += 1
                return nil
            }
            if lines[source] == nil, lines.count >= Self.capacity {
                lines = lines.filter { now.timeIntervalSince($0.value.at) < .seconds(60) && now >= $0.value.at }
                guard lines.count < Self.capacity else { return nil }
            }
            let suppressed = lines[source]?.suppressed ?? 0
            lines[source] = Line(at: now)
            return suppressed
        }
        guard let suppressed else { return }
        logger.warning(
            "events refused",
            metadata: ["reason": "\(reason)", "source": "\(source)", "alsoSinceLastLine": "\(suppressed)"]
        )
    }
}

/// Why a request was not taken; the raw value is the metric's dimension.
enum Refusal: String, CaseIterable, CustomStringConvertible {
    case source
    /// Of a handshake.
    case origin
    case retired
    case credentialsMissing = "credentials_missing"
    case credentialsWrong = "credentials_wrong"
    case credentialsExpired = "credentials_expired"
    case signatureMalformed = "signature_malformed"
    case timestampOutOfTolerance = "timestamp_out_of_tolerance"
    case mediaType = "media_type"
    case encoding, malformed, overloaded
    /// One forwarded address has too many requests in hand.
    case addressOverloaded = "address_overloaded"
    case tooLarge = "too_large"
    case notWritable = "not_writable"
    case closed, other

    var description: String { rawValue }
}
