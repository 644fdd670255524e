// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The end that was told with the latest `outofoffice` event; no other topic tells it.
struct OutOfOfficeEnd: Codable, Sendable, Equatable {
    var until: Timestamp?
    var order: FactOrder

    private enum CodingKeys: String, CodingKey {
        case until
        case order = "at"
    }
}

extension AgentFacts {
    /// Workforce management hears of it later than others, and may still say the old for a moment.
    private static let adherenceLag = Duration.seconds(60)

    mutating func apply(_ new: OutOfOfficeObservation, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        if let known = outOfOfficeEnd, order.isOlder(than: known.order, by: .body) {
            result.stale("out of office is older than the one known")
        } else {
            outOfOfficeEnd = OutOfOfficeEnd(until: new.until, order: order)
        }
        apply(outOfOffice: new.active, changedAt: nil, order, &result)
    }

    /// `changedAt`: when it was set, where that is told.
    mutating func apply(
        outOfOffice active: Bool,
        changedAt: Timestamp?,
        _ order: FactOrder,
        _ result: inout OutcomeBuilder
    ) {
        if let order = accept(order, changedAt: changedAt, after: outOfOfficeOrder, "out of office", &result) {
            let old = outOfOffice
            outOfOffice = active
            outOfOfficeOrder = order
            result.compare("outOfOffice", old.map(\.description), active.description)
        }
        let old = outOfOfficeUntil
        outOfOfficeUntil = outOfOffice == true ? outOfOfficeEnd?.until : nil
        if old != outOfOfficeUntil {
            result.compare("outOfOffice.until", old?.description, outOfOfficeUntil?.description)
        }
    }

    /// What the adherence of an agent says besides: it counts as if it had been said a little earlier.
    mutating func apply(outOfOfficeOf seen: AdherenceObservation, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        guard let active = seen.isOutOfOffice else { return }
        let earlier = FactOrder(
            envelope: order.envelope?.advanced(by: .zero - Self.adherenceLag),
            body: nil,
            arrival: order.arrival.advanced(by: .zero - Self.adherenceLag)
        )
        guard outOfOfficeOrder.map({ !earlier.isOlder(than: $0, by: .body) }) ?? true else { return }
        apply(outOfOffice: active, changedAt: nil, earlier, &result)
    }
}
