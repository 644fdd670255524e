// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Testing

@Suite("Parts in a conversation")
struct ConversationRoleTests {
    private func other(_ id: String, _ purpose: String, _ communications: CommunicationSnapshot...)
        -> ParticipantSnapshot
    {
        ParticipantSnapshot(id: id, userID: nil, purpose: purpose, communications: communications)
    }

    @Test("a supervisor's part is told by the participant it is about; who has come in is no mere listener")
    func supervisors() {
        func role(_ change: (inout ParticipantSnapshot) -> Void) -> ConversationRole? {
            var story = Story()
            story.apply(.snapshot(.mock("p1", .mock()).with(change)), at: 1)
            return story.call?.role
        }
        #expect(role { _ in } == .agent)
        #expect(role { $0.monitoredParticipantID = "x" } == .monitor)
        #expect(role { $0.screenMonitoredParticipantID = "x" } == .monitor)
        #expect(role { $0.coachedParticipantID = "x" } == .coach)
        #expect(role { $0.bargedParticipantID = "x" } == .barge)
        let both = role {
            $0.monitoredParticipantID = "x"
            $0.bargedParticipantID = "x"
        }
        #expect(both == .barge)
    }

    @Test("the target of a consult has that part, whoever names it; who asks for it has not")
    func consult() {
        let asking = other("a", "agent", .mock("k")).with { $0.consultParticipantID = "p1" }
        var story = Story()
        story.apply(.snapshot(asking, .mock("p1", .mock())), at: 1)
        #expect(story.call?.role == .consult)

        let customer = ParticipantSnapshot.customer()
        story = Story()
        story.apply(.snapshot(customer, .mock("p1", .mock()).with { $0.consultParticipantID = "customer" }), at: 1)
        #expect(story.call?.role == .consult)

        story = Story()
        let target = other("t", "agent", .mock("k"))
        story.apply(.snapshot(.mock("p1", .mock()).with { $0.consultParticipantID = "t" }, target), at: 1)
        #expect(story.call?.role == .agent)
    }

    /// The recorded conversation with the agent's participant, or another one, told of as Genesys names it.
    private func recorded(_ topic: String, _ fields: [(participant: String, field: String, value: String)]) throws
        -> ConversationFacts?
    {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures")
        let documented = try JSONSerialization.jsonObject(
            with: Data(contentsOf: folder.appending(path: "Topics/topic-fields.json"))
        )
        let topics = try #require(documented as? [String: [String: Any]])
        let participant = try #require(topics["v2.\(topic.replacing("users.", with: "users.{id}."))"]?["participants"])
        let names = try #require((participant as? [String: Any])?["fields"] as? [String: Any])

        let file = folder.appending(path: "Genesys/\(topic).json")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        var notification = try #require(json as? [String: Any])
        var body = try #require(notification["eventBody"] as? [String: Any])
        var participants = try #require(body["participants"] as? [[String: Any]])
        for (id, field, value) in fields {
            #expect(names[field] != nil, "Genesys documents no \(field)")
            let place = try #require(participants.firstIndex { ($0["id"] as? String)?.hasSuffix(id) == true })
            participants[place][field] = value
        }
        body["participants"] = participants
        notification["eventBody"] = body
        var decoder = NotificationDecoder()
        let bytes = [UInt8](try JSONSerialization.data(withJSONObject: notification))
        var story = Story()
        story.apply(try #require(try decoder.decode(bytes).first).notification)
        return story.call
    }

    private static let topics = ["users.conversations", "users.conversations.calls"]

    @Test("each part is told by the field that Genesys has for it, in a recorded conversation", arguments: topics)
    func fields(topic: String) throws {
        let agent = "4", customer = "1"
        let others = "44444444-0000-4000-8000-000000000001"
        #expect(try recorded(topic, [])?.role == .agent)
        for (field, role) in [
            ("monitoredParticipantId", ConversationRole.monitor), ("coachedParticipantId", .coach),
            ("bargedParticipantId", .barge),
        ] {
            #expect(try recorded(topic, [(agent, field, others)])?.role == role)
            // Whom it is about has no part of that kind.
            #expect(try recorded(topic, [(customer, field, "44444444-0000-4000-8000-000000000004")])?.role == .agent)
        }
        let target = "44444444-0000-4000-8000-000000000004"
        #expect(try recorded(topic, [(customer, "consultParticipantId", target)])?.role == .consult)
        #expect(try recorded(topic, [(agent, "consultParticipantId", others)])?.role == .consult)
        #expect(try recorded(topic, [("2", "consultParticipantId", others)])?.role == .agent, "it is between others")
    }

    @Test("who looks on at the screen monitors, as only the form of all media tells")
    func screen() throws {
        let others = "44444444-0000-4000-8000-000000000001"
        #expect(try recorded("users.conversations", [("4", "screenMonitoredParticipantId", others)])?.role == .monitor)
    }

    @Test("a one-media topic other than that of calls does not undo the part")
    func partsOfForms() {
        func chat(_ id: String) -> CommunicationSnapshot { .mock(id, media: .chat) }
        var story = Story()
        story.apply(.snapshot(.mock("p1", chat("c1")).with { $0.coachedParticipantID = "x" }), at: 1)
        story.apply(.snapshot(.mock("p1", chat("p1")), single: true), at: 2)
        #expect(story.facts.conversations.first?.role == .coach)
        story.apply(.snapshot(.mock("p1", chat("c1"))), at: 3)
        #expect(story.facts.conversations.first?.role == .agent)
    }

    @Test("people who are connected are counted, queues and flows and those who are gone are not")
    func participants() {
        let gone = other("g", "agent", .mock("k1", "disconnected"))
        let ringing = other("r", "agent", .mock("k2", "alerting"))
        let flows = ["acd", "ivr", "workflow", "voicemail", "botflow"].map { other($0, $0, .mock($0)) }
        let others = [
            ParticipantSnapshot.customer(), other("u", "user", .mock("k3")), other("e", "external", .mock("k4")),
        ]
        var story = Story()
        story.apply(
            .conversation(
                userID: agent,
                ConversationSnapshot(id: theCall, participants: others + flows + [gone, ringing, .mock("p1", .mock())])
            ),
            at: 1
        )
        #expect(story.call?.participants == 4)
    }

    @Test("the earliest sign of an alert counts; what the agent dialled was none")
    func alertedAt() {
        let ringing = CommunicationSnapshot.mock("c1", "alerting").with { $0.initialState = "alerting" }
        let talking = CommunicationSnapshot.mock("c1").with { $0.initialState = "alerting" }
        var story = Story()
        story.apply(.snapshot(.mock("p1", talking)), at: 300)
        #expect(story.call?.alertedAt == nil, "it had rung before, but when?")
        story.apply(.snapshot(.mock("p1", ringing)), at: 200)
        #expect(story.call?.alertedAt == at(200))
        story.apply(
            .snapshot(
                .mock("p1", .mock("p1").with { $0.initialState = "alerting" }).with { $0.startTime = at(150) },
                single: true
            ),
            at: 400
        )
        #expect(story.call?.alertedAt == at(150))
        story.apply(.userStart(userID: agent, UserSessionStart(.mock("p1", "c1"), eventTime: at(140))), at: 500)
        #expect(story.call?.alertedAt == at(140))

        story = Story()
        let dialled = CommunicationSnapshot.mock("c1", "dialing")
        story.apply(.snapshot(.mock("p1", dialled).with { $0.startTime = at(1) }), at: 100)
        story.apply(.userStart(userID: agent, UserSessionStart(.mock("p1", "c1"), eventTime: at(2))), at: 100)
        #expect(story.call?.alertedAt == nil && story.call?.isInteraction == true)
    }

    @Test("each medium of a participant has its own times and after-call work")
    func media() {
        let ended = CommunicationSnapshot.mock("c1", "disconnected").with {
            $0.connectedTime = at(10)
            $0.disconnectedTime = at(90)
        }
        let ringing = CommunicationSnapshot.mock("c2", "alerting", media: .chat)
        let participant = ParticipantSnapshot.mock("p1", ended, ringing).with {
            $0.connectedTime = at(10)
            $0.startAcwTime = at(90)
        }
        var story = Story()
        story.apply(.snapshot(participant), at: 100)
        let chat = story.facts.conversations.first { $0.media == .chat }
        #expect(chat?.connectedAt == nil && chat?.isAlerting == true && chat?.afterCallWork == nil)
    }

    @Test("the external tag is the full form's to tell, the label either form's")
    func tag() {
        func snapshot(_ tag: String?, _ label: String?, single: Bool = false) -> GenesysEvent {
            var snapshot = ConversationSnapshot(
                id: theCall,
                participants: [.mock("p1", .mock(single ? "p1" : "c1"))],
                isSingleMedia: single
            )
            snapshot.externalTag = tag
            snapshot.utilizationLabelID = label
            return .conversation(userID: agent, snapshot)
        }
        var story = Story()
        story.apply(snapshot("one", nil), at: 10)
        story.apply(snapshot(nil, "label", single: true), at: 20)
        #expect(story.call?.externalTag == "one" && story.call?.utilizationLabelID == "label")
        story.apply(snapshot("two", nil), at: 15)
        #expect(story.call?.externalTag == "two", "newer than the full one before")
        story.apply(snapshot(nil, nil), at: 30)
        #expect(story.call?.externalTag == nil && story.call?.utilizationLabelID == "label")
    }

    @Test("after a transfer back to the same agent the new part is current, and the old one's work is not lost")
    func transferredBack() {
        let first = CommunicationSnapshot.mock("c1", "disconnected").with {
            $0.connectedTime = at(10)
            $0.disconnectedTime = at(100)
            $0.disconnectType = "transfer"
            $0.afterCallWork = "pending"
        }
        var story = Story()
        story.apply(.snapshot(.mock("p1", first)), at: 100)
        #expect(story.call?.disconnectType == "transfer" && story.call?.isLive == true)
        story.apply(.snapshot(.mock("p1", first), .mock("p2", .mock("c2", "alerting"))), at: 200)
        #expect(story.call?.communicationID == "c2" && story.call?.isAlerting == true)
        story.apply(.ended("p2", "c2", at: 300))
        #expect(story.call?.communicationID == "c1" && story.call?.afterCallWork == "pending")
        #expect(story.call?.communications.map(\.communicationID) == ["c1", "c2"])
    }
}
