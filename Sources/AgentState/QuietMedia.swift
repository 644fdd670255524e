// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The media of which a conversation summary counted nothing, and when.
///
/// One summary is about all media, so that one of these stands for all of them as a rule.
struct QuietMedia: Sendable, Equatable {
    /// A bit for each medium.
    private(set) var media: UInt16
    let order: FactOrder

    init(_ media: [MediaType], _ order: FactOrder) {
        self.media = media.reduce(0) { $0 | $1.bit }
        self.order = order
    }

    func contains(_ media: MediaType) -> Bool { self.media & media.bit != 0 }
}

extension [QuietMedia] {
    /// The latest summary that counted nothing of a medium.
    func order(of media: MediaType) -> FactOrder? { first { $0.contains(media) }?.order }

    /// Takes in a summary: of each medium the latest one counts.
    mutating func take(_ new: QuietMedia) {
        var new = new
        for place in indices {
            if new.order.isOlder(than: self[place].order, by: .envelope) {
                new.remove(self[place])
            } else {
                self[place].remove(new)
            }
        }
        removeAll { $0.isEmpty }
        if !new.isEmpty { append(new) }
    }
}

extension QuietMedia {
    fileprivate var isEmpty: Bool { media == 0 }

    fileprivate mutating func remove(_ other: QuietMedia) { media &= ~other.media }
}

extension MediaType {
    /// By the place in `allCases`, to which new media are only appended: it is stored.
    fileprivate var bit: UInt16 {
        // Every case is one of all cases.
        1 << UInt16(Self.allCases.firstIndex(of: self) ?? 15)
    }
}

extension QuietMedia: Codable {
    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        media = UInt16(truncatingIfNeeded: try container.decode(Int64.self))
        order = try container.decode(FactOrder.self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(Int64(media))
        try container.encode(order)
    }

    /// Earlier versions had an order for each medium by its name.
    static func list(_ earlier: [String: FactOrder]) -> [QuietMedia] {
        earlier.reduce(into: []) { list, entry in
            if let media = MediaType(rawValue: entry.key) { list.take(QuietMedia([media], entry.value)) }
        }
    }
}
