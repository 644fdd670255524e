// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Testing

@Suite("Detail events")
struct DetailEventTests {
    private let participant = "44444444-0000-4000-8000-000000000004"
    private let communication = "55555555-0000-4000-8000-000000000004"

    private var session: SessionReference {
        SessionReference(
            conversationID: conversation,
            participantID: participant,
            communicationID: communication,
            media: .call
        )
    }

    @Test("attributes that were written")
    func attributes() throws {
        let event = ParticipantAttributes(
            conversationID: conversation,
            participantID: participant,
            attributes: ["wfm_status": "Break"],
            eventTime: Timestamp(milliseconds: 1_773_151_380_700)
        )
        #expect(try Fixture.notification("detail.attributes").event == .participantAttributes(event))
    }

    @Test("a session's start and end")
    func startAndEnd() throws {
        let start = UserSessionStart(session, eventTime: Timestamp("2026-03-10T14:00:09.011Z"))
        #expect(try Fixture.notification("detail.user.start").event == .userStart(userID: agent, start))
        #expect(try Fixture.notification("eventbridge.detail.user.start").event == .userStart(userID: agent, start))

        var end = UserSessionEnd(session)
        end.disconnectType = "client"
        end.interactingDurationMs = 260_993
        end.eventTime = Timestamp("2026-03-10T14:05:20.118Z")
        #expect(try Fixture.notification("detail.user.end").event == .userEnd(userID: agent, end))
    }

    @Test("after-call work and the wrap-up code, of which the latter names no user")
    func work() throws {
        let code = "99999999-0000-4000-8000-000000000001"
        var work = AfterCallWorkEnd(session)
        work.wrapupCode = code
        work.eventTime = Timestamp("2026-03-10T14:05:58.640Z")
        #expect(try Fixture.notification("detail.acw").event == .afterCallWork(userID: agent, work))

        let wrapup = WrapupChoice(session, wrapupCode: code, eventTime: Timestamp("2026-03-10T14:05:58.640Z"))
        let event = try Fixture.notification("detail.wrapup").event
        #expect(event == .wrapup(wrapup))
        #expect(event.userIDs == [] && event.namelessConversationID == conversation)
    }

    @Test("the state of an agent's session")
    func sessionState() throws {
        var session = session
        session.participantID = nil
        let state = AgentSessionState(
            session,
            state: "HOLD",
            since: Timestamp("2026-03-10T14:02:00.310Z"),
            sessionStart: Timestamp("2026-03-10T14:00:09.011Z")
        )
        #expect(try Fixture.notification("detail.agent.state").event == .agentState(userID: agent, state))
    }

    @Test(
        "reasons for an end are spelt as in the conversation topics",
        arguments: [
            ("CLIENT", "client"), ("CONFERENCE_TRANSFER", "transfer.conference"),
            ("CONSULT_TRANSFER", "transfer.consult"),
            ("FORWARD_TRANSFER", "transfer.forward"), ("NO_ANSWER_TRANSFER", "transfer.noanswer"),
            ("NOT_AVAILABLE_TRANSFER", "transfer.notavailable"), ("DND_ENDPOINT", "endpoint.dnd"),
            ("DND_TRANSFER", "transfer.dnd"), ("TRANSPORT_FAILURE", "transport.failure"),
            ("SESSION_EXPIRED", "session.expired"), ("NEW_ONE", "new.one"),
        ]
    )
    func disconnectTypes(detail: String, name: String) throws {
        let event = try Fixture.event(
            "v2.detail.events.conversation.c.user.end",
            #"{"userId":"u","disconnectType":"\#(detail)"}"#
        )
        guard case .userEnd("u", let end) = event else { return #expect(Bool(false), "another event") }
        #expect(end.disconnectType == name)
    }

    @Test("every reason that Genesys documents for detail events is one of the conversation topics'")
    func allDisconnectTypes() throws {
        let topics = try TopicFields()
        let detail = try topics.values("v2.detail.events.conversation.{id}.user.end", "disconnectType")
        let known = try topics.values("v2.users.{id}.conversations.calls", "participants.disconnectType")
        #expect(detail.count > 20)
        for reason in detail where reason != "UNKNOWN" {
            let event = try Fixture.event(
                "v2.detail.events.conversation.c.user.end",
                #"{"userId":"u","disconnectType":"\#(reason)"}"#
            )
            guard case .userEnd("u", let end) = event else { return #expect(Bool(false), "another event") }
            #expect(known.contains(end.disconnectType ?? ""), "\(reason)")
        }
    }

    @Test("a medium that is not known yet is left open, and the event is still of use")
    func unknownMedium() throws {
        let event = try Fixture.event(
            "v2.detail.events.conversation.c.user.end",
            #"{"userId":"u","sessionId":"s","mediaType":"WORKITEM"}"#
        )
        #expect(event == .userEnd(userID: "u", UserSessionEnd(.init(conversationID: "c", communicationID: "s"))))
    }

    @Test("every medium that Genesys documents for detail events is known")
    func allMedia() throws {
        let names = try TopicFields().values("v2.detail.events.conversation.{id}.user.end", "mediaType")
        for name in names where name != "UNKNOWN" {
            let event = try Fixture.event(
                "v2.detail.events.conversation.c.user.start",
                #"{"userId":"u","mediaType":"\#(name)"}"#
            )
            guard case .userStart("u", let start) = event else { return #expect(Bool(false), "another event") }
            #expect(start.session.media != nil, "\(name)")
        }
    }
}
