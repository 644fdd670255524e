// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension EventBody {
    /// WfmUserScheduleAdherenceUpdatedTopicUserScheduleAdherenceUpdate
    static func adherence(_ body: JSONValue) -> AdherenceObservation {
        var adherence = AdherenceObservation()
        for (name, value) in body.fields {
            switch name {
            case "adherenceState": adherence.state = value.identifier
            case "scheduledActivityCategory": adherence.scheduledCategory = value.identifier
            case "scheduledActivityCode": adherence.scheduledCodeID = value["id"]?.identifier
            case "actualActivityCategory": adherence.actualCategory = value.identifier
            case "impact": adherence.impact = value.identifier
            case "adherenceChangeTime": adherence.changedAt = value.time
            case "adherenceExplanation": adherence.explanationStatus = value["status"]?.identifier
            case "nextActivityReminders": adherence.next = value.elements.compactMap(activity)
            case "managementUnitId": adherence.managementUnitID = value.identifier
            case "businessUnitId": adherence.businessUnitID = value.identifier
            case "team": adherence.teamID = value["id"]?.identifier
            case "removedFromManagementUnit": adherence.isRemoved = value.bool ?? false
            case "isOutOfOffice": adherence.isOutOfOffice = value.bool
            case "activeQueues":
                adherence.activeQueueIDs = value.isArray ? value.elements.compactMap { $0["id"]?.identifier } : nil
            case "activeQueuesModifiedTime": adherence.activeQueuesChangedAt = value.time
            default: break
            }
        }
        return adherence
    }

    private static func activity(_ value: JSONValue) -> ScheduledActivity? {
        guard let category = value["activityCategory"]?.identifier else { return nil }
        return ScheduledActivity(category: category, at: value["startDate"]?.time)
    }
}
