// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// One element of `GET /api/v2/workforcemanagement/adherence` (UserScheduleAdherence).
public struct UserAdherence: Sendable, Equatable {
    /// The agent.
    public var userID: String
    /// All that the notification has, in its terms.
    public var observation: AdherenceObservation
    /// `businessUnit.id`
    public var businessUnitID: String?
    /// `systemPresence`
    public var systemPresence: SystemPresence?
    /// `organizationSecondaryPresenceId`; `nil` or empty with a system presence.
    public var secondaryPresenceID: String?
    /// `routingStatus`: OFF_QUEUE, IDLE, …
    public var routingStatus: String?
    /// `scheduledActivityCode.id`
    public var scheduledCodeID: String?
    /// `scheduledActivityCode.name`
    public var scheduledCodeName: String?
    /// `isOutOfOffice`
    public var isOutOfOffice: Bool
    /// `presenceUpdateTime`
    public var presenceUpdatedAt: Timestamp?
    /// `removedFromManagementUnit`
    public var isRemovedFromManagementUnit: Bool

    /// Nothing but the agent and the observation is known.
    public init(userID: String, observation: AdherenceObservation) {
        self.userID = userID
        self.observation = observation
        isOutOfOffice = false
        isRemovedFromManagementUnit = false
    }
}

/// One activity code of a business unit (BusinessUnitActivityCode).
public struct ActivityCode: Sendable, Equatable {
    /// A short string (`"1"`) or a uuid.
    public var id: String
    /// For people.
    public var name: String?
    /// OnQueueWork, Break, Meal, Meeting, OffQueueWork, TimeOff, Training, Unavailable, Unscheduled
    public var category: String
    /// `false` = no longer used.
    public var isActive: Bool
    /// Ids of the presence definitions that count as this activity.
    public var secondaryPresenceIDs: [String]

    /// A code.
    public init(id: String, name: String?, category: String, isActive: Bool = true, secondaryPresenceIDs: [String]) {
        self.id = id
        self.name = name
        self.category = category
        self.isActive = isActive
        self.secondaryPresenceIDs = secondaryPresenceIDs
    }
}

/// UserScheduleAdherence. Without a user there is nobody to whom it could belong.
struct UserAdherenceBody: Decodable {
    var adherence: UserAdherence

    private enum CodingKeys: String, CodingKey {
        case user, businessUnit, managementUnit, scheduledActivityCategory, scheduledActivityCode, systemPresence
        case organizationSecondaryPresenceId, routingStatus, actualActivityCategory, isOutOfOffice, adherenceState
        case impact, timeOfAdherenceChange, presenceUpdateTime, removedFromManagementUnit, team, adherenceExplanation
        case nextActivityReminders, activeQueues, activeQueuesModifiedTime
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        var observation = AdherenceObservation()
        observation.state = body.text(.adherenceState)
        observation.scheduledCategory = body.text(.scheduledActivityCategory)
        observation.actualCategory = body.text(.actualActivityCategory)
        observation.impact = body.text(.impact)
        observation.changedAt = body.time(.timeOfAdherenceChange)
        observation.managementUnitID = body.tolerant(Reference.self, .managementUnit)?.id
        observation.businessUnitID = body.tolerant(Reference.self, .businessUnit)?.id
        observation.teamID = body.tolerant(Reference.self, .team)?.id
        observation.explanationStatus = body.tolerant(Explanation.self, .adherenceExplanation)?.status
        observation.next = body.elements(Reminder.self, .nextActivityReminders).compactMap(\.activity)
        observation.isOutOfOffice = body.tolerant(Bool.self, .isOutOfOffice)
        observation.isRemoved = body.tolerant(Bool.self, .removedFromManagementUnit) ?? false
        if body.contains(.activeQueues) {
            observation.activeQueueIDs = body.elements(Reference.self, .activeQueues).map(\.id)
            observation.activeQueuesChangedAt = body.time(.activeQueuesModifiedTime)
        }
        let user = try body.decode(Reference.self, forKey: .user).id
        guard !user.isEmpty else {
            throw DecodingError.dataCorruptedError(forKey: .user, in: body, debugDescription: "no id")
        }
        adherence = UserAdherence(userID: user, observation: observation)
        adherence.businessUnitID = observation.businessUnitID
        adherence.systemPresence = body.text(.systemPresence).map { SystemPresence($0) }
        adherence.secondaryPresenceID = body.text(.organizationSecondaryPresenceId)
        adherence.routingStatus = body.text(.routingStatus)
        let code = body.tolerant(CodeSummary.self, .scheduledActivityCode)
        adherence.scheduledCodeID = code?.id
        adherence.observation.scheduledCodeID = code?.id
        adherence.scheduledCodeName = code?.name
        adherence.isOutOfOffice = observation.isOutOfOffice ?? false
        adherence.presenceUpdatedAt = body.time(.presenceUpdateTime)
        adherence.isRemovedFromManagementUnit = observation.isRemoved
    }

    private struct Explanation: Decodable {
        var status: String?
    }

    /// NextActivityReminder
    private struct Reminder: Decodable {
        var activity: ScheduledActivity?

        private enum CodingKeys: String, CodingKey {
            case activityCategory, startDate
        }

        init(from decoder: any Decoder) throws {
            let body = try decoder.container(keyedBy: CodingKeys.self)
            activity = body.text(.activityCategory).map {
                ScheduledActivity(category: $0, at: body.time(.startDate))
            }
        }
    }

    private struct CodeSummary: Decodable {
        var id: String?
        var name: String?
    }
}

/// `{entities[], downloadUrl}` of activity codes; a download never has a `downloadUrl` of its own [SDK].
struct ActivityCodeListing: Decodable {
    var codes: [ActivityCode]?
    var downloadURL: String?

    private struct Element: Decodable {
        var code: ActivityCode

        private enum CodingKeys: String, CodingKey {
            case id, name, category, active, secondaryPresences
        }

        init(from decoder: any Decoder) throws {
            let body = try decoder.container(keyedBy: CodingKeys.self)
            code = ActivityCode(
                id: try body.id(.id),
                name: body.text(.name),
                category: body.text(.category) ?? "",
                isActive: body.tolerant(Bool.self, .active) ?? true,
                secondaryPresenceIDs: body.elements(Reference.self, .secondaryPresences).map(\.id)
            )
        }
    }

    private enum CodingKeys: String, CodingKey {
        case entities, downloadUrl
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        codes = body.tolerant(Readable<Element>.self, .entities)?.elements.map(\.code)
        downloadURL = body.text(.downloadUrl)
        guard codes != nil || downloadURL != nil else {
            throw DecodingError.dataCorruptedError(forKey: .entities, in: body, debugDescription: "neither of the two")
        }
    }
}
