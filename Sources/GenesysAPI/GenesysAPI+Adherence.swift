// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// One element of `GET /api/v2/workforcemanagement/adherence` (UserScheduleAdherence).
public struct UserAdherence: Sendable, Equatable {
    /// The agent.
    public var userID: String
    /// State, scheduled and actual category, impact, time of change: as the notification has them.
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

/// An adherence explanation to be added (AddAdherenceExplanationAdminRequest; type is always Late).
public struct AdherenceExplanation: Codable, Sendable, Equatable {
    /// Beginning of the explained span.
    public var start: Timestamp
    /// Its length.
    public var minutes: Int
    /// Pending, Approved, Denied
    public var status: String
    /// May be empty.
    public var notes: String

    /// An explanation.
    public init(start: Timestamp, minutes: Int, status: String, notes: String) {
        self.start = start
        self.minutes = minutes
        self.status = status
        self.notes = notes
    }
}

/// An asynchronous job of the explanations API (AdherenceExplanationAsyncResponse).
public struct ExplanationJob: Sendable, Equatable {
    /// `Processing`, `Complete`, `Error`
    public enum Status: String, Sendable { case processing = "Processing", complete = "Complete", error = "Error" }
    /// The job.
    public var id: String
    /// How far it is.
    public var status: Status
    /// What is there, when the job was a query and is complete.
    public var explanations: [AdherenceExplanation]
    /// Why it failed, as far as Genesys says so.
    public var errorMessage: String?

    /// A job.
    public init(
        id: String,
        status: Status,
        explanations: [AdherenceExplanation] = [],
        errorMessage: String? = nil
    ) {
        self.id = id
        self.status = status
        self.explanations = explanations
        self.errorMessage = errorMessage
    }
}

extension GenesysAPI {
    /// Agents in one adherence read [SDK docstring].
    public static let agentsPerAdherenceRead = 100

    /// `GET /api/v2/workforcemanagement/adherence?userId=…`, at most 100; agents outside WFM are absent.
    public func adherence(userIDs: [String]) async throws(GenesysAPIError) -> [UserAdherence] {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `GET /api/v2/workforcemanagement/businessunits/{id}/activitycodes` (a `downloadUrl` is followed).
    public func activityCodes(businessUnitID: String) async throws(GenesysAPIError) -> [ActivityCode] {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `GET /api/v2/presence/users/{id}/primarysource`: the source whose presence counts, `PURECLOUD` or another's.
    public func primaryPresenceSource(userID: String) async throws(GenesysAPIError) -> String? {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `POST /api/v2/workforcemanagement/agents/{id}/adherence/explanations`
    public func addExplanation(
        _ explanation: AdherenceExplanation,
        agentID: String
    ) async throws(GenesysAPIError) -> ExplanationJob {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `POST /api/v2/workforcemanagement/agents/{id}/adherence/explanations/query`
    public func queryExplanations(
        agentID: String,
        from: Timestamp,
        to: Timestamp
    ) async throws(GenesysAPIError) -> ExplanationJob {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `GET /api/v2/workforcemanagement/adherence/explanations/jobs/{id}`; only the client that started it may ask.
    public func explanationJob(id: String) async throws(GenesysAPIError) -> ExplanationJob {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `PUT /api/v2/wfm/users/{id}/adherence`: Genesys publishes no such call; some gateways offer it (design 5, facts 0.2).
    public func putAdherence(userID: String, status: String, definitionID: String) async throws(GenesysAPIError) {
        throw GenesysAPIError(.other, message: "not yet")
    }

    /// `PUT /api/v2/users/{id}/routingstatus`; `IDLE` clears Not Responding. Cannot put anyone On Queue.
    public func setRoutingStatus(userID: String, to status: String) async throws(GenesysAPIError) {
        throw GenesysAPIError(.other, message: "not yet")
    }
}
