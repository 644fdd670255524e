// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What is known of an agent, merged from all events about them.
///
/// A value: `apply` is the only way in which it changes, and the same events in another order, or several times, end
/// in the same facts as far as they carry times to be ordered by.
public struct AgentFacts: Sendable, Equatable, Identifiable {
    /// The user's id.
    public var id: String
    /// From the agent's own participant in a conversation; `nil` = not yet seen.
    public var name: String?
    /// `nil` = not yet seen.
    public var presence: PresenceFacts?
    /// `nil` = not yet seen.
    public var routingStatus: RoutingStatusFacts?
    /// `nil` = not yet seen.
    public var adherence: AdherenceFacts?
    /// The source of presence that Genesys Cloud shows: `PURECLOUD`, or a source's id; `nil` = not yet seen.
    public var primarySource: String?
    /// `nil` = not yet seen.
    public var outOfOffice: Bool?
    /// When it ends by itself; `nil` = not out of office, without an end, or not told.
    public var outOfOfficeUntil: Timestamp?
    /// The queues that the agent has joined; `nil` = not yet seen.
    public var activeQueueIDs: [String]?
    /// Live ones, and ended ones for a grace time (so that a late older snapshot does not bring them back); by id.
    public var conversations: [ConversationFacts] = []

    var presenceOrder: FactOrder?
    /// Told only by the activity topic, which does not say what the agent has asked for.
    var presenceIsPartial = false
    var sourceOrder: FactOrder?
    var routingOrder: FactOrder?
    var adherenceOrder: FactOrder?
    var outOfOfficeOrder: FactOrder?
    /// `nil` = no `outofoffice` event was seen.
    var outOfOfficeEnd: OutOfOfficeEnd?
    /// Of the latest full list.
    var activeQueuesOrder: FactOrder?
    /// `nil` = no single join or leave is newer than that list.
    var queueChanges: QueueChanges?
    /// The latest summaries that counted no conversation of some media.
    var quiet: [QuietMedia] = []
    /// What was told of single communications otherwise than by snapshots.
    var news: [CommunicationNews] = []

    /// An agent of whom nothing is known.
    public init(id: String) { self.id = id }

    /// The conversations that these facts are about, live or not: whose `.participantAttributes` belong here.
    public var conversationIDs: Set<String> { Set(conversations.map(\.id)) }

    /// Takes over what another run has made of the same events, but for the presence: runs that decide differently set
    /// different ones.
    public mutating func takeAllButPresence(of other: consuming AgentFacts) {
        let mine = (presence, presenceOrder, presenceIsPartial)
        self = consume other
        (presence, presenceOrder, presenceIsPartial) = mine
    }

    /// Whether a participant of the conversation is this agent's.
    func hasPart(_ participantID: String, in conversationID: String) -> Bool {
        conversations.contains { facts in
            facts.id == conversationID && facts.communications.contains { $0.participantID == participantID }
        }
    }
}

// MARK: - Coding

extension AgentFacts: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, name, presence, adherence, outOfOffice, conversations, quiet
        /// Of earlier versions, in which all news were ends.
        case news = "endings"
        case routingStatus = "routing"
        case primarySource = "source"
        case outOfOfficeUntil = "outUntil"
        case activeQueueIDs = "queues"
        case presenceOrder = "presenceAt"
        case presenceIsPartial = "presencePart"
        case sourceOrder = "sourceAt"
        case outOfOfficeEnd = "outEnd"
        case queueChanges = "queueChanges"
        case routingOrder = "routingAt"
        case adherenceOrder = "adherenceAt"
        case outOfOfficeOrder = "outOfOfficeAt"
        case activeQueuesOrder = "queuesAt"
    }

    /// What `encode(to:)` has written.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        presence = try container.decodeIfPresent(PresenceFacts.self, forKey: .presence)
        routingStatus = try container.decodeIfPresent(RoutingStatusFacts.self, forKey: .routingStatus)
        adherence = try container.decodeIfPresent(AdherenceFacts.self, forKey: .adherence)
        primarySource = try container.decodeIfPresent(String.self, forKey: .primarySource)
        outOfOffice = try container.decodeIfPresent(Bool.self, forKey: .outOfOffice)
        outOfOfficeUntil = try container.decodeIfPresent(Timestamp.self, forKey: .outOfOfficeUntil)
        activeQueueIDs = try container.decodeIfPresent([String].self, forKey: .activeQueueIDs)
        conversations = try container.decodeIfPresent([ConversationFacts].self, forKey: .conversations) ?? []
        presenceOrder = try container.decodeIfPresent(FactOrder.self, forKey: .presenceOrder)
        routingOrder = try container.decodeIfPresent(FactOrder.self, forKey: .routingOrder)
        adherenceOrder = try container.decodeIfPresent(FactOrder.self, forKey: .adherenceOrder)
        outOfOfficeOrder = try container.decodeIfPresent(FactOrder.self, forKey: .outOfOfficeOrder)
        activeQueuesOrder = try container.decodeIfPresent(FactOrder.self, forKey: .activeQueuesOrder)
        presenceIsPartial = try container.decodeIfPresent(Bool.self, forKey: .presenceIsPartial) ?? false
        sourceOrder = try container.decodeIfPresent(FactOrder.self, forKey: .sourceOrder)
        outOfOfficeEnd = try container.decodeIfPresent(OutOfOfficeEnd.self, forKey: .outOfOfficeEnd)
        queueChanges = try container.decodeIfPresent(QueueChanges.self, forKey: .queueChanges)
        if let earlier = try? container.decodeIfPresent([String: FactOrder].self, forKey: .quiet) {
            quiet = QuietMedia.list(earlier)
        } else {
            quiet = try container.decodeIfPresent([QuietMedia].self, forKey: .quiet) ?? []
        }
        news = try container.decodeIfPresent([CommunicationNews].self, forKey: .news) ?? []
    }

    /// For the relay's own storage, not for any API.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(present: name, .name)
        try container.encode(present: presence, .presence)
        try container.encode(present: routingStatus, .routingStatus)
        try container.encode(present: adherence, .adherence)
        try container.encode(present: primarySource, .primarySource)
        try container.encode(present: outOfOffice, .outOfOffice)
        try container.encode(present: outOfOfficeUntil, .outOfOfficeUntil)
        try container.encode(present: activeQueueIDs, .activeQueueIDs)
        if !conversations.isEmpty { try container.encode(conversations, forKey: .conversations) }
        try container.encode(present: presenceOrder, .presenceOrder)
        try container.encode(present: routingOrder, .routingOrder)
        try container.encode(present: adherenceOrder, .adherenceOrder)
        try container.encode(present: outOfOfficeOrder, .outOfOfficeOrder)
        try container.encode(present: activeQueuesOrder, .activeQueuesOrder)
        if presenceIsPartial { try container.encode(true, forKey: .presenceIsPartial) }
        try container.encode(present: sourceOrder, .sourceOrder)
        try container.encode(present: outOfOfficeEnd, .outOfOfficeEnd)
        try container.encode(present: queueChanges, .queueChanges)
        if !quiet.isEmpty { try container.encode(quiet, forKey: .quiet) }
        if !news.isEmpty { try container.encode(news, forKey: .news) }
    }
}
