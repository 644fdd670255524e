// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

// MARK: - Which is current

extension ConversationFacts {
    /// Alive before after-call work before over; then the one that began last; then the one that stands last.
    func isLessCurrent(than other: ConversationFacts, _ standsBefore: Bool) -> Bool {
        if liveliness != other.liveliness { return liveliness < other.liveliness }
        let (own, others) = (newestTime, other.newestTime)
        return own == others ? standsBefore : own < others
    }

    private var liveliness: Int { isEnded ? (isLive ? 1 : 0) : 2 }

    private var newestTime: Timestamp {
        max(connectedAt ?? Timestamp(milliseconds: .min), endedAt ?? Timestamp(milliseconds: .min))
    }

    /// The one-media topics know no communication id, only the participant.
    func isSameCommunication(as other: ConversationFacts) -> Bool {
        guard id == other.id, media == other.media, participantID == other.participantID else { return false }
        return communicationID == other.communicationID || communicationID == participantID
            || other.communicationID == other.participantID
    }

    /// Whether a snapshot of that order, with these communications, is older than these facts.
    func isNewer(than snapshot: FactOrder, _ candidates: [ConversationFacts]) -> Bool {
        if let order, snapshot.isOlder(than: order, by: .envelope) { return true }
        guard let releasedHold else { return false }
        return candidates.contains { candidate in
            guard candidate.held, let since = candidate.heldSince else { return false }
            return since <= releasedHold && candidate.isSameCommunication(as: self)
        }
    }
}

// MARK: - Ending

extension ConversationFacts {
    /// The communication is over, whatever it says itself.
    mutating func end(by ending: EndedCommunication) {
        if !isEnded { endedAt = ending.at ?? endedAt }
        isEnded = true
        isPresumedEnded = false
        settleEnd()
        if ending.isWorkComplete {
            afterCallWork = "complete"
            wrapupCode = ending.wrapupCode ?? wrapupCode
        }
    }

    /// A summary that counts none. Only what a summary is known to count ends by it.
    mutating func presumeEnded() {
        guard isLive, isEnded || state == "connected" else { return }
        isEnded = true
        isPresumedEnded = true
        settleEnd()
        if afterCallWork == "pending" { afterCallWork = "complete" }
    }

    /// An ended communication reads so, even where the platform had not yet set the state.
    mutating func settleEnd() {
        if state != "disconnected" && state != "terminated" { state = "disconnected" }
        held = false
        heldSince = nil
    }

    /// The next of the agent's communications that is still alive, if any, takes the place of the ended one.
    mutating func promoteStandby(after endings: [EndedCommunication]) {
        guard isEnded, !isLive, let place = standby.firstIndex(where: { other in !endings.contains { $0.ends(other) } })
        else { return }
        var next = standby[place]
        next.standby = standby
        next.standby.remove(at: place)
        next.order = order
        self = next
    }
}

// MARK: - Merging

extension ConversationFacts {
    /// News of it has come otherwise than by a snapshot.
    public mutating func tell(at arrival: Timestamp) { toldAt = toldAt.map { max($0, arrival) } ?? arrival }

    /// What a newer snapshot does not undo of the facts that it takes the place of.
    mutating func carryOver(from facts: ConversationFacts) {
        carryOver(\.customerAttributes, \.customerWritten, from: facts)
        externalTag = externalTag ?? facts.externalTag
        utilizationLabelID = utilizationLabelID ?? facts.utilizationLabelID
        toldAt = facts.toldAt
        if customerParticipantIDs.isEmpty { customerParticipantIDs = facts.customerParticipantIDs }
        let knownCommunications = [facts] + facts.standby
        if let known = knownCommunications.first(where: { $0.participantID == participantID }) {
            carryOver(\.attributes, \.written, from: known)
        }
        guard let known = knownCommunications.first(where: { isSameCommunication(as: $0) }) else { return }
        if communicationID == participantID { communicationID = known.communicationID }
        endedAt = endedAt ?? known.endedAt
        alertedAt = [alertedAt, known.alertedAt].compactMap(\.self).min()
        connectedAt = connectedAt ?? known.connectedAt
        disconnectType = disconnectType ?? known.disconnectType
        afterCallWorkSince = afterCallWorkSince ?? known.afterCallWorkSince
        wrapupTimeoutMs = wrapupTimeoutMs ?? known.wrapupTimeoutMs
        wrapupPrompt = wrapupPrompt ?? known.wrapupPrompt
        wrapupCode = wrapupCode ?? known.wrapupCode
        campaignID = campaignID ?? known.campaignID
        messageType = messageType ?? known.messageType
        releasedHold = known.releasedHold
        if known.held, !held { releasedHold = known.heldSince ?? releasedHold }
    }

    /// State, times and after-call work of the same communication from elsewhere.
    mutating func takeCommunication(of other: ConversationFacts) {
        state = other.state
        held = other.held
        heldSince = other.heldSince
        muted = other.muted
        connectedAt = other.connectedAt ?? connectedAt
        endedAt = other.endedAt ?? endedAt
        disconnectType = other.disconnectType ?? disconnectType
        afterCallWork = other.afterCallWork ?? afterCallWork
        afterCallWorkSince = other.afterCallWorkSince ?? afterCallWorkSince
        wrapupCode = other.wrapupCode ?? wrapupCode
        isEnded = other.isEnded
        isPresumedEnded = other.isPresumedEnded
    }

    private mutating func carryOver(
        _ attributes: WritableKeyPath<ConversationFacts, [String: String]>,
        _ written: WritableKeyPath<ConversationFacts, [String: AttributeStamp]>,
        from known: ConversationFacts
    ) {
        let snapshot = order.map { AttributeStamp(moment: $0.envelope, arrival: $0.arrival) }
        for (name, value) in known[keyPath: attributes] {
            let isAbsent = self[keyPath: attributes][name] == nil
            let stamp = known[keyPath: written][name]
            let isLater = if let stamp, let snapshot { snapshot.isOlder(than: stamp) } else { false }
            guard isAbsent || isLater else { continue }
            self[keyPath: attributes][name] = value
            self[keyPath: written][name] = stamp
        }
    }

    /// Whose attributes these facts have.
    func has(participant: String) -> Bool {
        participantID == participant || customerParticipantIDs.contains(participant)
            || standby.contains { $0.participantID == participant }
    }

    /// Takes in what was written to a participant; `false` when all of it is older than what is known.
    mutating func write(_ values: [String: String], of participant: String, _ stamp: AttributeStamp) -> Bool {
        var isTaken = false
        if participantID == participant { isTaken = write(values, stamp, \.attributes, \.written) || isTaken }
        if customerParticipantIDs.contains(participant) {
            isTaken = write(values, stamp, \.customerAttributes, \.customerWritten) || isTaken
        }
        for place in standby.indices { isTaken = standby[place].write(values, of: participant, stamp) || isTaken }
        return isTaken
    }

    private mutating func write(
        _ values: [String: String],
        _ stamp: AttributeStamp,
        _ attributes: WritableKeyPath<ConversationFacts, [String: String]>,
        _ written: WritableKeyPath<ConversationFacts, [String: AttributeStamp]>
    ) -> Bool {
        let snapshot = order.map { AttributeStamp(moment: $0.envelope, arrival: $0.arrival) }
        var isTaken = false
        for (name, value) in values {
            let known = self[keyPath: written][name] ?? (self[keyPath: attributes][name] == nil ? nil : snapshot)
            if let known, stamp.isOlder(than: known) { continue }
            isTaken = true
            self[keyPath: attributes][name] = value
            self[keyPath: written][name] = stamp
        }
        return isTaken
    }
}
