// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// A fact of the agent that conditions and templates can name. The raw value is its full name.
enum AgentField: String, CaseIterable, Sendable {
    case presenceSystem = "presence.system"
    case presenceDefinitionID = "presence.definitionId"
    case presenceLabel = "presence.label"
    case presenceMessage = "presence.message"
    case presenceSince = "presence.since"
    case presenceRequested = "presence.requested"
    case primarySource
    case routingStatus = "routingStatus.status"
    case routingStatusSince = "routingStatus.since"
    case adherenceState = "adherence.state"
    case adherenceScheduled = "adherence.scheduled"
    case adherenceActual = "adherence.actual"
    case adherenceImpact = "adherence.impact"
    case adherenceSince = "adherence.since"
    case adherenceActivityCode = "adherence.activityCode"
    case adherenceExplanation = "adherence.explanation"
    case adherenceNext = "adherence.next"
    case adherenceNextAt = "adherence.nextAt"
    case adherenceManagementUnit = "adherence.managementUnit"
    case adherenceTeam = "adherence.team"
    case outOfOffice
    case outOfOfficeUntil = "outOfOffice.until"
    case activeQueues
    case agentID = "agent.id"
    case agentName = "agent.name"

    /// The name within its section: `system` of `presence.system`; of a fact that is its own section, the whole.
    var key: String { rawValue.split(separator: ".").last.map(String.init) ?? rawValue }

    var shape: FactShape {
        switch self {
        case .presenceSystem, .presenceRequested: .text(.presence)
        case .presenceDefinitionID, .presenceMessage, .primarySource, .adherenceActivityCode, .agentID, .agentName:
            .text(.exact)
        case .presenceLabel: .text(.named(.presence))
        case .presenceSince, .routingStatusSince, .adherenceSince, .adherenceNextAt, .outOfOfficeUntil: .time
        case .routingStatus: .text(.routingStatus)
        case .adherenceState: .text(.adherenceState)
        case .adherenceScheduled, .adherenceActual, .adherenceNext: .text(.activityCategory)
        case .adherenceImpact: .text(.adherenceImpact)
        case .adherenceExplanation: .text(.explanationStatus)
        case .adherenceManagementUnit: .text(.named(.managementUnit))
        case .adherenceTeam: .text(.named(.team))
        case .outOfOffice: .flag
        case .activeQueues: .list(.named(.queue))
        }
    }

    func value(in facts: AgentFacts) -> FactValue {
        switch self {
        case .presenceSystem: FactValue(facts.presence?.system?.name)
        case .presenceDefinitionID, .presenceLabel: FactValue(facts.presence?.definitionID)
        // Genesys sends "" for no message.
        case .presenceMessage: FactValue(facts.presence?.message.flatMap { $0.isEmpty ? nil : $0 })
        case .presenceSince: FactValue(facts.presence?.modifiedAt)
        case .presenceRequested: FactValue(facts.presence?.requested?.name)
        case .primarySource: FactValue(facts.primarySource)
        case .routingStatus: FactValue(facts.routingStatus?.status)
        case .routingStatusSince: FactValue(facts.routingStatus?.since)
        case .adherenceState: FactValue(facts.adherence?.state)
        case .adherenceScheduled: FactValue(facts.adherence?.scheduled)
        case .adherenceActual: FactValue(facts.adherence?.actual)
        case .adherenceImpact: FactValue(facts.adherence?.impact)
        case .adherenceSince: FactValue(facts.adherence?.since)
        case .adherenceActivityCode: FactValue(facts.adherence?.scheduledCodeID)
        case .adherenceExplanation: FactValue(facts.adherence?.explanationStatus)
        case .adherenceNext: FactValue(facts.adherence?.next.first?.category)
        case .adherenceNextAt: FactValue(facts.adherence?.next.first?.at)
        case .adherenceManagementUnit: FactValue(facts.adherence?.managementUnitID)
        case .adherenceTeam: FactValue(facts.adherence?.teamID)
        case .outOfOffice: FactValue(facts.outOfOffice)
        case .outOfOfficeUntil: FactValue(facts.outOfOfficeUntil)
        case .activeQueues: FactValue(facts.activeQueueIDs)
        case .agentID: .text(facts.id)
        case .agentName: FactValue(facts.name)
        }
    }

    /// Since when the fact is what it is, as Genesys says; `nil` = it does not say.
    func since(in facts: AgentFacts) -> Timestamp? {
        switch self {
        case .presenceSystem, .presenceDefinitionID, .presenceLabel: facts.presence?.modifiedAt
        case .routingStatus: facts.routingStatus?.since
        case .adherenceState: facts.adherence?.since
        default: nil
        }
    }
}
