// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// When an attribute was written: `eventTime` of the event, or the envelope's time of the snapshot that shows it.
struct AttributeStamp: Sendable, Equatable {
    var moment: Timestamp?
    var arrival: Timestamp

    init(moment: Timestamp?, arrival: Timestamp) {
        self.moment = moment
        self.arrival = arrival
    }

    init(_ order: FactOrder) { self.init(moment: order.envelope, arrival: order.arrival) }

    /// Where only one side has a moment, the arrival of the other stands in for it: as with `FactOrder`.
    func isOlder(than other: AttributeStamp) -> Bool {
        guard moment != nil || other.moment != nil else { return arrival < other.arrival }
        let (own, others) = (moment ?? arrival, other.moment ?? other.arrival)
        return own == others ? arrival < other.arrival : own < others
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

// MARK: - Attributes with stamps

/// Attributes have an order each. `stamps` has those that differ from the stamp of the snapshot that all others are from.
extension Attributes {
    /// Takes in what was written then, key by key; `false` when all of it is older than what is known.
    ///
    /// - Parameter base: the stamp of whatever has none of its own.
    mutating func write(
        _ new: Attributes,
        _ stamp: AttributeStamp,
        base: AttributeStamp?,
        _ stamps: inout [String: AttributeStamp]
    ) -> Bool {
        var isTaken = false
        merge(new) { name, isHere in
            let known = stamps[name] ?? (isHere ? base : nil)
            if let known, stamp.isOlder(than: known) { return false }
            isTaken = true
            stamps[name] = stamp
            return true
        }
        return isTaken
    }

    /// Takes in a newer snapshot. What it lacks is kept, for attributes are never taken away; what was written after it
    /// stays.
    mutating func take(
        _ new: Attributes,
        _ stamp: AttributeStamp?,
        base: AttributeStamp?,
        _ stamps: inout [String: AttributeStamp]
    ) {
        // Most snapshots have those of the one before: the same memory tells whoever compares them.
        if stamps.isEmpty, self == new { return }
        guard !stamps.isEmpty || !new.hasAllNames(of: self) else {
            self = new
            return
        }
        for name in names(notIn: new) where stamps[name] == nil { stamps[name] = base }
        merge(new) { name, _ in
            if let known = stamps[name], let stamp, stamp.isOlder(than: known) { return false }
            stamps[name] = nil
            return true
        }
    }

    /// Takes from an older snapshot what no newer one has shown.
    mutating func fill(
        from old: Attributes,
        _ stamp: AttributeStamp,
        _ stamps: inout [String: AttributeStamp]
    ) {
        merge(old) { name, isHere in
            if isHere {
                guard let known = stamps[name]?.moment, let moment = stamp.moment, known < moment else { return false }
            }
            stamps[name] = stamp
            return true
        }
    }
}
