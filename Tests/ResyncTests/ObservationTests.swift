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
