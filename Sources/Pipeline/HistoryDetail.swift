// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import Foundation
import GenesysAPI
import GenesysEvents
import StatusRules

/// `detail` of a history entry of kind `event` or `observation`.
struct EventDetail: Encodable {
    var eventKey: String
    var topic: String
    var changes: [FactChange]
}

/// `detail` of a history entry of kind `call`.
struct CallDetail: Codable {
    var state: String
    var attempts: Int
    var target: String?
    var errorCode: String?
    var errorMessage: String?
    var correlationId: String?
    /// The number of the wish, as in the decision's detail; absent when it was overtaken.
    var wish: Int?
    /// Of a write that Genesys has taken: `replay` tells by them what the relay has set from what people have.
    var definitionId: String?
    var modifiedAt: Timestamp?

    init(status: DeliveryStatus, wish: Wish?) {
        state = status.state.rawValue
        attempts = status.attempts
        target = wish?.target.description
        self.wish = wish?.revision
        errorCode = status.error?.code
        errorMessage = status.error?.message
        correlationId = status.error?.correlationID
    }

    init(_ report: DeliveryReport, wish: Wish?) {
        self.init(status: report.status, wish: wish)
        guard case .accepted(let write)? = report.news else { return }
        definitionId = write.definitionID
        modifiedAt = write.modifiedAt
    }
}

/// `detail` of a history entry about something done beside the presence, and `event` of its dead letter.
struct ErrandDetail: Codable {
    var errandId: String?
    /// `tag`, `explain`, `routingStatus`, `putAdherence` or `notify`.
    var errand: String
    var rule: String
    var eventKey: String?
    var rulesVersion: String?
    var conversationId: String?
    var attributes: [String: String]?
    var start: Timestamp?
    var minutes: Int?
    var status: String?
    var notes: String?
    var definitionId: String?
    /// The webhook as it is sent.
    var message: NotificationMessage?
    var since: Timestamp
    /// How far it is; absent while it is only decided.
    var state: String?
    var errorCode: String?
    var errorMessage: String?
    var correlationId: String?
    /// Of a decision: each rule, and the first condition that failed.
    var trace: [RuleTrace]?

    init(_ errand: Errand, eventKey: String? = nil, rulesVersion: String? = nil, trace: [RuleTrace]? = nil) {
        errandId = errand.id.isEmpty ? nil : errand.id
        rule = errand.rule
        since = errand.since
        self.eventKey = eventKey
        self.rulesVersion = rulesVersion
        self.trace = trace
        switch errand.work {
        case .tag(let conversation, let attributes):
            self.errand = "tag"
            conversationId = conversation
            self.attributes = attributes
        case .explain(let explanation):
            self.errand = "explain"
            start = explanation.start
            minutes = explanation.minutes
            status = explanation.status
            notes = explanation.notes
        case .routingStatus(let routingStatus):
            self.errand = "routingStatus"
            status = routingStatus
        case .putAdherence(let name, let definition):
            self.errand = "putAdherence"
            status = name
            definitionId = definition
        case .notify(let message):
            self.errand = "notify"
            conversationId = message.conversationID
            status = message.status
            self.message = message
        }
    }

    /// The errand that it tells of; `nil` when it was never begun, or is none that is known.
    var wanted: Errand? {
        guard let errandId else { return nil }
        if errand == "notify" {
            return message.map { Errand(id: errandId, rule: rule, work: .notify($0), since: since) }
        }
        let work: Errand.Work
        switch (errand, conversationId, attributes, start, minutes, status, definitionId) {
        case ("tag", let conversation?, let attributes?, _, _, _, _):
            work = .tag(conversationID: conversation, attributes: attributes)
        case ("explain", _, _, let start?, let minutes?, let status?, _):
            work = .explain(
                AdherenceExplanation(start: start, minutes: minutes, status: status, notes: notes ?? "")
            )
        case ("routingStatus", _, _, _, _, let status?, _): work = .routingStatus(status)
        case ("putAdherence", _, _, _, _, let status?, let definition?):
            work = .putAdherence(status: status, definitionID: definition)
        default: return nil
        }
        return Errand(id: errandId, rule: rule, work: work, since: since)
    }

    mutating func take(_ report: ErrandReport) {
        state = report.state.rawValue
        errorCode = report.error?.code
        errorMessage = report.error?.message
        correlationId = report.error?.correlationID
    }
}

/// A JSON object; the values here always encode, so the empty object only stands in for what cannot happen.
func encoded(_ detail: some Encodable) -> [UInt8] {
    (try? JSONBytes.encode(detail)) ?? Array("{}".utf8)
}

extension Pipeline {
    /// The `event` of a dead letter is that of a call: of a presence write that has failed, or of an errand.
    public static func isAboutCall(_ letter: [UInt8]) -> Bool {
        DecisionEngine.isAboutErrand(letter) || (try? JSONDecoder().decode(CallDetail.self, from: Data(letter))) != nil
    }
}
