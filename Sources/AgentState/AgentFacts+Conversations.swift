// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

// MARK: - Snapshots

extension AgentFacts {
    /// Every medium of the agent in the snapshot by itself: a one-media snapshot says nothing of the others.
    mutating func apply(_ snapshot: ConversationSnapshot, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        let own = snapshot.participants.filter { $0.userID == id }
        var media: [MediaType] = []
        for communication in own.flatMap(\.communications) where !media.contains(communication.media) {
            media.append(communication.media)
        }
        for media in media {
            var order = order
            order.body = snapshot.newestTime(of: media)
            apply(snapshot.communications(of: own, in: media), of: snapshot, order, &result)
        }
    }

    private mutating func apply(
        _ candidates: [ConversationFacts],
        of snapshot: ConversationSnapshot,
        _ order: FactOrder,
        _ result: inout OutcomeBuilder
    ) {
        guard let media = candidates.first?.media else { return }
        let place = conversations.firstIndex { $0.id == snapshot.id && $0.media == media }
        let known = place.map { conversations[$0] }
        let candidates = candidates.map { candidate in
            var candidate = candidate
            candidate.order = order
            if candidate.isEnded { remember(EndedCommunication(candidate, arrival: order.arrival)) }
            for ending in endings where ending.ends(candidate) {
                // Alive here and known to be over: what it says of the communication is from before its end.
                if !candidate.isEnded, let known, known.isEnded, known.isSameCommunication(as: candidate) {
                    candidate.takeCommunication(of: known)
                }
                candidate.end(by: ending)
            }
            if let quiet = quiet[media.rawValue], order.isOlder(than: quiet, by: .envelope) { candidate.presumeEnded() }
            return candidate
        }

        if let known, known.isNewer(than: order, candidates) {
            // Even an old snapshot may tell of an end that is news: an end is never undone.
            var settled = known
            if let same = candidates.first(where: { $0.isSameCommunication(as: known) }), same.isEnded,
                !same.isPresumedEnded,
                !known.isEnded
            {
                settled.takeCommunication(of: same)
                settled.promoteStandby(after: endings)
            }
            if let place, settled != known {
                conversations[place] = settled
                result.taken(settled.changes(since: known))
            } else {
                result.stale("older than the snapshot known of conversation \(snapshot.id)")
            }
            return
        }

        guard
            var chosen = candidates.enumerated().max(by: {
                $0.element.isLessCurrent(than: $1.element, $0.offset < $1.offset)
            })?.element
        else { return }
        chosen.standby = candidates.filter { !$0.isEnded && $0.communicationID != chosen.communicationID }
        if let known {
            for place in chosen.standby.indices { chosen.standby[place].carryOver(from: known) }
            chosen.carryOver(from: known)
        }
        if let name = snapshot.participants.last(where: { $0.id == chosen.participantID })?.name { self.name = name }
        if let place {
            conversations[place] = chosen
        } else {
            let next = conversations.firstIndex { ($0.id, $0.media.rawValue) > (chosen.id, chosen.media.rawValue) }
            conversations.insert(chosen, at: next ?? conversations.endIndex)
        }
        result.taken(chosen.changes(since: known))
    }

    private mutating func remember(_ ending: EndedCommunication) {
        guard let place = endings.firstIndex(where: { $0.isSame(as: ending) }) else { return endings.append(ending) }
        endings[place].merge(ending)
    }

    private mutating func change(
        _ conversationID: String,
        _ result: inout OutcomeBuilder,
        _ body: (inout ConversationFacts) -> Void
    ) {
        for place in conversations.indices where conversations[place].id == conversationID {
            let old = conversations[place]
            body(&conversations[place])
            result.taken(conversations[place].changes(since: old))
        }
    }
}

// MARK: - Detail events

extension AgentFacts {
    mutating func apply(_ event: ParticipantAttributes, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        let stamp = AttributeStamp(moment: event.eventTime ?? order.envelope, arrival: order.arrival)
        var isKnown = false
        var isTaken = false
        change(event.conversationID, &result) { facts in
            guard facts.has(participant: event.participantID) else { return }
            isKnown = true
            guard facts.write(event.attributes, of: event.participantID, stamp) else { return }
            isTaken = true
            facts.tell(at: order.arrival)
        }
        if isKnown, !isTaken, !event.attributes.isEmpty {
            result = OutcomeBuilder()
            result.stale("attributes older than those known")
        }
    }

    mutating func apply(_ event: AfterCallWorkEnd, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        var ending = EndedCommunication(conversationID: event.conversationID, arrival: order.arrival)
        ending.participantID = event.participantID
        ending.communicationID = event.communicationID
        ending.media = event.media
        ending.isWorkComplete = true
        ending.wrapupCode = event.wrapupCode
        apply(ending, &result)
    }

    mutating func apply(_ event: UserSessionEnd, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        var ending = EndedCommunication(conversationID: event.conversationID, arrival: order.arrival)
        ending.participantID = event.participantID
        ending.communicationID = event.communicationID
        ending.media = event.media
        ending.at = event.eventTime ?? order.envelope
        apply(ending, &result)
    }

    /// Ends that communication, and no other: the agent may have been alerted again in the same conversation.
    private mutating func apply(_ ending: EndedCommunication, _ result: inout OutcomeBuilder) {
        // Without either id it could only be guessed which communication is meant.
        guard ending.participantID != nil || ending.communicationID != nil else { return }
        remember(ending)
        let endings = endings
        change(ending.conversationID, &result) { facts in
            facts.standby.removeAll { ending.ends($0) }
            guard ending.ends(facts) else { return }
            facts.end(by: ending)
            facts.tell(at: ending.arrival)
            facts.promoteStandby(after: endings)
        }
    }
}

// MARK: - Summary

extension AgentFacts {
    /// Where nothing is counted nothing lives, unless a snapshot is newer. What only rings or waits may not be counted.
    mutating func apply(_ summary: ConversationSummary, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        let none = ConversationSummary.Counts(active: 0, acw: 0)
        var isOlder = false
        for media in MediaType.allCases {
            let name = media.rawValue
            guard summary.contactCenter[name] == none, summary.enterprise[name] == none else { continue }
            if let known = quiet[name], order.isOlder(than: known, by: .envelope) { continue }
            quiet[name] = order
            for place in conversations.indices where conversations[place].media == media && conversations[place].isLive
            {
                if let known = conversations[place].order, order.isOlder(than: known, by: .envelope) {
                    isOlder = true
                    continue
                }
                let old = conversations[place]
                conversations[place].presumeEnded()
                conversations[place].tell(at: order.arrival)
                result.taken(conversations[place].changes(since: old))
            }
        }
        if isOlder { result.stale("the summary is older than the snapshot known") }
    }
}
