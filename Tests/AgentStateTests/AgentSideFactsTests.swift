// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Testing

@Suite("What is beside presence and conversations")
struct AgentSideFactsTests {
    // MARK: - Queues

    private func list(_ queues: [String], changed time: Int64) -> GenesysEvent {
        var activity = ActivityObservation()
        activity.activeQueueIDs = queues
        activity.activeQueuesChangedAt = at(time)
        return .activity(userID: agent, activity)
    }

    private func membership(_ queue: String, _ joined: Bool) -> GenesysEvent {
        .queueMembership(userID: agent, QueueMembership(queueID: queue, joined: joined))
    }

    @Test("single joins and leaves count on top of the latest list, in any order")
    func queues() {
        let events: [(GenesysEvent, Int64)] = [
            (list(["b", "a"], changed: 100), 105), (membership("c", true), 210), (membership("a", false), 310),
        ]
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]] {
            var story = Story()
            for index in order { story.apply(events[index].0, at: events[index].1) }
            #expect(story.facts.activeQueueIDs == ["b", "c"], "\(order)")
            // A newer list says it all.
            story.apply(list(["d"], changed: 400), at: 405)
            #expect(story.facts.activeQueueIDs == ["d"])
            #expect(story.apply(membership("e", true), at: 390) == .stale("the queue was joined or left since"))
            let copy = story.facts
            story.apply(list(["x"], changed: 399), at: 500)
            #expect(story.facts.activeQueueIDs == copy.activeQueueIDs)
        }
    }

    @Test("of queues of which nothing was seen nothing is known")
    func unknownQueues() {
        var story = Story()
        story.apply(membership("a", false), at: 100)
        #expect(story.facts.activeQueueIDs == nil)
        story.apply(membership("b", true), at: 200)
        #expect(story.facts.activeQueueIDs == ["b"])
    }

    // MARK: - Out of office

    @Test("the end of out of office comes with its own topic, and goes with it")
    func outOfOffice() {
        func told(_ active: Bool, _ changed: Int64) -> GenesysEvent {
            var activity = ActivityObservation()
            activity.outOfOffice = active
            activity.outOfOfficeModifiedAt = at(changed)
            return .activity(userID: agent, activity)
        }
        var story = Story()
        story.apply(.outOfOffice(userID: agent, .init(active: true, until: at(9000))), at: 100)
        story.apply(told(true, 99), at: 110)
        #expect(story.facts.outOfOffice == true && story.facts.outOfOfficeUntil == at(9000))
        story.apply(told(false, 200), at: 210)
        #expect(story.facts.outOfOffice == false && story.facts.outOfOfficeUntil == nil)
        story.apply(.outOfOffice(userID: agent, .init(active: true)), at: 300)
        #expect(story.facts.outOfOffice == true && story.facts.outOfOfficeUntil == nil)
    }

    @Test("adherence tells of out of office what nobody has told, or not for a minute")
    func outOfOfficeOfAdherence() {
        func told(_ active: Bool) -> GenesysEvent {
            var adherence = AdherenceObservation()
            adherence.isOutOfOffice = active
            return .adherence(userID: agent, adherence)
        }
        var story = Story()
        story.apply(told(true), at: 0)
        #expect(story.facts.outOfOffice == true)
        story.apply(.outOfOffice(userID: agent, .init(active: false)), at: 1000)
        story.apply(told(true), at: 60_900)
        #expect(story.facts.outOfOffice == false, "workforce management may not have heard of it yet")
        story.apply(told(true), at: 61_100)
        #expect(story.facts.outOfOffice == true)
    }

    // MARK: - Presence

    @Test("the primary source is the last one told, and an event about something else says nothing of it")
    func primarySource() {
        func told(_ source: String?, _ time: Int64) -> GenesysEvent {
            .presenceSource(userID: agent, .init(current: source, modifiedAt: at(time)))
        }
        var story = Story()
        story.apply(told("teams", 200), at: 900)
        #expect(story.facts.primarySource == "teams")
        #expect(
            story.apply(told("PURECLOUD", 100), at: 950) == .stale("the primary source is older than the one known")
        )
        #expect(story.apply(told(nil, 300)) == .unchanged)
        #expect(story.facts.primarySource == "teams")
    }

    @Test("what the agent asks for is not forgotten when the activity topic repeats the presence")
    func requested() {
        var presence = PresenceObservation()
        presence.system = .onQueue
        presence.definitionID = "q"
        presence.message = "m"
        presence.modifiedAt = at(100)
        presence.requested = .break
        var repeated = presence
        repeated.requested = nil
        repeated.message = nil
        repeated.tellsRequest = false
        var activity = ActivityObservation()
        activity.presence = repeated
        for isFirst in [true, false] {
            var story = Story()
            if isFirst { story.apply(.presence(userID: agent, presence), at: 110) }
            story.apply(.activity(userID: agent, activity), at: 200)
            if !isFirst { story.apply(.presence(userID: agent, presence), at: 110) }
            #expect(story.facts.presence?.requested == .break && story.facts.presence?.message == "m")
        }
        var story = Story()
        story.apply(.presence(userID: agent, presence), at: 110)
        presence.requested = nil
        let outcome = story.apply(.presence(userID: agent, presence), at: 120)
        #expect(outcome == .changed([FactChange(path: "presence.requested", old: "BREAK", new: nil)]))
    }

    // MARK: - Adherence

    @Test("all of adherence is kept, the next activities in their order")
    func adherence() {
        var seen = AdherenceObservation()
        seen.state = "InAdherence"
        seen.scheduledCodeID = "7"
        seen.explanationStatus = "Pending"
        seen.managementUnitID = "unit"
        seen.businessUnitID = "business"
        seen.teamID = "team"
        seen.next = [
            .init(category: "Meal", at: at(900)), .init(category: "Later"), .init(category: "Break", at: at(300)),
        ]
        var story = Story()
        story.apply(.adherence(userID: agent, seen), at: 100)
        let facts = story.facts.adherence
        #expect(facts?.scheduledCodeID == "7" && facts?.explanationStatus == "Pending")
        #expect(facts?.managementUnitID == "unit" && facts?.businessUnitID == "business" && facts?.teamID == "team")
        #expect(facts?.next.map(\.category) == ["Break", "Meal", "Later"])
        // The schedule goes on while the state, and with it the time of its change, stays.
        seen.next = []
        let outcome = story.apply(.adherence(userID: agent, seen), at: 200)
        #expect(
            outcome
                == .changed([
                    FactChange(path: "adherence.next", old: "Break", new: nil),
                    FactChange(path: "adherence.nextAt", old: at(300).description, new: nil),
                ])
        )
    }

    @Test("who is removed from their management unit has no adherence; from a former one, nothing changes")
    func removed() {
        func seen(_ unit: String, removed: Bool = false) -> GenesysEvent {
            var seen = AdherenceObservation()
            seen.state = "InAdherence"
            seen.managementUnitID = unit
            seen.isRemoved = removed
            return .adherence(userID: agent, seen)
        }
        var story = Story()
        story.apply(seen("new"), at: 100)
        let outcome = story.apply(seen("old", removed: true), at: 110)
        #expect(outcome == .stale("removed from a management unit that is not the agent's any more"))
        story.apply(seen("new", removed: true), at: 120)
        #expect(story.facts.adherence == nil)
        story.apply(seen("new"), at: 115)
        #expect(story.facts.adherence == nil, "it was before")
    }

    // MARK: - Storage

    @Test("what an earlier version has stored still reads, with what it knew of ends and summaries")
    func earlierStorage() throws {
        let stored = """
            {"id":"\(agent)","name":"One","presence":{"system":"ON_QUEUE","modifiedAt":"2026-03-10T14:00:00.000Z"},
             "presenceAt":[null,1773151200000,1773151200100],"adherence":{"state":"InAdherence","scheduled":"Break"},
             "quiet":{"call":[1773151300000,null,1773151300100],"chat":[1773151300000,null,1773151300100]},
             "endings":[{"conv":"\(theCall)","part":"p1","comm":"c1","media":"call","work":true,
                         "arrival":"2026-03-10T14:01:00.000Z"}],
             "conversations":[{"id":"x","media":"call","part":"p9","comm":"c9","state":"disconnected","ended":true,
                               "presumed":true,"order":[1773151290000,null,1773151290100],
                               "standby":[{"id":"x","media":"call","part":"p8","comm":"c8","state":"alerting"}]}]}
            """
        var facts = try JSONDecoder().decode(AgentFacts.self, from: Data(stored.utf8))
        #expect(facts.presence?.system == .onQueue && facts.adherence?.next == [])
        #expect(facts.conversations.first?.communications.map(\.communicationID) == ["c9", "c8"])
        let again = try JSONDecoder().decode(AgentFacts.self, from: JSONEncoder().encode(facts))
        #expect(again == facts)

        let later = Timestamp(milliseconds: 1_773_151_400_000)
        func snapshot(_ id: String, _ participant: ParticipantSnapshot, at time: Int64) {
            let event = GenesysEvent.conversation(
                userID: agent,
                ConversationSnapshot(id: id, participants: [participant])
            )
            let time = Timestamp(milliseconds: time)
            _ = facts.apply(.init(topicName: "t", timestamp: time, event: event), receivedAt: later)
        }
        snapshot(theCall, .mock("p1", .mock("c1")), at: 1_773_151_390_000)
        #expect(facts.conversations.first { $0.id == theCall }?.isEnded == true, "the end was known")
        snapshot("x", .mock("p9", .mock("c9")), at: 1_773_151_295_000)
        #expect(facts.conversations.first { $0.id == "x" }?.isLive == false, "the summary was later")
        snapshot("x", .mock("p9", .mock("c9")), at: 1_773_151_395_000)
        #expect(facts.conversations.first { $0.id == "x" }?.isLive == true, "and this snapshot later still")
    }

    // MARK: - Forgetting

    @Test("what is forgotten next is told, and an agent with nothing left is as small as one never seen busy")
    func oldestEnded() {
        var story = Story()
        #expect(story.facts.oldestEnded == nil)
        story.apply(.snapshot(.mock("p1", .mock())), at: 1)
        #expect(story.facts.oldestEnded == nil, "it is live")
        story.apply(.ended("p1", "c1", at: 2), at: 2)
        story.apply(.summary(call: 0), at: 3)
        let oldest = story.facts.oldestEnded
        #expect(oldest == at(1_000_002))
        story.facts.forgetEnded(before: at(1_000_002))
        #expect(!story.facts.conversations.isEmpty)
        story.facts.forgetEnded(before: at(1_000_100))
        #expect(story.facts == AgentFacts(id: agent) && story.facts.oldestEnded == nil)
    }

    @Test("an alert whose end was lost is forgotten after a day")
    func lostAlert() {
        var story = Story()
        story.apply(.snapshot(.mock("p1", .mock("c1", "alerting"))), at: 1)
        let day: Int64 = 86_400_000
        story.facts.forgetEnded(before: at(1_000_001 + day))
        #expect(story.facts.conversations.count == 1)
        #expect(story.facts.oldestEnded == at(1_000_001 + day))
        story.facts.forgetEnded(before: at(1_000_002 + day))
        #expect(story.facts.conversations.isEmpty)
    }
}
