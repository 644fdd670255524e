// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

// MARK: - Identity

extension ConversationFacts {
    /// The one-media topics know no communication id, only the participant.
    func isSameCommunication(as other: ConversationFacts) -> Bool {
        // Field by field from where they are: all of them would be copied for a method of theirs.
        let (mine, theirs) = (storage, other.storage)
        guard mine.fields.id == theirs.fields.id, mine.fields.media == theirs.fields.media,
            mine.fields.participantID == theirs.fields.participantID
        else { return false }
        return mine.fields.communicationID == theirs.fields.communicationID
            || mine.fields.communicationID == mine.fields.participantID
            || theirs.fields.communicationID == theirs.fields.participantID
    }
}

extension ConversationFacts.Fields {
    /// Whether a snapshot of that order, with these communications, is older than these facts.
    func isNewer(than snapshot: FactOrder, _ candidates: [ConversationFacts]) -> Bool {
        guard let order else { return false }
        if snapshot.isOlder(than: order, by: .envelope) { return true }
        // The end of a hold has no time of its own, so that bare snapshots do not show which is the later one.
        guard snapshot.envelope == nil else { return false }
        return candidates.contains { candidate in
            guard candidate.held, let since = candidate.heldSince else { return false }
            return communications.contains { known in
                known.releasedHold.map { since <= $0 } ?? false && known.isSameCommunication(as: candidate)
            }
        }
    }
}

// MARK: - Two snapshots of one communication

extension ConversationFacts.Fields {
    /// Takes in what a snapshot shows of the same communication.
    ///
    /// What may change both ways is taken from the newer of the two; what is told once is filled in from either; an end
    /// is never undone. So the order in which they come makes no difference.
    ///
    /// - Parameters:
    ///   - order: of the snapshot; `known`: of the latest one known before.
    mutating func merge(_ seen: ConversationFacts, isOlder: Bool, _ order: FactOrder, known: FactOrder?) {
        let stamp = AttributeStamp(order)
        /// Of two values the newer one that there is. The facts as a whole are too large to be copied for it.
        func newer<Value>(_ mine: Value?, _ theirs: Value?) -> Value? { isOlder ? mine ?? theirs : theirs ?? mine }
        if communicationID == participantID { communicationID = seen.communicationID }
        // A hold that began after the newer snapshot was made is news of another event, and lasts.
        let newest = isOlder ? known : order
        let wasHeld = isOlder ? seen.held && !held : held && !seen.held
        if wasHeld, let since = isOlder ? seen.heldSince : heldSince, let newest, since <= newest.moment {
            releasedHold = max(releasedHold ?? since, since)
        }
        if isOlder {
            attributes.fill(from: seen.attributes, stamp, &written)
        } else {
            state = settledState(of: seen)
            held = seen.held
            heldSince = seen.heldSince
            muted = seen.muted
            confined = seen.confined
            wrapupRequired = seen.wrapupRequired ?? wrapupRequired
            mediaRoles = seen.mediaRoles.isEmpty ? mediaRoles : seen.mediaRoles
            attributes.take(seen.attributes, stamp, base: known.map { AttributeStamp($0) }, &written)
        }
        direction = newer(direction, seen.direction)
        queueID = newer(queueID, seen.queueID)
        purpose = newer(purpose, seen.purpose)
        disconnectType = newer(disconnectType, seen.disconnectType)
        wrapupTimeoutMs = newer(wrapupTimeoutMs, seen.wrapupTimeoutMs)
        wrapupPrompt = newer(wrapupPrompt, seen.wrapupPrompt)
        wrapupCode = newer(wrapupCode, seen.wrapupCode)
        campaignID = newer(campaignID, seen.campaignID)
        messageType = newer(messageType, seen.messageType)
        isUnoffered = isUnoffered || seen.isUnoffered
        alertedAt = Timestamp.earliest(alertedAt, seen.alertedAt)
        connectedAt = Timestamp.earliest(connectedAt, seen.connectedAt)
        endedAt = Timestamp.earliest(endedAt, seen.endedAt)
        afterCallWorkSince = Timestamp.earliest(afterCallWorkSince, seen.afterCallWorkSince)
        take(afterCallWork: seen.afterCallWork)
        if seen.isEnded { end(in: seen.state) }
        settle()
    }

    /// The state that a newer snapshot shows, unless the communication is known to have ended: then only how far.
    private func settledState(of seen: ConversationFacts) -> String {
        guard isEnded else { return seen.state }
        return seen.state == "terminated" ? "terminated" : state
    }

    /// After-call work only ever goes on: from not known to pending, and from there to done.
    mutating func take(afterCallWork seen: String?) {
        func stage(_ state: String?) -> Int {
            switch state {
            case nil: 0
            case "unknown": 1
            case "notApplicable": 2
            case "pending": 3
            case "skipped": 4
            case "complete": 5
            // A word that is not known yet: more than nothing.
            default: 1
            }
        }
        if stage(seen) > stage(afterCallWork) { afterCallWork = seen }
    }

    /// Over, whatever a snapshot says of it.
    mutating func end(in told: String? = nil) {
        isEnded = true
        if told == "terminated" || state != "terminated" && state != "disconnected" {
            state = told == "terminated" ? "terminated" : "disconnected"
        }
    }

    /// What follows from the rest.
    mutating func settle() {
        if isUnoffered { alertedAt = nil }
        guard isEnded else { return }
        held = false
        heldSince = nil
    }
}

// MARK: - News

extension ConversationFacts.Fields {
    /// Takes in what other events have told of the communication. `moment` is that of the latest snapshot, which knows
    /// better of what was before it; `roleMoment` that of the latest one that tells roles.
    mutating func take(_ news: CommunicationNews, moment: Timestamp?, roleMoment: Timestamp?) {
        if let known = news.communicationID, communicationID == participantID { communicationID = known }
        alertedAt = Timestamp.earliest(alertedAt, news.startedAt)
        connectedAt = Timestamp.earliest(connectedAt, news.connectedAt)
        disconnectType = disconnectType ?? news.disconnectType
        if let code = news.wrapupCode, wrapupCode == nil || isEarlier(moment, news.wrapupAt) { wrapupCode = code }
        if news.isEnded {
            end()
            endedAt = Timestamp.earliest(endedAt, news.endedAt)
            afterCallWorkSince = Timestamp.earliest(afterCallWorkSince, news.workSince)
            if news.workSince != nil { take(afterCallWork: "pending") }
            if news.isWorkComplete || news.isOver && afterCallWork == "pending" { take(afterCallWork: "complete") }
        }
        if let state = news.sessionState, !isEnded {
            if isEarlier(moment, news.sessionSince) { take(sessionState: state, since: news.sessionSince) }
            if isEarlier(roleMoment, news.sessionSince) { take(roleOf: state) }
        }
        settle()
    }

    /// `currentState` of a session, newer than the latest snapshot.
    private mutating func take(sessionState: String, since: Timestamp?) {
        guard sessionState == "INTERACT" || sessionState == "HOLD" else { return }
        if ["alerting", "offering", "dialing", "contacting"].contains(state) { state = "connected" }
        let isHeld = sessionState == "HOLD"
        if held, !isHeld, let heldSince { releasedHold = max(releasedHold ?? heldSince, heldSince) }
        held = isHeld
        heldSince = isHeld ? since : nil
    }

    private mutating func take(roleOf sessionState: String) {
        switch sessionState {
        case "MONITORING": role = .monitor
        case "COACHING": role = .coach
        case "BARGING": role = .barge
        default: break
        }
    }

    /// News of it has come otherwise than by a snapshot.
    public mutating func tell(at arrival: Timestamp) { toldAt = toldAt.map { max($0, arrival) } ?? arrival }
}

// MARK: - Presumed ends

extension ConversationFacts.Fields {
    /// A summary counts none. Only what a summary is known to count ends by it: not what rings or waits.
    mutating func presumeEnded() {
        guard presumed == nil, isLive, isEnded || state == "connected" else { return }
        presumed = PresumedEnd(
            state: state,
            isEnded: isEnded,
            held: held,
            heldSince: heldSince,
            afterCallWork: afterCallWork
        )
        end()
        settle()
        if afterCallWork == "pending" { afterCallWork = "complete" }
    }

    /// As it was before a summary ended it.
    mutating func withdrawPresumedEnd() {
        guard let told = presumed else { return }
        presumed = nil
        state = told.state
        isEnded = told.isEnded
        held = told.held
        heldSince = told.heldSince
        afterCallWork = told.afterCallWork
    }
}
