// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// The facts that a reader can see, without the bookkeeping that depends on the order of arrival.
struct Visible: Equatable {
    var name: String?
    var presence: PresenceFacts?
    var primarySource: String?
    var routingStatus: RoutingStatusFacts?
    var adherence: AdherenceFacts?
    var outOfOffice: Bool?
    var outOfOfficeUntil: Timestamp?
    var activeQueueIDs: [String]?
    var conversations: [VisibleConversation]

    init(_ facts: AgentFacts) {
        name = facts.name
        presence = facts.presence
        primarySource = facts.primarySource
        routingStatus = facts.routingStatus
        adherence = facts.adherence
        outOfOffice = facts.outOfOffice
        outOfOfficeUntil = facts.outOfOfficeUntil
        activeQueueIDs = facts.activeQueueIDs
        conversations = facts.conversations.map(VisibleConversation.init)
    }

    /// What differs, one line a fact, for the text of a failing test.
    func differences(from other: Visible) -> [String] {
        var lines: [String] = []
        func compare<Value: Equatable>(_ name: String, _ mine: Value, _ theirs: Value) {
            if mine != theirs { lines.append("\(name): \(mine) instead of \(theirs)") }
        }
        compare("name", name, other.name)
        compare("presence", presence, other.presence)
        compare("primarySource", primarySource, other.primarySource)
        compare("routingStatus", routingStatus, other.routingStatus)
        compare("adherence", adherence, other.adherence)
        compare("outOfOffice", outOfOffice, other.outOfOffice)
        compare("outOfOfficeUntil", outOfOfficeUntil, other.outOfOfficeUntil)
        compare("activeQueueIDs", activeQueueIDs, other.activeQueueIDs)
        compare("conversations", conversations.map(\.key), other.conversations.map(\.key))
        for (mine, theirs) in zip(conversations, other.conversations) where mine.key == theirs.key {
            for name in Set(mine.facts.keys).union(theirs.facts.keys).sorted() {
                compare("\(mine.key) \(name)", mine.facts[name] ?? "–", theirs.facts[name] ?? "–")
            }
        }
        return lines
    }
}

/// A conversation's facts by name; what is absent is left out.
struct VisibleConversation: Equatable {
    var key: String
    var facts: [String: String] = [:]
    var isLive: Bool

    init(_ seen: ConversationFacts) {
        key = "\(seen.id)/\(seen.media)"
        isLive = seen.isLive
        func put(_ name: String, _ value: (some CustomStringConvertible)?) { facts[name] = value?.description }
        func text(_ attributes: Attributes) -> String {
            attributes.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        }
        put("participantID", seen.participantID)
        put("communicationID", seen.communicationID)
        put("direction", seen.direction)
        put("state", seen.state)
        put("held", seen.held)
        put("heldSince", seen.heldSince)
        put("muted", seen.muted)
        put("confined", seen.confined)
        put("isEnded", seen.isEnded)
        put("isLive", seen.isLive)
        put("queueID", seen.queueID)
        put("purpose", seen.purpose)
        put("role", seen.role.rawValue)
        put("alertedAt", seen.alertedAt)
        put("connectedAt", seen.connectedAt)
        put("endedAt", seen.endedAt)
        put("disconnectType", seen.disconnectType)
        put("participants", seen.isEnded ? nil : seen.participants)
        put("afterCallWork", seen.afterCallWork)
        put("afterCallWorkSince", seen.afterCallWorkSince)
        put("afterCallWorkUntil", seen.afterCallWorkUntil)
        put("wrapupPrompt", seen.wrapupPrompt)
        put("wrapupRequired", seen.wrapupRequired)
        put("wrapupCode", seen.wrapupCode)
        put("campaignID", seen.campaignID)
        put("messageType", seen.messageType)
        put("mediaRoles", seen.mediaRoles)
        put("externalTag", seen.externalTag)
        put("utilizationLabelID", seen.utilizationLabelID)
        put("attributes", text(seen.attributes))
        put("customerAttributes", text(seen.customerAttributes))
    }
}
