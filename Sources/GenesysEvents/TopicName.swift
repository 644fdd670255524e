// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A topic's name taken apart: `v2.users.{id}.conversations.calls` is `.userConversation(.call)` of that user.
///
/// Letter case does not matter, for Genesys writes both `routingStatus` and `routingstatus`.
public struct TopicName: Sendable, Equatable {
    /// What a notification of the topic is about.
    public enum Kind: Sendable, Equatable {
        /// `v2.users.{id}.conversations`: all media.
        case userConversations
        /// `v2.users.{id}.conversations.calls` and its like: one medium, flattened.
        case userConversation(MediaType)
        /// `v2.users.{id}.conversationsummary`
        case userConversationSummary
        /// `v2.routing.queues.{id}.conversations`: all media.
        case queueConversations
        /// `v2.routing.queues.{id}.conversations.calls` and its like: one medium, flattened.
        case queueConversation(MediaType)
        /// `v2.routing.queues.{id}.users`
        case queueUsers
        /// `v2.users.{id}.presence`
        case userPresence
        /// `v2.users.{id}.integrationpresence`
        case userIntegrationPresence
        /// `v2.users.{id}.routingStatus`
        case userRoutingStatus
        /// `v2.users.{id}.activity`
        case userActivity
        /// `v2.users.{id}.outofoffice`
        case userOutOfOffice
        /// `v2.users.{id}.workforcemanagement.adherence`
        case userAdherence
        /// `v2.workforcemanagement.managementunits.{id}.adherence`
        case managementUnitAdherence
        /// `v2.workforcemanagement.teams.{id}.adherence`
        case teamAdherence
        /// `v2.detail.events.conversation.{id}.attributes`
        case conversationAttributes
        /// `v2.detail.events.conversation.{id}.acw`
        case conversationAfterCallWork
        /// `v2.detail.events.conversation.{id}.wrapup`
        case conversationWrapup
        /// `v2.detail.events.conversation.{id}.user.start`
        case conversationUserStart
        /// `v2.detail.events.conversation.{id}.user.end`
        case conversationUserEnd
        /// `v2.detail.events.agent.{id}.state`
        case agentState
        /// Any topic that the relay does not use.
        case other
    }

    /// What a notification of the topic is about.
    public var kind: Kind
    /// The id inside the name: of a user, queue, conversation, management unit or team; empty for `.other`.
    public var id: String

    /// The user, for the topics that are about one.
    public var userID: String? {
        switch kind {
        case .userConversations, .userConversation, .userConversationSummary, .userPresence,
            .userIntegrationPresence, .userRoutingStatus, .userActivity, .userOutOfOffice, .userAdherence, .agentState:
            id
        default: nil
        }
    }

    /// The topic is about one user whom only the body names.
    var isOfUserInBody: Bool {
        switch kind {
        case .managementUnitAdherence, .teamAdherence, .queueUsers, .conversationAfterCallWork, .conversationUserStart,
            .conversationUserEnd:
            true
        default: false
        }
    }

    /// From the `topicName` of a notification; never fails, what is not known is `.other`.
    public init(_ name: String) {
        var name = name
        self = name.withUTF8 { TopicName(utf8: $0) }
    }

    /// Bytes that an id may have: those of Genesys have 36, what is longer would swell the journal and the states, and agents
    /// are paged by theirs (`cursor`).
    static let longestID = 128

    init(utf8 name: UnsafeBufferPointer<UInt8>) {
        for family in Self.families {
            let prefix = family.prefix.utf8CodeUnitCount
            guard name.count > prefix, Self.isSame(UnsafeBufferPointer(rebasing: name[0..<prefix]), family.prefix),
                let dot = name[prefix...].firstIndex(of: UInt8(ascii: ".")), dot > prefix
            else { continue }
            // SQLite ends a text at a NUL, so that it would be another agent's.
            guard dot - prefix <= Self.longestID, !name.contains(0) else { break }
            let suffix = UnsafeBufferPointer(rebasing: name[(dot + 1)...])
            guard let topic = family.topics.first(where: { Self.isSame(suffix, $0.suffix) }) else { break }
            kind = topic.kind
            id = String(decoding: name[prefix..<dot], as: UTF8.self)
            return
        }
        kind = .other
        id = ""
    }
}

// MARK: - Table

extension TopicName {
    private struct Family: Sendable {
        /// In lower case, as the suffixes.
        var prefix: StaticString
        var topics: [(suffix: StaticString, kind: Kind)]
    }

    /// Those of the one-media topics, which users and queues have alike.
    private static let media: [(suffix: StaticString, media: MediaType)] = [
        ("conversations.calls", .call), ("conversations.callbacks", .callback), ("conversations.chats", .chat),
        ("conversations.emails", .email), ("conversations.messages", .message),
        ("conversations.internalmessages", .internalMessage), ("conversations.cobrowsesessions", .cobrowse),
        ("conversations.screenshares", .screenshare), ("conversations.screenmonitorings", .screenMonitoring),
        ("conversations.socialexpressions", .socialExpression), ("conversations.videos", .video),
    ]

    private static let families = [
        Family(
            prefix: "v2.users.",
            topics: [
                ("conversations", .userConversations), ("presence", .userPresence), ("activity", .userActivity),
                ("routingstatus", .userRoutingStatus), ("conversationsummary", .userConversationSummary),
                ("workforcemanagement.adherence", .userAdherence), ("outofoffice", .userOutOfOffice),
                ("integrationpresence", .userIntegrationPresence),
            ] + media.map { ($0.suffix, .userConversation($0.media)) }
        ),
        Family(
            prefix: "v2.detail.events.conversation.",
            topics: [
                ("attributes", .conversationAttributes), ("acw", .conversationAfterCallWork),
                ("user.end", .conversationUserEnd), ("user.start", .conversationUserStart),
                ("wrapup", .conversationWrapup),
            ]
        ),
        Family(prefix: "v2.detail.events.agent.", topics: [("state", .agentState)]),
        Family(
            prefix: "v2.routing.queues.",
            topics: [("conversations", .queueConversations), ("users", .queueUsers)]
                + media.map { ($0.suffix, .queueConversation($0.media)) }
        ),
        Family(
            prefix: "v2.workforcemanagement.managementunits.",
            topics: [("adherence", .managementUnitAdherence)]
        ),
        Family(prefix: "v2.workforcemanagement.teams.", topics: [("adherence", .teamAdherence)]),
    ]

    @inline(__always)
    private static func isSame(_ text: UnsafeBufferPointer<UInt8>, _ lowercase: StaticString) -> Bool {
        guard text.count == lowercase.utf8CodeUnitCount else { return false }
        for offset in 0..<text.count {
            let byte = text[offset]
            let isUpper = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
            guard (isUpper ? byte | 0x20 : byte) == lowercase.utf8Start[offset] else { return false }
        }
        return true
    }
}
