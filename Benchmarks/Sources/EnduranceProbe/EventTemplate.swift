// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// An event file of the benchmarks with places for ids.
struct EventTemplate: Sendable {
    private let pieces: [Substring]
    private let places: [Substring]
    private let agents: Int

    init(_ text: String, agents: Int) {
        var pieces: [Substring] = []
        var places: [Substring] = []
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        var rest = text[...]
        while let place = rest.firstMatch(of: /@([A-Z]+)@/) {
            pieces.append(rest[..<place.range.lowerBound])
            places.append(place.1)
            rest = rest[place.range.upperBound...]
        }
        self.pieces = pieces + [rest]
        self.places = places
        self.agents = agents
    }

    /// The event of that number, with an id of its own.
    func body(_ number: Int) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(5000)
        for (index, piece) in pieces.enumerated() {
            body += piece.utf8
            guard index < places.count else { break }
            switch places[index] {
            case "EVENT": body += Self.id(0, number).utf8
            case "AGENT": body += Self.id(1, number % agents).utf8
            default: body += Self.id(2, number % agents).utf8
            }
        }
        return body
    }

    private static func id(_ kind: Int, _ value: Int) -> String {
        let digits = String(value, radix: 16)
        return "0000000\(kind)-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
