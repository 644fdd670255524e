// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension EventBody {
    /// PresenceEventUserPresence; without a definition it says nothing.
    static func presence(_ body: JSONValue) throws(Missing) -> PresenceObservation {
        var presence = PresenceObservation()
        for (name, value) in body.fields {
            switch name {
            case "presenceDefinition": take(definition: value, into: &presence)
            case "message": presence.message = value.string
            case "modifiedDate": presence.modifiedAt = value.time
            case "source": presence.source = value.identifier
            case "primary": presence.primary = value.bool
            case "futurePresenceDefinition": presence.requested = system(of: value)
            default: break
            }
        }
        guard presence.definitionID != nil || presence.system != nil else {
            throw Missing(pointer: "/presenceDefinition")
        }
        return presence
    }

    private static func take(definition: JSONValue, into presence: inout PresenceObservation) {
        presence.definitionID = definition["id"]?.identifier
        presence.system = system(of: definition)
    }

    private static func system(of definition: JSONValue) -> SystemPresence? {
        definition["systemPresence"]?.identifier.map { SystemPresence($0) }
    }

    /// UserRoutingStatusUserRoutingStatus
    static func routingStatus(_ body: JSONValue) throws(Missing) -> RoutingStatusObservation {
        try required(body["routingStatus"].flatMap(routingStatus(inside:)), "/routingStatus/status")
    }

    private static func routingStatus(inside value: JSONValue) -> RoutingStatusObservation? {
        guard let status = value["status"]?.identifier else { return nil }
        return RoutingStatusObservation(status: status.uppercased(), startTime: value["startTime"]?.time)
    }

    /// OutOfOfficeEventOutOfOffice
    static func outOfOffice(_ body: JSONValue) throws(Missing) -> OutOfOfficeObservation {
        let active = try required(body["active"]?.bool, "/active")
        let ends = active && body["indefinite"]?.bool != true
        return OutOfOfficeObservation(active: active, until: ends ? body["endDate"]?.time : nil)
    }

    /// V2IntegrationPresenceEventPresenceActivityEvent
    static func presenceSource(_ body: JSONValue) -> PresenceSourceObservation {
        PresenceSourceObservation(
            current: body["currentDisplaySourceId"]?.identifier,
            modifiedAt: body["modifiedDate"]?.time
        )
    }

    /// QueueUserEventTopicQueueMember
    static func queueMembership(_ body: JSONValue, queue: String) throws(Missing) -> GenesysEvent {
        .queueMembership(
            userID: try required(body["user"]?["id"]?.userID, "/user/id"),
            QueueMembership(
                queueID: body["queueId"]?.identifier ?? queue,
                joined: try required(body["joined"]?.bool, "/joined")
            )
        )
    }

    /// AgentActivityChangedTopicAgentActivity
    static func activity(_ body: JSONValue) -> ActivityObservation {
        var activity = ActivityObservation()
        for (name, value) in body.fields {
            switch name {
            case "routingStatus": activity.routingStatus = routingStatus(inside: value)
            case "presence":
                var presence = PresenceObservation()
                presence.tellsRequest = false
                for (name, value) in value.fields {
                    switch name {
                    case "presenceDefinition": take(definition: value, into: &presence)
                    case "presenceMessage": presence.message = value.string
                    case "modifiedDate": presence.modifiedAt = value.time
                    default: break
                    }
                }
                let isKnown = presence.definitionID != nil || presence.system != nil
                activity.presence = isKnown ? presence : nil
            case "outOfOffice":
                activity.outOfOffice = value["active"]?.bool
                activity.outOfOfficeModifiedAt = value["modifiedDate"]?.time
            case "activeQueueIds":
                activity.activeQueueIDs = value.isArray ? value.elements.compactMap(\.identifier) : nil
            case "dateActiveQueuesChanged": activity.activeQueuesChangedAt = value.time
            default: break
            }
        }
        return activity
    }

    /// UserConversationsEventUserConversationSummary
    static func summary(_ body: JSONValue) -> ConversationSummary {
        var summary = ConversationSummary()
        for (name, value) in body.fields where value.isObject {
            let media = name.string
            summary.contactCenter[media] = counts(value["contactCenter"])
            summary.enterprise[media] = counts(value["enterprise"])
        }
        return summary
    }

    private static func counts(_ value: JSONValue?) -> ConversationSummary.Counts? {
        guard let active = value?["active"]?.integer, let acw = value?["acw"]?.integer else { return nil }
        return ConversationSummary.Counts(active: active, acw: acw)
    }
}
