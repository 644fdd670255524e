// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// One medium of a conversation, as a snapshot shows it to one user.
struct MediumSnapshot {
    /// The user's own, each as facts of its own; all of one conversation and medium.
    var communications: [ConversationFacts] = []
    var isSingleMedia: Bool
    /// How many people are connected.
    var participants = 0
    var customerAttributes: Attributes = [:]
    var customerParticipantIDs: [String] = []
    var externalTag: String?
    var utilizationLabelID: String?
}

extension ConversationSnapshot {
    /// The latest time that the snapshot knows of a medium: times are only ever added, so a later snapshot has a later
    /// one or the same. The start of a hold is left out, for it goes away again.
    func newestTime(of media: MediaType) -> Timestamp? {
        var newest: Timestamp?
        func see(_ time: Timestamp?) {
            if let time, newest.map({ $0 < time }) ?? true { newest = time }
        }
        for place in participants.indices {
            var isInIt = false
            for communication in participants[place].communications.indices
            where participants[place].communications[communication].media == media {
                isInIt = true
                see(participants[place].communications[communication].connectedTime)
                see(participants[place].communications[communication].disconnectedTime)
                see(participants[place].communications[communication].afterCallWorkStart)
                see(participants[place].communications[communication].afterCallWorkEnd)
            }
            guard isInIt else { continue }
            see(participants[place].connectedTime)
            see(participants[place].endTime)
            see(participants[place].startAcwTime)
            see(participants[place].endAcwTime)
        }
        return newest
    }

    /// The name that the participant has; of several with one id the last one counts.
    func name(ofParticipant id: String) -> String? {
        // By their places, which copies none of them.
        participants.indices.last { participants[$0].id == id }.flatMap { participants[$0].name }
    }

    /// What the snapshot says of one medium to the user that the participants at these places are.
    func medium(_ media: MediaType, of own: [Int]) -> MediumSnapshot {
        var medium = MediumSnapshot(
            isSingleMedia: isSingleMedia,
            externalTag: externalTag,
            utilizationLabelID: utilizationLabelID
        )
        for place in own {
            for communication in participants[place].communications.indices
            where participants[place].communications[communication].media == media {
                var facts = ConversationFacts(
                    id: id,
                    media: media,
                    participantID: participants[place].id,
                    communicationID: participants[place].communications[communication].id,
                    state: participants[place].communications[communication].state
                )
                facts.fields.fill(from: participants[place].communications[communication], of: participants[place])
                facts.role = role(at: place)
                medium.communications.append(facts)
            }
        }
        for place in participants.indices {
            if participants[place].isPerson, participants[place].isConnected(in: media) { medium.participants += 1 }
            guard participants[place].isCustomer else { continue }
            medium.customerAttributes.merge(participants[place].attributes)
            medium.customerParticipantIDs.append(participants[place].id)
        }
        return medium
    }

    private func role(at place: Int) -> ConversationRole {
        if participants[place].bargedParticipantID != nil { return .barge }
        if participants[place].coachedParticipantID != nil { return .coach }
        if participants[place].monitoredParticipantID != nil || participants[place].screenMonitoredParticipantID != nil
        {
            return .monitor
        }
        // Who begins a consult names its target. Of the target itself Genesys says elsewhere that it names the one who is
        // to be transferred: an agent is never that one, so that neither is taken for the other.
        let id = participants[place].id
        let isTarget = participants.indices.contains {
            participants[$0].consultParticipantID == id && participants[$0].id != id
        }
        guard !isTarget, let consulted = participants[place].consultParticipantID else {
            return isTarget ? .consult : .agent
        }
        let isCustomer = participants.indices.first { participants[$0].id == consulted }.map {
            participants[$0].isCustomer
        }
        return isCustomer == true ? .consult : .agent
    }
}

extension ConversationFacts.Fields {
    /// What a participant and its communication say by themselves.
    ///
    /// In their place, and borrowed: an initializer would take copies of the two, and copy what it has made.
    fileprivate mutating func fill(
        from communication: borrowing CommunicationSnapshot,
        of participant: borrowing ParticipantSnapshot
    ) {
        direction = communication.direction
        held = communication.held
        heldSince = communication.held ? communication.startHoldTime : nil
        muted = communication.muted
        confined = communication.confined
        queueID = participant.queueID
        purpose = participant.purpose
        isUnoffered = communication.isUnoffered
        alertedAt = participant.startTime
        // The participant's own times may be those of another medium that it had before.
        let isOnly = participant.communications.count == 1
        connectedAt =
            communication.connectedTime
            ?? (isOnly || communication.state == "connected" ? participant.connectedTime : nil)
        disconnectType = communication.disconnectType
        afterCallWork = communication.afterCallWork ?? (isOnly ? participant.afterCallWork : nil)
        afterCallWorkSince = communication.afterCallWorkStart ?? (isOnly ? participant.startAcwTime : nil)
        wrapupTimeoutMs = participant.wrapupTimeoutMs
        wrapupPrompt = participant.wrapupPrompt
        wrapupRequired = participant.wrapupRequired
        wrapupCode = communication.wrapupCode ?? participant.wrapupCode
        campaignID = communication.campaignID
        messageType = communication.messageType
        mediaRoles = participant.mediaRoles
        attributes = participant.attributes
        isEnded = communication.isEnded || participant.endTime != nil
        guard isEnded else { return }
        endedAt = communication.disconnectedTime ?? participant.endTime
        end(in: communication.state)
        settle()
    }
}

extension ParticipantSnapshot {
    fileprivate var isCustomer: Bool { purpose == "customer" || purpose == "external" }

    /// And not a queue, a flow, a mailbox or a bot.
    fileprivate var isPerson: Bool { isCustomer || purpose == "agent" || purpose == "user" }

    fileprivate func isConnected(in media: MediaType) -> Bool {
        endTime == nil
            && communications.contains { $0.media == media && !$0.isEnded && ($0.isConnected || connectedTime != nil) }
    }

    /// As the times tell it, for communications that do not say so themselves.
    fileprivate var afterCallWork: String? {
        if endAcwTime != nil { return "complete" }
        return startAcwTime == nil ? nil : "pending"
    }
}

extension CommunicationSnapshot {
    /// It was not offered to the party, as far as that is told: it dials, or was connected at once.
    fileprivate var isUnoffered: Bool {
        if state == "dialing" || state == "contacting" { return true }
        guard let initialState else { return false }
        return initialState != "alerting" && initialState != "offering"
    }

    fileprivate var isConnected: Bool { state == "connected" || connectedTime != nil }
}
