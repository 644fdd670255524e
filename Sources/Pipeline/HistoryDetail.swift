// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import Foundation
public import GenesysEvents
import StatusRules

/// `detail` of a history entry of kind `event` or `observation`.
struct EventDetail: Encodable {
    var eventKey: String
    var topic: String
    var changes: [FactChange]
}

/// `detail` of a history entry of kind `decision` or `guard`.
struct DecisionDetail: Encodable {
    var eventKey: String
    var rule: String?
    var status: String?
    var conversationId: String?
    var rulesVersion: String
    var trace: [RuleTrace]
}

/// `detail` of a history entry of kind `call`.
struct CallDetail: Encodable {
    var state: String
    var attempts: Int
    var target: String?
    var errorCode: String?
    var errorMessage: String?
    var correlationId: String?

    init(status: DeliveryStatus, target: String?) {
        state = status.state.rawValue
        attempts = status.attempts
        self.target = target
        errorCode = status.error?.code
        errorMessage = status.error?.message
        correlationId = status.error?.correlationID
    }
}

/// A JSON object; the values here always encode, so the empty object only stands in for what cannot happen.
func encoded(_ detail: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(detail)).map(Array.init) ?? Array("{}".utf8)
}

extension GenesysEvent {
    /// When it happened by its own body, where that time is the event's and not that of something long before:
    /// a conversation snapshot only says when things in it began.
    public var ownTime: Timestamp? {
        switch self {
        case .presence(_, let presence): presence.modifiedAt
        case .routingStatus(_, let routing): routing.startTime
        case .adherence(_, let adherence): adherence.changedAt
        case .participantAttributes(let attributes): attributes.eventTime
        case .afterCallWork(_, let end): end.eventTime
        case .userEnd(_, let end): end.eventTime
        default: nil
        }
    }
}
