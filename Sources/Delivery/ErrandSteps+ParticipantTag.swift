// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// Writes attributes of a conversation's customer, unless they are there already.
struct ParticipantTagSteps: ErrandSteps {
    private let conversationID: String
    private let attributes: [String: String]
    /// The customer, once known. Read again before each repetition: much can have happened meanwhile.
    private var participantID: String?

    init(conversationID: String, attributes: [String: String]) {
        self.conversationID = conversationID
        self.attributes = attributes
    }

    func nextCall(schemas: [AttributeSchema]) -> ErrandCall {
        guard let participantID else { return .conversation(id: conversationID) }
        return .setParticipantAttributes(attributes, conversationID: conversationID, participantID: participantID)
    }

    mutating func answered(_ answer: ErrandAnswer, client: Int, now: Timestamp) -> ErrandStep {
        guard case .conversation(let conversation) = answer else {
            return .end(.done, "customer tagged with \(attributes.names)")
        }
        let customers = conversation.participants.filter { $0.purpose == "customer" || $0.purpose == "external" }
        let customer = customers.last { !$0.hasEnded } ?? customers.last
        if let customer, customer.attributes.has(attributes) { return .end(.done, "already there") }
        if conversation.hasEnded { return .end(.dropped, ConversationState.endedNote) }
        guard let customer else { return .end(.dropped, "the conversation has no customer participant to tag") }
        guard !customer.hasEnded else { return .end(.dropped, "the customer has left the conversation") }
        participantID = customer.id
        return .next
    }

    mutating func failed(_ error: GenesysAPIError) -> ErrandSetback {
        participantID = nil
        return error.code == .notFound ? .drop(ConversationState.endedNote) : .again()
    }
}

extension ConversationState {
    /// Why nothing is written.
    static let endedNote =
        "the conversation has ended: analytics does not store attributes written after the conversation ended"
}

extension [String: String] {
    /// All of the other values are there.
    func has(_ other: Self) -> Bool { other.allSatisfy { self[$0.key] == $0.value } }

    /// For people.
    var names: String { keys.sorted().joined(separator: ", ") }
}
