// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Delivery
import GenesysAPI
import GenesysEvents

extension GenesysAPIError {
    static let gone = GenesysAPIError(.notFound, status: 404, message: "not found")
    static let timeout = GenesysAPIError(.timeout, message: "no answer in 10 s")
    static let busy = GenesysAPIError(.server, status: 503, message: "busy")
    static let tooMany = GenesysAPIError(.rateLimited, status: 429, message: "limit", retryAfter: .seconds(7))
    static let notAllowed = GenesysAPIError(
        .forbidden,
        status: 403,
        message: "needs wfm:adherenceExplanation:add"
    )
}

extension Errand {
    private static let noon = Timestamp(milliseconds: 1_699_963_200_000)

    /// `minutes` from noon on.
    static func explain(_ id: String, after: Int = 0, minutes: Int = 15) -> Errand {
        let start = noon.advanced(by: .seconds(60 * after))
        let explanation = AdherenceExplanation(start: start, minutes: minutes, status: "Approved", notes: "on a call")
        return Errand(id: id, rule: "r", work: .explain(explanation), since: noon)
    }

    static func tag(_ id: String, in conversationID: String = "c", _ attributes: [String: String]) -> Errand {
        Errand(id: id, rule: "r", work: .tag(conversationID: conversationID, attributes: attributes), since: noon)
    }

    static func idle(_ id: String) -> Errand {
        Errand(id: id, rule: "r", work: .routingStatus("IDLE"), since: noon)
    }

    var explanation: AdherenceExplanation? {
        if case .explain(let explanation) = work { explanation } else { nil }
    }
}

extension ConversationState {
    /// A live one with an agent and a customer.
    static func live(_ attributes: [String: String] = [:]) -> ConversationState {
        ConversationState(
            hasEnded: false,
            participants: [
                ConversationParticipant(id: "p-customer", purpose: "customer", attributes: attributes),
                ConversationParticipant(id: "p-agent", purpose: "agent"),
            ],
            divisionIDs: ["division"]
        )
    }
}
