// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import GenesysEvents

@Suite("TopicName")
struct TopicNameTests {
    @Test(
        "tells the used topics apart, in any letter case",
        arguments: [
            ("v2.users.u.conversations", .userConversations),
            ("v2.users.u.conversations.calls", .userConversation(.call)),
            ("v2.users.u.conversations.internalMessages", .userConversation(.internalMessage)),
            ("v2.users.u.conversations.cobrowsesessions", .userConversation(.cobrowse)),
            ("v2.users.u.conversationsummary", .userConversationSummary), ("v2.users.u.presence", .userPresence),
            ("v2.users.u.routingStatus", .userRoutingStatus), ("v2.users.u.routingstatus", .userRoutingStatus),
            ("V2.USERS.u.ACTIVITY", .userActivity), ("v2.users.u.outOfOffice", .userOutOfOffice),
            ("v2.users.u.workforcemanagement.adherence", .userAdherence),
            ("v2.workforcemanagement.managementunits.u.adherence", .managementUnitAdherence),
            ("v2.workforcemanagement.teams.u.adherence", .teamAdherence),
            ("v2.detail.events.conversation.u.attributes", .conversationAttributes),
            ("v2.detail.events.conversation.u.acw", .conversationAfterCallWork),
            ("v2.detail.events.conversation.u.user.end", .conversationUserEnd),
            ("v2.detail.events.conversation.u.user.start", .conversationUserStart),
            ("v2.detail.events.conversation.u.wrapup", .conversationWrapup),
            ("v2.detail.events.agent.u.state", .agentState),
            ("v2.users.u.integrationpresence", .userIntegrationPresence),
            ("v2.routing.queues.u.conversations", .queueConversations),
            ("v2.routing.queues.u.conversations.calls", .queueConversation(.call)),
            ("v2.routing.queues.u.conversations.Videos", .queueConversation(.video)),
            ("v2.routing.queues.u.users", .queueUsers),
        ] as [(String, TopicName.Kind)]
    )
    func used(name: String, kind: TopicName.Kind) {
        let topic = TopicName(name)
        #expect(topic.kind == kind)
        #expect(topic.id == "u")
    }

    @Test(
        "everything else is another topic",
        arguments: [
            "", "v2", "v2.users", "v2.users.", "v2.users.u", "v2.users.u.", "v2.users..presence",
            "v2.users.u.presence2",
            "v2.users.u.presence.x", "v2.users.u.station", "v2.users.u.conversations.calls.x",
            "v2.users.u.workforcemanagement.adherence.explanations.jobs", "v2.routing.queues.q.presence",
            "v2.users.u.users", "v2.detail.events.conversation.c.customer.start", "v2.detail.events.agent.a.x",
            "v2.routing.queues.q", "channel.metadata",
            "v2.system.socket_closing", "x.v2.users.u.presence", "v2.users.u.présence",
        ]
    )
    func others(name: String) {
        #expect(TopicName(name).kind == .other)
        #expect(TopicName(name).userID == nil)
    }

    @Test("only the topics of users name a user")
    func userID() {
        #expect(TopicName("v2.users.u.conversations.chats").userID == "u")
        #expect(TopicName("v2.workforcemanagement.teams.t.adherence").userID == nil)
        #expect(TopicName("v2.detail.events.conversation.c.acw").userID == nil)
        #expect(TopicName("v2.detail.events.agent.a.state").userID == "a")
        #expect(TopicName("v2.routing.queues.q.conversations").userID == nil)
    }

    @Test(
        "an id longer than any of Genesys is of no topic in use: it would swell the journal, and no page could begin with it"
    )
    func long() {
        let id = String(repeating: "u", count: TopicName.longestID)
        #expect(TopicName("v2.users.\(id).presence").userID == id)
        #expect(TopicName("v2.users.\(id)u.presence").kind == .other)
    }

    @Test("an id with a NUL is none: SQLite would take what stands before it for the whole")
    func nul() {
        #expect(TopicName("v2.users.u\u{0}.presence").kind == .other)
        #expect(TopicName("v2.users.u\u{0}.presence").userID == nil)
    }
}
