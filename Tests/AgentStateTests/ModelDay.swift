// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// A piece of an agent's day with everything that can happen in it, from a seed; and the events that tell of it.
struct ModelDay {
    /// Which topics are subscribed to: organisations choose differently.
    struct Topics {
        var full = true
        var flat = true
        var queues = false
        var detail = true
        var summary = true
        var activity = true
    }

    /// What can be read anew, so that a loss of its events is made good by a resync.
    struct Told {
        var notification: GenesysEvents.Notification
        var isRestoredByRead: Bool
    }

    private(set) var told: [Told] = []
    private(set) var talks: [ModelTalk] = []
    var topics: Topics
    var random: SeededGenerator
    var now: Timestamp = at(0)

    var person = ModelPerson()
    private var serial = 0

    init(seed: UInt64, steps: Int) {
        var random = SeededGenerator(seed: seed)
        topics = Topics()
        topics.full = Int.random(in: 0..<4, using: &random) > 0
        topics.flat = !topics.full || Bool.random(using: &random)
        topics.queues = Int.random(in: 0..<3, using: &random) == 0
        topics.detail = Bool.random(using: &random)
        topics.summary = Bool.random(using: &random)
        topics.activity = Bool.random(using: &random)
        self.random = random
        changeAdherence()
        tell(.routingStatus(userID: agent, person.routing))
        for _ in 0..<steps {
            now = now.advanced(by: .milliseconds(Int.random(in: 900...30_000, using: &self.random)))
            step()
        }
    }

    // MARK: - Chance

    mutating func chance(_ part: Int, of whole: Int) -> Bool { Int.random(in: 0..<whole, using: &random) < part }

    mutating func pick<Element>(_ elements: [Element]) -> Element? { elements.randomElement(using: &random) }

    mutating func newID(_ kind: String) -> String {
        serial += 1
        return "\(kind)\(serial)"
    }

    // MARK: - Telling

    mutating func tell(_ event: GenesysEvent, isRestoredByRead: Bool = true) {
        let notification = GenesysEvents.Notification(topicName: "model", timestamp: now, event: event)
        told.append(Told(notification: notification, isRestoredByRead: isRestoredByRead))
    }

    /// Changes a conversation, and tells of it as the topics do.
    mutating func change(_ index: Int, _ body: (inout ModelTalk, inout ModelDay) -> Void) {
        var talk = talks[index]
        body(&talk, &self)
        talks[index] = talk
        show(talk)
    }

    mutating func begin(_ talk: ModelTalk) {
        talks.append(talk)
        show(talk)
    }

    private mutating func show(_ talk: ModelTalk) {
        let own = talk.parties.filter { $0.userID == agent }
        guard !own.isEmpty else { return }
        let media = MediaType.allCases.filter { media in
            own.contains { $0.legs.contains { $0.media == media } }
        }
        var events: [GenesysEvent] = []
        if topics.full { events.append(.conversation(userID: agent, talk.full)) }
        if topics.flat { events += media.map { .conversation(userID: agent, talk.flat($0)) } }
        if topics.queues { events.append(.queueConversation(talk.full)) }
        for event in events.shuffled(using: &random) { tell(event) }
        if topics.summary { tell(.conversationSummary(userID: agent, summary)) }
    }

    /// What Genesys counts: what is connected, and what is in after-call work.
    private var summary: ConversationSummary {
        var counts: [String: ConversationSummary.Counts] = [:]
        for media in [MediaType.call, .callback, .email, .message, .chat, .socialExpression, .video] {
            let legs = talks.flatMap(\.parties).filter { $0.userID == agent }.flatMap(\.legs)
                .filter { $0.media == media }
            counts[media.rawValue] = .init(
                active: legs.count { !$0.isOver && $0.connectedAt != nil },
                acw: legs.count { $0.work == "pending" }
            )
        }
        let none = counts.mapValues { _ in ConversationSummary.Counts(active: 0, acw: 0) }
        return ConversationSummary(contactCenter: counts, enterprise: none)
    }

    func session(_ talk: ModelTalk, _ party: Int, _ leg: Int) -> SessionReference {
        SessionReference(
            conversationID: talk.id,
            participantID: talk.parties[party].id,
            communicationID: talk.parties[party].legs[leg].id,
            media: talk.parties[party].legs[leg].media
        )
    }

    /// The state of one session; the event knows no participant.
    mutating func tellState(_ talk: ModelTalk, _ party: Int, _ leg: Int, _ state: String) {
        guard topics.detail, talk.parties[party].userID == agent, chance(2, of: 3) else { return }
        var session = session(talk, party, leg)
        session.participantID = nil
        let event = AgentSessionState(
            session,
            state: state,
            since: now,
            sessionStart: talk.parties[party].startedAt
        )
        tell(.agentState(userID: agent, event))
    }
}
