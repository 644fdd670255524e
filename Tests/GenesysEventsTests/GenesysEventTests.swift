// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Testing

@Suite("GenesysEvent")
struct GenesysEventTests {
    // MARK: - User topics

    @Test("the presence topic")
    func presence() throws {
        var expected = PresenceObservation()
        expected.definitionID = "bbbbbbbb-0000-4000-8000-000000000001"
        expected.system = .break
        expected.message = "Back in 15"
        expected.modifiedAt = Timestamp("2026-03-10T14:06:00.100Z")
        expected.source = "PURECLOUD"
        expected.primary = true
        #expect(try Fixture.notification("users.presence").event == .presence(userID: agent, expected))
        #expect(try Fixture.notification("eventbridge.users.presence").event == .presence(userID: agent, expected))
    }

    @Test("the activity topic")
    func activity() throws {
        var presence = PresenceObservation()
        presence.definitionID = "bbbbbbbb-0000-4000-8000-000000000001"
        presence.system = .break
        presence.message = ""
        presence.tellsRequest = false
        presence.modifiedAt = Timestamp("2026-03-10T14:06:00.100Z")
        var expected = ActivityObservation()
        expected.presence = presence
        expected.routingStatus = RoutingStatusObservation(
            status: "OFF_QUEUE",
            startTime: Timestamp("2026-03-10T14:06:00.120Z")
        )
        expected.outOfOffice = false
        expected.outOfOfficeModifiedAt = Timestamp("2026-01-05T09:00:00Z")
        expected.activeQueueIDs = [queue]
        expected.activeQueuesChangedAt = Timestamp("2026-03-10T13:00:02Z")
        #expect(try Fixture.notification("users.activity").event == .activity(userID: agent, expected))
    }

    @Test("the routing status, out of office and adherence topics")
    func smallTopics() throws {
        let routing = RoutingStatusObservation(status: "INTERACTING", startTime: Timestamp("2026-03-10T14:00:13.530Z"))
        #expect(try Fixture.notification("users.routingStatus").event == .routingStatus(userID: agent, routing))
        let outOfOffice = OutOfOfficeObservation(active: true, until: Timestamp("2026-03-12T00:00:00Z"))
        #expect(try Fixture.notification("users.outofoffice").event == .outOfOffice(userID: agent, outOfOffice))
        let source = PresenceSourceObservation(current: nil, modifiedAt: Timestamp("2026-03-10T14:06:00.100Z"))
        #expect(try Fixture.notification("users.integrationpresence").event == .presenceSource(userID: agent, source))

        var adherence = AdherenceObservation()
        adherence.state = "OutOfAdherence"
        adherence.scheduledCategory = "OnQueueWork"
        adherence.actualCategory = "Break"
        adherence.impact = "Negative"
        adherence.changedAt = Timestamp("2026-03-10T14:06:00.600Z")
        adherence.scheduledCodeID = "0"
        adherence.managementUnitID = "88888888-0000-4000-8000-000000000001"
        adherence.businessUnitID = "88888888-0000-4000-8000-000000000002"
        adherence.teamID = "88888888-0000-4000-8000-000000000003"
        adherence.isOutOfOffice = false
        adherence.activeQueueIDs = [queue]
        adherence.activeQueuesChangedAt = Timestamp("2026-03-10T13:00:02Z")
        adherence.next = [ScheduledActivity(category: "Break", at: Timestamp("2026-03-10T14:15:00Z"))]
        let event = GenesysEvent.adherence(userID: agent, adherence)
        #expect(try Fixture.notification("users.workforcemanagement.adherence").event == event)
        #expect(event.ownTime == nil, "its only time is that of the last change of the state")

        let text = String(decoding: try Fixture.genesys("users.workforcemanagement.adherence"), as: UTF8.self)
        for topic in ["v2.workforcemanagement.managementunits.m.adherence", "v2.workforcemanagement.teams.t.adherence"]
        {
            var decoder = NotificationDecoder()
            let renamed = text.replacing("v2.users.\(agent).workforcemanagement.adherence", with: topic)
            #expect(try decoder.decode([UInt8](renamed.utf8)).first?.notification.event == event)
        }
    }

    @Test("the conversation summary topic")
    func summary() throws {
        guard
            case .conversationSummary(agent, let summary) = try Fixture.notification("users.conversationsummary").event
        else { return #expect(Bool(false), "another event") }
        #expect(summary.contactCenter["call"] == .init(active: 1, acw: 0))
        #expect(summary.enterprise["call"] == .init(active: 0, acw: 0))
        #expect(
            Set(summary.contactCenter.keys)
                == ["call", "callback", "email", "message", "chat", "socialExpression", "video"]
        )
    }

    // MARK: - Conversations

    @Test("the full conversation topic, with all participants")
    func conversationTopic() throws {
        guard
            case .conversation(agent, let snapshot) = try Fixture.notification("users.conversations.acw-pending").event
        else { return #expect(Bool(false), "another event") }
        #expect(snapshot.id == conversation)
        #expect(!snapshot.isSingleMedia)
        #expect(snapshot.participants.map(\.purpose) == ["customer", "ivr", "acd", "agent"])
        #expect(snapshot.participants[0].attributes == ["accountTier": "gold"])
        let participant = try #require(snapshot.participants.last)
        #expect(participant.id == "44444444-0000-4000-8000-000000000004")
        #expect(participant.userID == agent)
        #expect(participant.name == "Agent One")
        #expect(participant.queueID == queue)
        #expect(participant.connectedTime == Timestamp("2026-03-10T14:00:13.530Z"))
        #expect(participant.endTime == Timestamp("2026-03-10T14:05:20.118Z"))
        #expect(participant.startAcwTime == Timestamp("2026-03-10T14:05:20.118Z"))
        #expect(participant.endAcwTime == nil)
        #expect(participant.attributes == ["wfm_status": "Break"])

        var expected = CommunicationSnapshot(
            id: "55555555-0000-4000-8000-000000000004",
            media: .call,
            state: "disconnected"
        )
        expected.initialState = "alerting"
        expected.direction = "inbound"
        expected.connectedTime = Timestamp("2026-03-10T14:00:13.530Z")
        expected.disconnectedTime = Timestamp("2026-03-10T14:05:20.118Z")
        expected.disconnectType = "client"
        expected.afterCallWork = "pending"
        expected.afterCallWorkStart = Timestamp("2026-03-10T14:05:20.118Z")
        #expect(participant.communications == [expected])
        #expect(expected.isEnded)
    }

    @Test("the flattened one-media topic becomes the same shape")
    func flattened() throws {
        guard case .conversation(agent, let snapshot) = try Fixture.notification("users.conversations.calls").event
        else { return #expect(Bool(false), "another event") }
        #expect(snapshot.isSingleMedia)
        let participant = try #require(snapshot.participants.last)
        #expect(participant.userID == agent)
        #expect(participant.queueID == queue)
        var expected = CommunicationSnapshot(id: participant.id, media: .call, state: "connected")
        expected.initialState = "alerting"
        expected.direction = "inbound"
        expected.connectedTime = Timestamp("2026-03-10T14:00:13.530Z")
        #expect(participant.communications == [expected])
        #expect(!expected.isEnded)
        #expect(snapshot.participants[1].communications[0].isEnded)
    }

    @Test("all eleven media arrays are read")
    func allMedia() throws {
        let arrays: [(String, MediaType)] = [
            ("calls", .call), ("callbacks", .callback), ("chats", .chat), ("emails", .email), ("messages", .message),
            ("internalMessages", .internalMessage), ("cobrowsesessions", .cobrowse), ("screenshares", .screenshare),
            ("screenMonitorings", .screenMonitoring), ("socialExpressions", .socialExpression), ("videos", .video),
        ]
        let fields = arrays.map { #""\#($0.0)":[{"id":"\#($0.0)","state":"connected"}]"# }.joined(separator: ",")
        let event = try Fixture.event("v2.users.u.conversations", #"{"id":"c","participants":[{"id":"p",\#(fields)}]}"#)
        guard case .conversation("u", let snapshot) = event else { return #expect(Bool(false), "another event") }
        #expect(snapshot.participants[0].communications.map(\.media) == arrays.map(\.1))
        #expect(snapshot.participants[0].communications.map(\.id) == arrays.map(\.0))
        #expect(Set(arrays.map(\.1)) == Set(MediaType.allCases))
    }

    @Test("a communication without state or id is still understood")
    func sparseCommunication() throws {
        let body = #"""
            {"id":"c","participants":[{"id":"p","calls":[
              {"connectedTime":"2026-03-10T14:00:13.530Z"},{"disconnectType":"client"},{},
              {"id":7,"state":"Connected","held":"yes","connectedTime":"soon","afterCallWork":[]}]}]}
            """#
        guard case .conversation(_, let snapshot) = try Fixture.event("v2.users.u.conversations", body)
        else { return #expect(Bool(false), "another event") }
        let communications = snapshot.participants[0].communications
        #expect(communications.map(\.state) == ["connected", "disconnected", "none", "connected"])
        #expect(communications.map(\.id) == ["p", "p", "p", "p"])
        #expect(communications[3].held == false && communications[3].connectedTime == nil)
    }

    // MARK: - Tolerance

    @Test(
        "topics that are not used are tolerated",
        arguments: [
            "channel.metadata.heartbeat", "channel.metadata.pong", "system.socket_closing", "detail.acd.end",
            "detail.acd.start", "detail.customer.end", "detail.customer.start",
        ]
    )
    func unused(name: String) throws {
        #expect(try Fixture.notification(name).event == .unused)
    }

    @Test("an unused topic may have any body")
    func unusedBody() throws {
        for body in ["null", "[]", "\"x\"", "7"] { #expect(try Fixture.event("v2.audits", body) == .unused) }
    }

    @Test(
        "a used topic without what it needs is undecodable, and says what is missing",
        arguments: [
            ("v2.users.u.conversations", "{}", "/id"),
            ("v2.users.u.conversations", #"{"id":""}"#, "/id"),
            ("v2.users.u.conversations", #"{"id":"c","participants":[{"id":"p"},{}]}"#, "/participants/1/id"),
            ("v2.users.u.conversations.calls", #"{"id":"c","participants":[7]}"#, "/participants/0/id"),
            ("v2.users.u.presence", #"{"presenceDefinition":null}"#, "/presenceDefinition"),
            ("v2.users.u.routingStatus", #"{"routingStatus":{"status":1}}"#, "/routingStatus/status"),
            ("v2.users.u.outofoffice", #"{"active":"true"}"#, "/active"),
            ("v2.workforcemanagement.teams.t.adherence", #"{"user":{}}"#, "/user/id"),
            ("v2.detail.events.conversation.c.attributes", #"{"attributes":{}}"#, "/participantId"),
            ("v2.detail.events.conversation.c.attributes", #"{"participantId":"p"}"#, "/attributes"),
            ("v2.detail.events.conversation.c.acw", "{}", "/userId"),
            ("v2.detail.events.conversation.c.user.end", "{}", "/userId"),
            ("v2.detail.events.conversation.c.user.start", "{}", "/userId"),
            ("v2.detail.events.agent.a.state", #"{"currentState":"HOLD"}"#, "/conversationId"),
            ("v2.detail.events.agent.a.state", #"{"conversationId":"c"}"#, "/currentState"),
            ("v2.routing.queues.q.conversations", "{}", "/id"),
            ("v2.routing.queues.q.users", #"{"joined":true}"#, "/user/id"),
            ("v2.routing.queues.q.users", #"{"user":{"id":"u"}}"#, "/joined"),
        ]
    )
    func undecodable(topic: String, body: String, pointer: String) throws {
        let event = try Fixture.event(topic, body)
        #expect(event == .undecodable(reason: "eventBody\(pointer) is missing or of the wrong type"))
        #expect(event.userID == nil)
    }

    @Test("unknown fields, unknown enum values and wrong types of optional fields are tolerated")
    func tolerance() throws {
        let event = try Fixture.event(
            "v2.users.u.presence",
            #"{"presenceDefinition":{"id":"d","systemPresence":"LUNCHING","x":{}},"message":5,"modifiedDate":17,"#
                + #""primary":"no","source":[],"new":{"a":[{}]}}"#
        )
        var expected = PresenceObservation()
        expected.definitionID = "d"
        expected.system = SystemPresence("lunching")
        #expect(event == .presence(userID: "u", expected))

        guard
            case .participantAttributes(let attributes) = try Fixture.event(
                "v2.detail.events.conversation.c.attributes",
                #"{"participantId":"p","attributes":{"a":"\u00e9\n","b":1,"c":null},"eventTime":-9223372036854775808}"#
            )
        else { return #expect(Bool(false), "another event") }
        #expect(attributes.attributes == ["a": "é\n"])
        #expect(attributes.eventTime == nil)
        #expect(attributes.conversationID == "c")
    }

    @Test("every example of the dossier decodes to what its name says")
    func everyExample() throws {
        var decoder = NotificationDecoder()
        let files = try FileManager.default.contentsOfDirectory(atPath: Fixture.folder.appending(path: "Genesys").path)
        #expect(files.count > 35)
        for file in files where !file.hasPrefix("rest.") && !file.hasPrefix("lifecycle.") {
            let received = try decoder.decode(Fixture.bytes("Genesys/\(file)"))
            #expect(received.count == 1)
            if case .undecodable(let reason)? = received.first?.notification.event {
                Issue.record("\(file): \(reason)")
            }
        }
        for file in files where file.hasPrefix("rest.") {
            #expect(throws: EventDecodingError.self) { try decoder.decode(Fixture.bytes("Genesys/\(file)")) }
        }
    }
}
