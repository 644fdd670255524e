// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// When something was true: what decides which of two events about one fact is the later one.
///
/// Genesys gives no sequence number. Of two times the first that differ decide; arrival is the last of them. Where only
/// one side has an envelope's time, the arrival of the other stands in for it: a read shows what was true just before.
struct FactOrder: Sendable, Equatable {
    enum Key {
        /// The envelope's time, then the body's: for snapshots, whose body times do not move with every change.
        case envelope
        /// The moment of the change itself, which is the body's time where it has one: for facts that carry it.
        case body
    }

    var envelope: Timestamp?
    var body: Timestamp?
    var arrival: Timestamp

    func isOlder(than known: FactOrder, by key: Key) -> Bool {
        switch key {
        case .envelope:
            decideByEnvelope(known) ?? decideByBody(known) ?? (arrival < known.arrival)
        case .body:
            Self.decide(change, known.change) ?? decideByEnvelope(known) ?? (arrival < known.arrival)
        }
    }

    /// When it was told: by Genesys' clock, else by ours.
    var moment: Timestamp { envelope ?? arrival }

    private var change: Timestamp { body ?? moment }

    /// `nil` where neither has one, or they are equal.
    private func decideByEnvelope(_ known: FactOrder) -> Bool? {
        guard envelope != nil || known.envelope != nil else { return nil }
        return Self.decide(moment, known.moment)
    }

    /// `nil` where one of them has none, or they are equal.
    private func decideByBody(_ known: FactOrder) -> Bool? {
        guard let body, let known = known.body else { return nil }
        return Self.decide(body, known)
    }

    private static func decide(_ own: Timestamp, _ known: Timestamp) -> Bool? { own == known ? nil : own < known }
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
