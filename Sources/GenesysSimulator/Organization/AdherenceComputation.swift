// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// What workforce management makes of presence, routing status and schedule (facts 4.2).
struct AdherenceComputation: Sendable, Equatable {
    enum State: String, Sendable {
        case inAdherence = "InAdherence"
        case outOfAdherence = "OutOfAdherence"
        case unscheduled = "Unscheduled"
        case explained = "Explained"
    }

    enum Impact: String, Sendable {
        case positive = "Positive"
        case negative = "Negative"
        case neutral = "Neutral"
    }

    var actual: ActivityCategory
    var state: State
    var impact: Impact

    /// - Parameters:
    ///   - presence: the user's presence definition
    ///   - linked: category of the activity code the definition is linked to, if any
    ///   - isExplained: an approved explanation covers this moment
    init(
        presence: PresenceDefinition,
        linked: ActivityCategory?,
        isOutOfOffice: Bool,
        routingStatus: RoutingStatus,
        scheduled: ActivityCategory,
        isExplained: Bool
    ) {
        let actual = isOutOfOffice ? .timeOff : linked ?? Self.category(ofSystemPresence: presence.system)
        self.actual = actual
        let plain = Self.state(actual: actual, scheduled: scheduled, routingStatus: routingStatus)
        state = plain == .outOfAdherence && isExplained ? .explained : plain
        impact = Self.impact(actual: actual, scheduled: scheduled, state: plain)
    }

    static func category(ofSystemPresence system: String) -> ActivityCategory {
        switch SystemPresence(system) {
        case .available, .busy: .offQueueWork
        case .break: .break
        case .meal: .meal
        case .meeting: .meeting
        case .training: .training
        case .onQueue: .onQueueWork
        default: .unavailable
        }
    }

    private static func state(
        actual: ActivityCategory,
        scheduled: ActivityCategory,
        routingStatus: RoutingStatus
    ) -> State {
        if scheduled == .unscheduled {
            return actual == .unavailable || actual == .timeOff ? .inAdherence : .unscheduled
        }
        guard actual == scheduled else { return .outOfAdherence }
        // Being on queue is not enough to do on-queue work: an agent who does not answer is not working.
        if actual == .onQueueWork, !routingStatus.countsAsOnQueueWork { return .outOfAdherence }
        return .inAdherence
    }

    private static func impact(actual: ActivityCategory, scheduled: ActivityCategory, state: State) -> Impact {
        guard state == .outOfAdherence else { return .neutral }
        if scheduled == .onQueueWork { return .negative }
        return actual == .onQueueWork ? .positive : .neutral
    }
}
