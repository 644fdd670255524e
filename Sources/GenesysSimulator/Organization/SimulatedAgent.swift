// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// Routing status of a user (`GET /api/v2/users/{id}/routingstatus`).
enum RoutingStatus: String, Sendable {
    case offQueue = "OFF_QUEUE"
    case idle = "IDLE"
    case interacting = "INTERACTING"
    case notResponding = "NOT_RESPONDING"
    case communicating = "COMMUNICATING"

    var countsAsOnQueueWork: Bool { self == .idle || self == .interacting || self == .communicating }
}

/// One user of the organization who takes calls.
struct SimulatedAgent: Sendable {
    let id: String
    let name: String
    let email: String

    var presence: PresenceDefinition
    var message = ""
    var presenceModifiedAt: Timestamp
    var routingStatus: RoutingStatus
    var routingStatusSince: Timestamp
    var isOutOfOffice = false
    var queuesModifiedAt: Timestamp

    var schedule: ActivitySchedule
    var explanations: [AdherenceExplanation] = []
    /// As last computed, some hundred milliseconds behind presence.
    var adherence: ObservedAdherence?
    var isAdherenceDue = false

    /// Ids of conversations in which the agent has a live leg or unfinished after-call work, oldest first.
    var conversations: [String] = []
    /// The last moment used in a body or event about this agent; every change gets a later one.
    var lastChange: Timestamp

    var isOnQueue: Bool { presence.system == "OnQueue" }

    /// The moment of the next change: `now`, or just after the last change when that was in the same millisecond.
    mutating func tick(_ now: Timestamp) -> Timestamp {
        lastChange = max(now, Timestamp(milliseconds: lastChange.milliseconds + 1))
        return lastChange
    }
}

/// An agent's adherence as workforce management shows it.
struct ObservedAdherence: Sendable, Equatable {
    var computed: AdherenceComputation
    var scheduled: ActivityCategory
    var presence: PresenceDefinition
    var routingStatus: RoutingStatus
    var presenceUpdatedAt: Timestamp
    /// When ``AdherenceComputation/state`` last changed.
    var changedAt: Timestamp
    var explanationID: String?
}

/// An adherence explanation (`POST …/agents/{id}/adherence/explanations`).
struct AdherenceExplanation: Sendable {
    enum Status: String, Sendable {
        case pending = "Pending"
        case approved = "Approved"
        case denied = "Denied"
    }

    var id: String
    var start: Timestamp
    var lengthMinutes: Int
    var notes: String
    var status: Status

    func covers(_ now: Timestamp) -> Bool {
        start <= now && now < start.advanced(by: .seconds(60 * lengthMinutes))
    }
}
