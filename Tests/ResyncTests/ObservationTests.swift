// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import Journal
import Resync
import Testing

@Suite("Observations")
struct ObservationTests {
    private func decode(_ entry: JournalEntry) throws -> GenesysEvent? {
        var decoder = NotificationDecoder()
        return try decoder.decode(entry.body).first?.notification.event
    }

    private func read() -> UserAdherence {
        var observation = AdherenceObservation()
        observation.state = "OutOfAdherence"
        observation.scheduledCategory = "OnQueueWork"
        observation.actualCategory = "Break"
        observation.impact = "Negative"
        observation.changedAt = Timestamp("2026-03-10T14:06:00.600Z")
        observation.managementUnitID = "88888888-0000-4000-8000-000000000001"
        observation.scheduledCodeID = "0"
        observation.businessUnitID = "88888888-0000-4000-8000-000000000002"
        observation.teamID = "88888888-0000-4000-8000-000000000003"
        observation.explanationStatus = "Approved"
        observation.next = [ScheduledActivity(category: "Break", at: Timestamp("2026-03-10T14:15:00.000Z"))]
        observation.isOutOfOffice = false
        observation.activeQueueIDs = ["22222222-bbbb-4bbb-8bbb-000000000001"]
        observation.activeQueuesChangedAt = Timestamp("2026-03-10T13:00:02.000Z")
        var read = UserAdherence(userID: "11111111-aaaa-4aaa-8aaa-000000000001", observation: observation)
        read.businessUnitID = "88888888-0000-4000-8000-000000000002"
        read.systemPresence = .break
        read.secondaryPresenceID = "bbbbbbbb-0000-4000-8000-000000000001"
        read.routingStatus = "OFF_QUEUE"
        read.scheduledCodeID = "0"
        read.scheduledCodeName = "On Queue"
        read.presenceUpdatedAt = Timestamp("2026-03-10T14:06:00.100Z")
        return read
    }

    @Test("adherence that was read decodes as the same observation, from its notification")
    func adherence() throws {
        let now = Timestamp(milliseconds: 1000)
        let read = read()
        let entry = JournalEntry.observation(read, at: now)
        #expect(entry.topic == "v2.users.\(read.userID).workforcemanagement.adherence")
        #expect(entry.agentID == read.userID)
        #expect(entry.source == .observation)
        #expect(entry.receivedAt == now)
        guard case .adherence(read.userID, let seen) = try decode(entry) else {
            Issue.record("no adherence notification")
            return
        }
        #expect(seen == read.observation)
    }

    @Test("a presence that was read says what the user has asked for, unless the read cannot tell")
    func presence() throws {
        var read = UserPresence(userID: "a", definitionID: "d", system: .onQueue, message: "m", modifiedAt: nil)
        read.requested = .break
        let now = Timestamp(milliseconds: 1000)
        guard case .presence("a", let seen) = try decode(.observation(read, at: now)) else {
            Issue.record("no presence notification")
            return
        }
        #expect(seen.requested == .break && seen.tellsRequest)
        let entry = JournalEntry.observation(read, tellsRequest: false, at: now)
        guard case .activity("a", let activity) = try decode(entry), let seen = activity.presence else {
            Issue.record("no activity notification")
            return
        }
        #expect(entry.topic == "v2.users.a.activity")
        #expect(seen.definitionID == "d" && seen.system == .onQueue && seen.message == "m")
        #expect(seen.requested == nil && !seen.tellsRequest)
        #expect(activity.routingStatus == nil && activity.outOfOffice == nil && activity.activeQueueIDs == nil)
    }

    @Test("what a read does not know is left out of the notification")
    func bare() throws {
        let read = UserAdherence(userID: "a", observation: AdherenceObservation())
        guard case .adherence("a", let seen) = try decode(.observation(read, at: Timestamp(milliseconds: 1000))) else {
            Issue.record("no adherence notification")
            return
        }
        #expect(seen == AdherenceObservation())
    }

    @Test("the notification has the field names of its topic, which are not those of the read")
    func names() throws {
        let entry = JournalEntry.observation(read(), at: Timestamp(milliseconds: 1000))
        let text = String(decoding: entry.body, as: UTF8.self)
        #expect(text.contains(#""adherenceChangeTime":"2026-03-10T14:06:00.600Z""#))
        #expect(text.contains(#""managementUnitId":"88888888-0000-4000-8000-000000000001""#))
        #expect(text.contains(#""user":{"id":"11111111-aaaa-4aaa-8aaa-000000000001"}"#))
        #expect(!text.contains("timeOfAdherenceChange"))
    }
}
