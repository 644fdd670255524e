// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension ConversationSnapshot {
    /// The latest time that the snapshot knows of a medium: times are only ever added, so a later snapshot has a later
    /// one or the same. The start of a hold is left out, for it goes away again.
    func newestTime(of media: MediaType) -> Timestamp? {
        var newest: Timestamp?
        func see(_ time: Timestamp?) {
            if let time, newest.map({ $0 < time }) ?? true { newest = time }
        }
        for participant in participants {
            for communication in participant.communications where communication.media == media {
                see(participant.connectedTime)
                see(participant.endTime)
                see(participant.startAcwTime)
                see(participant.endAcwTime)
                see(communication.connectedTime)
                see(communication.disconnectedTime)
                see(communication.afterCallWorkStart)
                see(communication.afterCallWorkEnd)
            }
        }
        return newest
    }

    /// The communications of these participants in one medium, as facts.
    func communications(of own: [ParticipantSnapshot], in media: MediaType) -> [ConversationFacts] {
        let customers = participants.filter { $0.purpose == "customer" || $0.purpose == "external" }
        let customerAttributes = customers.reduce(into: [String: String]()) { all, customer in
            all.merge(customer.attributes) { _, later in later }
        }
        return own.flatMap { participant in
            participant.communications.filter { $0.media == media }.map { communication in
                var facts = ConversationFacts(
                    id: id,
                    media: media,
                    participantID: participant.id,
                    communicationID: communication.id,
                    state: communication.state
                )
                facts.direction = communication.direction
                facts.held = communication.held
                facts.heldSince = communication.held ? communication.startHoldTime : nil
                facts.muted = communication.muted
                facts.queueID = participant.queueID
                facts.purpose = participant.purpose
                facts.connectedAt = communication.connectedTime ?? participant.connectedTime
                facts.attributes = participant.attributes
                facts.customerAttributes = customerAttributes
                facts.customerParticipantIDs = customers.map(\.id)
                facts.afterCallWork = communication.afterCallWork ?? participant.afterCallWork
                facts.wrapupCode = participant.wrapupCode
                facts.isEnded = communication.isEnded || participant.endTime != nil
                if facts.isEnded {
                    facts.endedAt = communication.disconnectedTime ?? participant.endTime
                    facts.settleEnd()
                }
                return facts
            }
        }
    }
}

extension ParticipantSnapshot {
    /// As the times tell it, for communications that do not say so themselves.
    fileprivate var afterCallWork: String? {
        if endAcwTime != nil { return "complete" }
        return startAcwTime == nil ? nil : "pending"
    }
}

extension EndedCommunication {
    /// An end that a snapshot shows.
    init(_ facts: ConversationFacts, arrival: Timestamp) {
        self.init(
            conversationID: facts.id,
            participantID: facts.participantID,
            communicationID: facts.communicationID,
            media: facts.media,
            isWorkComplete: facts.afterCallWork == "complete",
            wrapupCode: facts.wrapupCode,
            at: facts.endedAt,
            arrival: arrival
        )
    }
}
