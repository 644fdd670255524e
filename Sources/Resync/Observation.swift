// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
public import GenesysAPI
public import GenesysEvents
public import Journal

extension JournalEntry {
    /// A presence that was read, in the form of its notification: reads have no path of their own.
    ///
    /// - Parameter tellsRequest: whether the read would show what the user has asked for. Without it the form is that of
    ///   the `activity` topic, which does not show it either.
    public static func observation(
        _ presence: UserPresence,
        tellsRequest: Bool = true,
        at now: Timestamp
    ) -> JournalEntry {
        let definition = PresenceBody.Definition(id: presence.definitionID, systemPresence: presence.system?.name)
        guard tellsRequest else {
            let body = ActivityBody(
                id: presence.userID,
                presence: .init(
                    presenceDefinition: definition,
                    presenceMessage: presence.message,
                    modifiedDate: presence.modifiedAt
                )
            )
            return observation("activity", body, of: presence.userID, at: now)
        }
        let body = PresenceBody(
            source: "PURECLOUD",
            presenceDefinition: definition,
            message: presence.message,
            modifiedDate: presence.modifiedAt,
            futurePresenceDefinition: presence.requested.map { .init(id: nil, systemPresence: $0.name) }
        )
        return observation("presence", body, of: presence.userID, at: now)
    }

    /// A routing status that was read, in the form of its notification.
    public static func observation(
        _ routing: RoutingStatusObservation,
        of userID: String,
        at now: Timestamp
    ) -> JournalEntry {
        let body = RoutingBody(id: userID, routingStatus: .init(status: routing.status, startTime: routing.startTime))
        return observation("routingStatus", body, of: userID, at: now)
    }

    /// Adherence that was read, in the form of its notification.
    public static func observation(_ adherence: UserAdherence, at now: Timestamp) -> JournalEntry {
        observation("workforcemanagement.adherence", AdherenceBody(adherence), of: adherence.userID, at: now)
    }

    private static func observation(
        _ topic: String,
        _ body: some Encodable,
        of userID: String,
        at now: Timestamp
    ) -> JournalEntry {
        let name = "v2.users.\(userID).\(topic)"
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // Strings, numbers and times always encode.
        let bytes = (try? encoder.encode(ObservedNotification(topicName: name, eventBody: body))) ?? Data()
        return JournalEntry(
            // Every read is news, also when it shows what an earlier one did: it makes the rules look again.
            key: "read:\(UUID().uuidString)",
            source: .observation,
            topic: name,
            agentID: userID,
            receivedAt: now,
            body: Array(bytes)
        )
    }
}

private struct ObservedNotification<Body: Encodable>: Encodable {
    var topicName: String
    var eventBody: Body
}

private struct PresenceBody: Encodable {
    struct Definition: Encodable {
        var id: String?
        var systemPresence: String?
    }
    var source: String
    var presenceDefinition: Definition
    var message: String
    var modifiedDate: Timestamp?
    var futurePresenceDefinition: Definition?
}

private struct ActivityBody: Encodable {
    struct Presence: Encodable {
        var presenceDefinition: PresenceBody.Definition
        var presenceMessage: String
        var modifiedDate: Timestamp?
    }
    var id: String
    var presence: Presence
}

private struct RoutingBody: Encodable {
    struct Status: Encodable {
        var status: String
        var startTime: Timestamp?
    }
    var id: String
    var routingStatus: Status
}

/// WfmUserScheduleAdherenceUpdatedTopicUserScheduleAdherenceUpdate: units are plain ids, and the time of change has
/// another name than in the read.
private struct AdherenceBody: Encodable {
    struct Reference: Encodable { var id: String }
    struct Explanation: Encodable { var status: String }
    struct Reminder: Encodable {
        var activityCategory: String
        var startDate: Timestamp?
    }

    var user: Reference
    var managementUnitId: String?
    var businessUnitId: String?
    var scheduledActivityCategory: String?
    var scheduledActivityCode: Reference?
    var systemPresence: String?
    var organizationSecondaryPresenceId: String?
    var routingStatus: String?
    var actualActivityCategory: String?
    var isOutOfOffice: Bool?
    var adherenceState: String?
    var impact: String?
    var adherenceChangeTime: Timestamp?
    var presenceUpdateTime: Timestamp?
    var removedFromManagementUnit: Bool
    var team: Reference?
    var adherenceExplanation: Explanation?
    var nextActivityReminders: [Reminder]
    var activeQueues: [Reference]?
    var activeQueuesModifiedTime: Timestamp?

    init(_ read: UserAdherence) {
        user = Reference(id: read.userID)
        managementUnitId = read.observation.managementUnitID
        businessUnitId = read.businessUnitID
        scheduledActivityCategory = read.observation.scheduledCategory
        scheduledActivityCode = read.scheduledCodeID.map(Reference.init)
        systemPresence = read.systemPresence?.name
        organizationSecondaryPresenceId = read.secondaryPresenceID
        routingStatus = read.routingStatus
        actualActivityCategory = read.observation.actualCategory
        isOutOfOffice = read.observation.isOutOfOffice
        adherenceState = read.observation.state
        impact = read.observation.impact
        adherenceChangeTime = read.observation.changedAt
        presenceUpdateTime = read.presenceUpdatedAt
        removedFromManagementUnit = read.isRemovedFromManagementUnit
        team = read.observation.teamID.map(Reference.init)
        adherenceExplanation = read.observation.explanationStatus.map(Explanation.init)
        nextActivityReminders = read.observation.next.map { Reminder(activityCategory: $0.category, startDate: $0.at) }
        activeQueues = read.observation.activeQueueIDs?.map(Reference.init)
        activeQueuesModifiedTime = read.observation.activeQueuesChangedAt
    }
}
