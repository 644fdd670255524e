// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// The agent's part in one conversation and one medium (their newest communication in it).
///
/// A value with ``Fields``. Copies share their memory until one of them is changed: there are many fields, and facts are
/// handed around far more often than they change.
@dynamicMemberLookup
public struct ConversationFacts: Sendable, Identifiable {
    @usableFromInline var storage: Storage

    init(_ fields: consuming Fields) { storage = Storage(fields) }

    /// A communication that has not ended.
    public init(id: String, media: MediaType, participantID: String, communicationID: String, state: String) {
        self.init(
            Fields(id: id, media: media, participantID: participantID, communicationID: communicationID, state: state)
        )
    }

    /// The conversation's id.
    public var id: String { storage.fields.id }

    /// All fields: what changes several at once does so here.
    @inlinable public var fields: Fields {
        _read { yield storage.fields }
        _modify {
            if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.fields) }
            yield &storage.fields
        }
    }

    /// One field.
    @inlinable public subscript<Value>(dynamicMember field: WritableKeyPath<Fields, Value>) -> Value {
        _read { yield storage.fields[keyPath: field] }
        _modify { yield &fields[keyPath: field] }
    }
}

extension ConversationFacts: Equatable {
    /// All fields are the same.
    public static func == (one: Self, other: Self) -> Bool {
        one.storage === other.storage || one.storage.fields == other.storage.fields
    }
}

extension ConversationFacts {
    // Sendable is safe: only `ConversationFacts` changes it, and only after it has seen that nobody else holds it; what is
    // held by two is never written again. The same as in the collections of the standard library.
    /// The fields, in memory that copies share.
    @usableFromInline final class Storage: @unchecked Sendable {
        // Unchecked is safe: it is written only through a `ConversationFacts`, whose own accesses are checked.
        @usableFromInline @exclusivity(unchecked) var fields: Fields

        @usableFromInline init(_ fields: consuming Fields) { self.fields = fields }
    }

    /// What there is to know of it.
    public struct Fields: Sendable, Equatable {
        /// The conversation's id.
        public var id: String
        /// The medium of the communication.
        public var media: MediaType
        /// The agent's participant; every alert makes a new one.
        public var participantID: String
        /// The agent's communication; the participant's id as long as only a one-media topic has told of it.
        public var communicationID: String
        /// `inbound` or `outbound`
        public var direction: String?
        /// alerting, connected, …; always disconnected or terminated when the communication has ended.
        public var state: String
        /// On hold; never when ended.
        public var held: Bool = false
        /// When the present hold began.
        public var heldSince: Timestamp?
        /// The microphone is off.
        public var muted: Bool = false
        /// Cannot hear the others, by no wish of its own.
        public var confined: Bool = false
        /// The queue that the conversation came from.
        public var queueID: String?
        /// `agent` = queue work, `user` = direct.
        public var purpose: String?
        /// What the agent does in it.
        public var role: ConversationRole = .agent
        /// When it was first offered to the agent, as nearly as is known; `nil` = it was not, or that was not seen.
        public var alertedAt: Timestamp?
        /// When the agent answered.
        public var connectedAt: Timestamp?
        /// When the communication ended.
        public var endedAt: Timestamp?
        /// How it ended: client, peer, system, transfer, transfer.consult, …
        public var disconnectType: String?
        /// How many people are connected in this medium: agents, users, customers and externals.
        public var participants: Int = 0
        /// unknown, skipped, pending, complete, notApplicable
        public var afterCallWork: String?
        /// When after-call work began.
        public var afterCallWorkSince: Timestamp?
        /// How long after-call work may take, in milliseconds (`wrapupTimeoutMs`).
        public var wrapupTimeoutMs: Int?
        /// mandatory, optional, agentRequested, timeout, forcedTimeout
        public var wrapupPrompt: String?
        /// Whether a wrap-up code has to be given.
        public var wrapupRequired: Bool?
        /// The wrap-up code chosen.
        public var wrapupCode: String?
        /// Of a previewed call: its dialling campaign.
        public var campaignID: String?
        /// Of a message: sms, whatsapp, webmessaging, open, …
        public var messageType: String?
        /// All that the agent's media have been in the conversation: full, monitor, …
        public var mediaRoles: [String] = []
        /// The conversation's external tag.
        public var externalTag: String?
        /// The conversation's utilization label.
        public var utilizationLabelID: String?
        /// Of the agent's participant.
        public var attributes: Attributes = [:]
        /// Of the customer's participant; of several, the later one wins.
        public var customerAttributes: Attributes = [:]
        /// The participants that `customerAttributes` are of.
        public var customerParticipantIDs: [String] = []
        /// The agent's communication has ended.
        public var isEnded: Bool = false

        /// Of the latest snapshot of the conversation in this medium; `nil` in `others`.
        var order: FactOrder?
        /// Of the latest of them that had all media: the one-media form leaves things out.
        var fullOrder: FactOrder?
        /// When the relay last took news of it from anything but a snapshot.
        var toldAt: Timestamp?
        /// Begun otherwise than by an offer: dialled by the agent, or joined.
        var isUnoffered: Bool = false
        /// The start of the latest hold that has ended: a snapshot that shows it as lasting is an old one.
        var releasedHold: Timestamp?
        /// Attributes that are not as old as the latest snapshot.
        var written: [String: AttributeStamp] = [:]
        /// The same for the customer's.
        var customerWritten: [String: AttributeStamp] = [:]
        /// Ended only because the conversation summary counts none, and what was told before: a later snapshot may know
        /// better.
        var presumed: PresumedEnd?
        /// The agent's other communications in this conversation and medium: every alert makes one. What is the
        /// conversation's and not the agent's is not repeated there.
        var others: [ConversationFacts] = []
    }
}

/// What a communication was before a summary ended it.
struct PresumedEnd: Codable, Sendable, Equatable {
    var state: String
    var isEnded: Bool
    var held: Bool
    var heldSince: Timestamp?
    var afterCallWork: String?
}
