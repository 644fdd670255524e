// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// A fact of one conversation that conditions and templates can name.
enum ConversationField: Hashable, Sendable {
    case id, media, direction, state, held, heldSince, muted, confined
    /// `queue` is compared by name or id, `queueId` is the id.
    case queue, queueID
    case purpose, role, answered, alertedAt, connectedAt, endedAt, disconnectType, participants
    case afterCallWork, afterCallWorkSince
    /// `wrapup` is compared by name or id, `wrapupCode` is the id.
    case wrapup, wrapupCode, wrapupRequired
    case campaignID, messageType, mediaRoles, externalTag, utilizationLabel
    /// Of the agent's participant; the name is exact.
    case attribute(String)
    /// Of the customer's participant.
    case customerAttribute(String)

    /// The fields with a fixed name, by that name.
    static let named: [(name: String, field: ConversationField)] = [
        ("media", .media), ("direction", .direction), ("state", .state), ("held", .held), ("heldSince", .heldSince),
        ("muted", .muted), ("confined", .confined), ("queue", .queue), ("queueId", .queueID), ("purpose", .purpose),
        ("role", .role), ("answered", .answered), ("alertedAt", .alertedAt), ("connectedAt", .connectedAt),
        ("endedAt", .endedAt), ("disconnectType", .disconnectType), ("participants", .participants),
        ("afterCallWork", .afterCallWork), ("afterCallWorkSince", .afterCallWorkSince), ("wrapup", .wrapup),
        ("wrapupCode", .wrapupCode), ("wrapupRequired", .wrapupRequired), ("campaignId", .campaignID),
        ("messageType", .messageType), ("mediaRoles", .mediaRoles), ("externalTag", .externalTag),
        ("utilizationLabel", .utilizationLabel), ("id", .id),
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

    var shape: FactShape {
        switch self {
        case .media: .text(.media)
        case .direction: .text(.direction)
        case .state: .text(.conversationState)
        case .held, .muted, .confined, .answered, .wrapupRequired: .flag
        case .heldSince, .alertedAt, .connectedAt, .endedAt, .afterCallWorkSince: .time
        case .participants: .number
        case .queue: .text(.named(.queue))
        case .wrapup: .text(.named(.wrapupCode))
        case .purpose: .text(.purpose)
        case .role: .text(.role)
        case .disconnectType: .text(.disconnectType)
        case .afterCallWork: .text(.afterCallWork)
        case .messageType: .text(.messageType)
        case .mediaRoles: .list(.mediaRole)
        case .id, .queueID, .wrapupCode, .campaignID, .externalTag, .utilizationLabel, .attribute, .customerAttribute:
            .text(.exact)
        }
    }

    /// Naming it says that conversations which only ring are meant as well.
    var isOfAlerts: Bool {
        switch self {
        case .state, .answered, .alertedAt: true
        default: false
        }
    }

    /// Naming it says that conversations in after-call work are meant as well.
    var isOfEnds: Bool {
        switch self {
        case .state, .afterCallWork, .afterCallWorkSince, .wrapup, .wrapupCode, .wrapupRequired, .endedAt,
            .disconnectType:
            true
        default: false
        }
    }

    func value(in conversation: ConversationFacts, now: Timestamp) -> FactValue {
        switch self {
        case .id: .text(conversation.id)
        case .media: .text(conversation.media.rawValue)
        case .direction: FactValue(conversation.direction)
        case .state: .text(conversation.stateForRules)
        case .held: .flag(conversation.held)
        case .heldSince: FactValue(conversation.heldSince)
        case .muted: .flag(conversation.muted)
        case .confined: .flag(conversation.confined)
        case .queue, .queueID: FactValue(conversation.queueID)
        case .purpose: FactValue(conversation.purpose)
        case .role: .text(conversation.role.rawValue)
        case .answered: .flag(conversation.isAnswered)
        case .alertedAt: FactValue(conversation.alertedAt)
        case .connectedAt: FactValue(conversation.connectedAt)
        case .endedAt: FactValue(conversation.endedAt)
        case .disconnectType: FactValue(conversation.disconnectType)
        case .participants: .number(conversation.participants)
        case .afterCallWork: FactValue(conversation.afterCallWorkState(at: now))
        case .afterCallWorkSince: FactValue(conversation.afterCallWorkSince)
        case .wrapup, .wrapupCode: FactValue(conversation.wrapupCode)
        case .wrapupRequired: FactValue(conversation.wrapupRequired)
        case .campaignID: FactValue(conversation.campaignID)
        case .messageType: FactValue(conversation.messageType)
        case .mediaRoles: .texts(conversation.mediaRoles)
        case .externalTag: FactValue(conversation.externalTag)
        case .utilizationLabel: FactValue(conversation.utilizationLabelID)
        case .attribute(let name): FactValue(conversation.attributes[name])
        case .customerAttribute(let name): FactValue(conversation.customerAttributes[name])
        }
    }

    /// The value as a template has it; `nil` = absent. Templates know no time, so after-call work is as Genesys says.
    func text(in conversation: ConversationFacts) -> String? {
        if self == .afterCallWork { return conversation.afterCallWork }
        return value(in: conversation, now: Timestamp(milliseconds: 0)).text
    }

    /// Since when the fact is what it is, as Genesys says; `nil` = it does not say.
    func since(in conversation: ConversationFacts) -> Timestamp? {
        switch self {
        // They do not change while it lasts. An alert is none yet: what counts alerts as well has seen it ring.
        case .id, .media, .direction, .queue, .queueID, .purpose, .role, .campaignID, .messageType:
            conversation.connectedAt ?? conversation.alertedAt
        case .state:
            conversation.isEnded ? conversation.endedAt : conversation.isAnswered ? conversation.connectedAt : nil
        case .held: conversation.held ? conversation.heldSince : nil
        case .answered: conversation.isAnswered ? conversation.connectedAt : conversation.alertedAt
        case .afterCallWork: conversation.afterCallWork == "pending" ? conversation.afterCallWorkSince : nil
        default: nil
        }
    }
}

extension ConversationFacts {
    /// A snapshot may say that a communication has ended (disconnect type or time) while its state still reads
    /// `connected`; a rule must not take it for a live one.
    fileprivate var stateForRules: String {
        let state = self.state
        guard self.isEnded, state != "disconnected", state != "terminated" else { return state }
        return "disconnected"
    }

    /// `timeout` once the time for it is over: Genesys ends it by itself then, and may tell later or not at all.
    fileprivate func afterCallWorkState(at now: Timestamp) -> String? {
        guard let until = pendingWorkUntil, until <= now else { return self.afterCallWork }
        return "timeout"
    }
}

extension String {
    /// What follows a prefix, when there is something.
    func suffix(after prefix: String) -> String? {
        guard hasPrefix(prefix), count > prefix.count else { return nil }
        return String(dropFirst(prefix.count))
    }
}
