// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// When an attribute was written: `eventTime` of the event, or the envelope's time of the snapshot that shows it.
struct AttributeStamp: Sendable, Equatable {
    var moment: Timestamp?
    var arrival: Timestamp

    func isOlder(than other: AttributeStamp) -> Bool {
        if let moment, let known = other.moment, moment != known { return moment < known }
        return arrival < other.arrival
    }
}

extension AttributeStamp: Codable {
    init(from decoder: any Decoder) throws {
        let order = try FactOrder(from: decoder)
        self.init(moment: order.envelope, arrival: order.arrival)
    }

    func encode(to encoder: any Encoder) throws {
        try FactOrder(envelope: moment, arrival: arrival).encode(to: encoder)
    }
}
