// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

// MARK: - Snapshots

extension AgentFacts {
    /// Every medium of the agent in the snapshot by itself: a one-media snapshot says nothing of the others.
    mutating func apply(_ snapshot: ConversationSnapshot, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        // By their places here and below: a participant has so many texts that to copy each costs as much as the rest.
        let participants = snapshot.participants
        let own = participants.indices.filter { participants[$0].userID == id }
        var media: [MediaType] = []
        for place in own {
            for communication in participants[place].communications.indices {
                let medium = participants[place].communications[communication].media
                if !media.contains(medium) { media.append(medium) }
            }
        }
        for media in media {
            var order = order
            order.body = snapshot.newestTime(of: media)
            apply(snapshot.medium(media, of: own), media, of: snapshot, order, &result)
        }
    }

    private mutating func apply(
        _ seen: MediumSnapshot,
        _ media: MediaType,
        of snapshot: ConversationSnapshot,
        _ order: FactOrder,
        _ result: inout OutcomeBuilder
    ) {
        guard !seen.communications.isEmpty else { return }
        var seen = seen
        let place = conversations.firstIndex { $0.id == snapshot.id && $0.media == media }
        let known = place.map { conversations[$0] }
        var facts = known ?? seen.communications[0]
        // Whether this snapshot tells of roles is decided with all others.
        if known == nil { facts.role = .agent }
        let (communications, isOlder) = facts.fields.take(&seen, order)
        facts.resolve(communications, news, quiet: quiet.order(of: media))
        if isOlder, facts == known {
            return result.stale("older than the snapshot known of conversation \(snapshot.id)")
        }
        if !isOlder, let name = snapshot.name(ofParticipant: facts.participantID) { self.name = name }
        result.taken(facts.changes(since: known))
        if let place {
            conversations[place] = facts
        } else {
            let next = conversations.firstIndex { ($0.id, $0.media.rawValue) > (facts.id, facts.media.rawValue) }
            conversations.insert(facts, at: next ?? conversations.endIndex)
        }
    }
}

// MARK: - Detail events

extension AgentFacts {
    mutating func apply(_ event: ParticipantAttributes, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        let stamp = AttributeStamp(moment: event.eventTime ?? order.envelope, arrival: order.arrival)
        var isKnown = false
        var isTaken = false
        for place in conversations.indices where conversations[place].id == event.conversationID {
            guard conversations[place].fields.has(participant: event.participantID) else { continue }
            isKnown = true
            let old = conversations[place]
            guard conversations[place].fields.write(event.attributes, of: event.participantID, stamp) else { continue }
            isTaken = true
            conversations[place].fields.tell(at: order.arrival)
            result.taken(conversations[place].changes(since: old))
        }
        if isKnown, !isTaken, !event.attributes.isEmpty { result.stale("attributes older than those known") }
    }

    /// About one communication, and no other: the agent may have been alerted again in the same conversation.
    mutating func apply(_ event: CommunicationNews, _ result: inout OutcomeBuilder) {
        // Without either id it could only be guessed which communication is meant.
        guard event.participantID != nil || event.communicationID != nil else { return }
        let news = remember(event)
        for place in conversations.indices where conversations[place].id == event.conversationID {
            let old = conversations[place]
            let communications = old.communications.map { $0.communicationOnly }
            guard communications.contains(where: news.isAbout) else { continue }
            conversations[place].fields.tell(at: event.arrival)
            conversations[place].resolve(communications, [news], quiet: quiet.order(of: old.media))
            result.taken(conversations[place].changes(since: old))
        }
    }

    /// With what is known of the same communication; an event with both ids may show that two were one.
    private mutating func remember(_ event: CommunicationNews) -> CommunicationNews {
        var merged = event
        while let place = news.firstIndex(where: { $0.isSame(as: merged) }) { merged.merge(news.remove(at: place)) }
        news.append(merged)
        return merged
    }
}

// MARK: - Summary

extension AgentFacts {
    /// Where nothing is counted nothing lives, unless a snapshot is newer. What only rings or waits may not be counted.
    mutating func apply(_ summary: ConversationSummary, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        let none = ConversationSummary.Counts(active: 0, acw: 0)
        let silent = MediaType.allCases.filter { media in
            summary.contactCenter[media.rawValue] == none && summary.enterprise[media.rawValue] == none
        }
        guard !silent.isEmpty else { return }
        quiet.take(QuietMedia(silent, order))
        var isOlder = false
        for place in conversations.indices {
            let old = conversations[place]
            guard old.isLive, silent.contains(old.media) else { continue }
            if let known = old.order, order.isOlder(than: known, by: .envelope) {
                isOlder = true
                continue
            }
            conversations[place].fields.tell(at: order.arrival)
            conversations[place].resolve(
                old.communications.map { $0.communicationOnly },
                [],
                quiet: quiet.order(of: old.media)
            )
            result.taken(conversations[place].changes(since: old))
        }
        if isOlder { result.stale("the summary is older than the snapshot known") }
    }
}
