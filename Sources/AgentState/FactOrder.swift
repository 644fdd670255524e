// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// When something was true: what decides which of two events about one fact is the later one.
///
/// Genesys gives no sequence number. A key counts only when both sides have it, and equal keys leave the decision to
/// the next one; arrival is the last.
struct FactOrder: Sendable, Equatable {
    enum Key {
        /// The envelope's time, then the body's: for snapshots, whose body times do not move with every change.
        case envelope
        /// The body's time, then the envelope's: for facts that carry the moment of their own change.
        case body
    }

    var envelope: Timestamp?
    var body: Timestamp?
    var arrival: Timestamp

    func isOlder(than known: FactOrder, by key: Key) -> Bool {
        let byEnvelope = Self.decide(envelope, known.envelope)
        let byBody = Self.decide(body, known.body)
        let decision = key == .envelope ? byEnvelope ?? byBody : byBody ?? byEnvelope
        return decision ?? (arrival < known.arrival)
    }

    /// `nil` where one of them is unknown, or they are equal.
    private static func decide(_ own: Timestamp?, _ known: Timestamp?) -> Bool? {
        guard let own, let known, own != known else { return nil }
        return own < known
    }
}

extension FactOrder: Codable {
    // Three numbers, for there are several in every stored agent.
    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        envelope = try container.decode(Int64?.self).map { Timestamp(milliseconds: $0) }
        body = try container.decode(Int64?.self).map { Timestamp(milliseconds: $0) }
        arrival = Timestamp(milliseconds: try container.decode(Int64.self))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        // Not as optionals, each of which would take a container of its own.
        for time in [envelope, body] {
            if let time { try container.encode(time.milliseconds) } else { try container.encodeNil() }
        }
        try container.encode(arrival.milliseconds)
    }
}
