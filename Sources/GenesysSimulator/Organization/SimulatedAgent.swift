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

    /// Of the source PURECLOUD; what others see is ``shownPresence``.
    var presence: PresenceDefinition
    /// What there was before it, with its own date: what a stale answer shows.
    var formerPresence: (definition: PresenceDefinition, message: String, modifiedAt: Timestamp)
    var message = ""
    var presenceModifiedAt: Timestamp
    var routingStatus: RoutingStatus
    var routingStatusSince: Timestamp
    /// The source whose presence counts (`GET /api/v2/presence/users/{id}/primarysource`).
    var primarySource = PresenceSource.pureCloud
    /// The presence of a source other than PURECLOUD, such as Microsoft Teams.
    var otherPresence: (source: PresenceSource, definition: PresenceDefinition, modifiedAt: Timestamp)?
    var isOutOfOffice = false
    var queuesModifiedAt: Timestamp

    var schedule: ActivitySchedule
    var explanations: [AdherenceExplanation] = []
    /// Belongs to a management unit; without one there is no adherence.
    var isInWorkforce = true
    /// What workforce management knows of the agent, some hundred milliseconds behind.
    var view: AdherenceView
    /// As last computed from the view.
    var adherence: ObservedAdherence?

    /// Ids of conversations in which the agent has a live leg or unfinished after-call work, oldest first.
    var conversations: [String] = []
    /// The last moment used in a body or event about this agent; every change gets a later one.
    var lastChange: Timestamp

    /// The presence of the primary source.
    var shownPresence: PresenceDefinition {
        primarySource == .pureCloud ? presence : otherPresence?.definition ?? presence
    }

    var shownPresenceModifiedAt: Timestamp {
        primarySource == .pureCloud ? presenceModifiedAt : otherPresence?.modifiedAt ?? presenceModifiedAt
    }

    var isOnQueue: Bool { presence.system == "OnQueue" }

    /// The moment of the next change: `now`, or just after the last change when that was in the same millisecond.
    mutating func tick(_ now: Timestamp) -> Timestamp {
        lastChange = max(now, Timestamp(milliseconds: lastChange.milliseconds + 1))
        return lastChange
    }
}

/// A source of presences by its id.
struct PresenceSource: Sendable, Equatable {
    var id: String

    static let pureCloud = PresenceSource(id: "PURECLOUD")

    /// Spelt as a path may spell it.
    func isNamed(_ name: String) -> Bool { id.lowercased() == name.lowercased() }
}

/// What workforce management computes adherence from; it learns of changes late.
struct AdherenceView: Sendable, Equatable {
    var presence: PresenceDefinition
    var presenceUpdatedAt: Timestamp
    var routingStatus: RoutingStatus
    var isOutOfOffice: Bool
    /// When this was so; an older view never replaces a newer one.
    var at: Timestamp
}

extension SimulatedAgent {
    func currentView(at: Timestamp) -> AdherenceView {
        AdherenceView(
            presence: shownPresence,
            presenceUpdatedAt: shownPresenceModifiedAt,
            routingStatus: routingStatus,
            isOutOfOffice: isOutOfOffice,
            at: at
        )
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
    var isOutOfOffice: Bool
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

    var end: Timestamp { start.advanced(by: .seconds(60 * lengthMinutes)) }

    func covers(_ now: Timestamp) -> Bool { start <= now && now < end }
}
