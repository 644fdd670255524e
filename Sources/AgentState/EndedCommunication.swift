// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// An end that has been seen once and for all, by whichever event, so that no later one can undo it.
struct EndedCommunication: Sendable, Equatable, Codable {
    var conversationID: String
    var participantID: String?
    /// The participant's id when a one-media topic told of it, `nil` when a detail event named none.
    var communicationID: String?
    var media: MediaType?
    /// After-call work is complete as well.
    var isWorkComplete = false
    var wrapupCode: String?
    var at: Timestamp?
    /// When the relay heard of it.
    var arrival: Timestamp

    private enum CodingKeys: String, CodingKey {
        case conversationID = "conv"
        case participantID = "part"
        case communicationID = "comm"
        case media
        case isWorkComplete = "work"
        case wrapupCode = "wrap"
        case at, arrival
    }

    /// Only the participant is known, of which there can be several communications.
    private var isVague: Bool { communicationID == nil || communicationID == participantID }

    /// Whether this is the end of that communication.
    func ends(_ facts: ConversationFacts) -> Bool {
        guard conversationID == facts.id, media == nil || media == facts.media else { return false }
        // Where either side knows only the participant, the participant and the medium are all there is to compare.
        if !isVague, facts.communicationID != facts.participantID { return communicationID == facts.communicationID }
        return participantID == facts.participantID
    }

    /// The same end, told again.
    func isSame(as other: EndedCommunication) -> Bool {
        guard conversationID == other.conversationID, media == nil || other.media == nil || media == other.media
        else { return false }
        if !isVague, !other.isVague { return communicationID == other.communicationID }
        return participantID == other.participantID && participantID != nil
    }

    /// Takes in what the same end says when it is told again.
    mutating func merge(_ other: EndedCommunication) {
        if isVague { communicationID = other.communicationID ?? communicationID }
        participantID = participantID ?? other.participantID
        media = media ?? other.media
        isWorkComplete = isWorkComplete || other.isWorkComplete
        wrapupCode = other.wrapupCode ?? wrapupCode
        at = at ?? other.at
        arrival = max(arrival, other.arrival)
    }
}
