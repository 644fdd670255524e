// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// A fact of one conversation that conditions and templates can name.
enum ConversationField: Hashable, Sendable {
    case id, media, direction, state, held, muted, queueID, purpose, afterCallWork, wrapupCode
    /// Of the agent's participant; the name is exact.
    case attribute(String)
    /// Of the customer's participant.
    case customerAttribute(String)

    /// The fields with a fixed name, by that name.
    static let named: [(name: String, field: ConversationField)] = [
        ("media", .media), ("direction", .direction), ("state", .state), ("held", .held), ("muted", .muted),
        ("queueId", .queueID), ("purpose", .purpose), ("afterCallWork", .afterCallWork), ("wrapupCode", .wrapupCode),
        ("id", .id),
    ]

    /// `state`, `attributes.wfm_status`, `customer.attributes.tier`; `nil` = no such field.
    init?(name: String) {
        if let field = Self.named.first(where: { $0.name == name })?.field {
            self = field
        } else if let attribute = name.suffix(after: "attributes.") {
            self = .attribute(attribute)
        } else if let attribute = name.suffix(after: "customer.attributes.") {
            self = .customerAttribute(attribute)
        } else {
            return nil
        }
    }

    /// The name after `conversation.`
    var name: String {
        switch self {
        case .attribute(let name): "attributes.\(name)"
        case .customerAttribute(let name): "customer.attributes.\(name)"
        default: Self.named.first { $0.field == self }?.name ?? "\(self)"
        }
    }

    var vocabulary: FactVocabulary {
        switch self {
        case .media: .media
        case .direction: .direction
        case .state: .conversationState
        case .held, .muted: .boolean
        case .purpose: .purpose
        case .afterCallWork: .afterCallWork
        case .id, .queueID, .wrapupCode, .attribute, .customerAttribute: .exact
        }
    }

    /// The value as text; `nil` = absent.
    func value(in conversation: ConversationFacts) -> String? {
        switch self {
        case .id: conversation.id
        case .media: conversation.media.rawValue
        case .direction: conversation.direction
        case .state: conversation.stateForRules
        case .held: conversation.held ? "true" : "false"
        case .muted: conversation.muted ? "true" : "false"
        case .queueID: conversation.queueID
        case .purpose: conversation.purpose
        case .afterCallWork: conversation.afterCallWork
        case .wrapupCode: conversation.wrapupCode
        case .attribute(let name): conversation.attributes[name]
        case .customerAttribute(let name): conversation.customerAttributes[name]
        }
    }
}

extension ConversationFacts {
    /// A snapshot may say that a communication has ended (disconnect type or time) while its state still reads
    /// `connected`; a rule must not take it for a live one.
    fileprivate var stateForRules: String {
        guard isEnded, state != "disconnected", state != "terminated" else { return state }
        return "disconnected"
    }
}

/// A fact of the agent that conditions and templates can name.
enum AgentField: String, CaseIterable, Sendable {
    case presenceSystem = "presence.system"
    case presenceDefinitionID = "presence.definitionId"
    case presenceMessage = "presence.message"
    case routingStatus = "routingStatus.status"
    case adherenceState = "adherence.state"
    case adherenceScheduled = "adherence.scheduled"
    case adherenceActual = "adherence.actual"
    case adherenceImpact = "adherence.impact"
    case outOfOffice

    var vocabulary: FactVocabulary {
        switch self {
        case .presenceSystem: .presence
        case .presenceDefinitionID, .presenceMessage: .exact
        case .routingStatus: .routingStatus
        case .adherenceState: .adherenceState
        case .adherenceScheduled, .adherenceActual: .activityCategory
        case .adherenceImpact: .adherenceImpact
        case .outOfOffice: .boolean
        }
    }

    /// The value as text; `nil` = absent.
    func value(in facts: AgentFacts) -> String? {
        switch self {
        case .presenceSystem: facts.presence?.system?.name
        case .presenceDefinitionID: facts.presence?.definitionID
        // Genesys sends "" for no message.
        case .presenceMessage: facts.presence?.message.flatMap { $0.isEmpty ? nil : $0 }
        case .routingStatus: facts.routingStatus?.status
        case .adherenceState: facts.adherence?.state
        case .adherenceScheduled: facts.adherence?.scheduled
        case .adherenceActual: facts.adherence?.actual
        case .adherenceImpact: facts.adherence?.impact
        case .outOfOffice: facts.outOfOffice.map { $0 ? "true" : "false" }
        }
    }
}

extension String {
    /// What follows a prefix, when there is something.
    func suffix(after prefix: String) -> String? {
        guard hasPrefix(prefix), count > prefix.count else { return nil }
        return String(dropFirst(prefix.count))
    }
}
