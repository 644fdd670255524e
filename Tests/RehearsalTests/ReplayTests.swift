// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Journal
import Pipeline
import Rehearsal
import StatusRules
import Testing

@Suite("Replays")
struct ReplayTests {
    private static let call: [RecordedEvent] = [
        .presence(.onQueue, at: .nine), .call(at: .nine(30)), .attributes(["wfm_status": "Break"], at: .nine(60)),
        .attributes(["wfm_status": ""], at: .nine(360)), .call(state: "disconnected", at: .nine(600)),
    ]

    @Test("a timeline, and minutes by status")
    func timeline() throws {
        let result = try ReplayResult.of(Self.call, DecisionEngine.flagged)
        let agent = try #require(result.agents.first)
        #expect(agent.old.map(\.text) == ["60–360 Break (flagged)"])
        #expect(agent.new.isEmpty && agent.differences.isEmpty)
        #expect(result.oldMinutes == ["Break": 5])
        #expect(result.counts.events == 5)
        #expect(result.agentCount == 1)
    }

    @Test("what lasts at the end is cut there, and what comes before the beginning warms up")
    func window() throws {
        let result = try ReplayResult.of(Self.call, DecisionEngine.flagged, window: .nine(120) ... .nine(180))
        #expect(result.agents.first?.old.map(\.text) == ["120–180 Break (flagged)"])
        let after = try ReplayResult.of(Self.call, DecisionEngine.flagged, window: .nine(400) ... .nine(500))
        #expect(after.agents.isEmpty)
    }

    @Test("differences have a beginning, an end and the first condition that fails, whichever file wants more")
    func differences() throws {
        let other = """
            - { name: flagged, when: { conversation: { attributes.wfm_status: Meal } }, then: { status: Break } }
            - { name: long, when: { conversation: {}, for: 5m }, then: { status: Meal } }
            """
        let result = try ReplayResult.of(Self.call, DecisionEngine.flagged, other)
        let agent = try #require(result.agents.first)
        #expect(agent.new.map(\.text) == ["330–600 Meal (long)"])
        #expect(
            agent.differences.map(\.text) == [
                "60–330 Break → none: new: rule 'flagged': conversation.attributes.wfm_status: wanted Meal, is Break",
                "330–360 Break → Meal: new: rule 'flagged': conversation.attributes.wfm_status: wanted Meal, is Break",
                "360–600 none → Meal: old: there is no rule 'long'",
            ]
        )
        #expect(result.oldMinutes == ["Break": 5])
        #expect(result.newMinutes == ["Meal": 4.5])
        #expect(result.differenceCount == 3)
    }

    @Test("two files side by side decide as each does alone", arguments: 1...12)
    func sideBySide(seed: UInt64) throws {
        let other = """
            - { name: held up, when: { conversation: { held: true }, for: 2m }, then: { status: Meal, minimum: 3m } }
            - { name: flagged, when: { conversation: { attributes.wfm_status: [Break, Meal] } }, then: { status: Meal } }
            - { name: on a call, when: { conversation: {}, for: 6m }, then: { status: Break, release: keep } }
            - { name: at work, when: { conversation: { afterCallWork: pending }, for: 1m }, then: { status: Break } }
            """
        let events = RecordedEvent.hour(seed: seed)
        let both = try ReplayResult.of(events, DecisionEngine.flagged, other)
        let old = try ReplayResult.of(events, DecisionEngine.flagged)
        let new = try ReplayResult.of(events, other)
        func spans(_ result: ReplayResult, _ spans: (ReplayedAgent) -> [TimelineSpan]) -> [String] {
            result.agents.flatMap { agent in spans(agent).map { "\(agent.id) \($0.text)" } }
        }
        #expect(spans(both) { $0.old } == spans(old) { $0.old })
        #expect(spans(both) { $0.new } == spans(new) { $0.old })
        #expect(!spans(both) { $0.new }.isEmpty)
    }

    @Test("a guard, or a rule that comes first, is a reason as well")
    func reasons() throws {
        let first = """
            - { name: first, when: { conversation: {} }, then: { status: Meal } }
            \(DecisionEngine.flagged)
            """
        let result = try ReplayResult.of(Self.call, DecisionEngine.flagged, first)
        #expect(
            result.agents.first?.differences.map(\.reason) == [
                "old: there is no rule 'first'", "new: rule 'first' decides before rule 'flagged'",
                "old: there is no rule 'first'",
            ]
        )
        let shadow = DecisionEngine.flagged.replacingOccurrences(
            of: "- name: flagged",
            with: "- name: flagged\n  mode: observe"
        )
        let observed = try ReplayResult.of(Self.call, DecisionEngine.flagged, shadow)
        #expect(observed.agents.first?.differences.map(\.reason) == ["new: rule 'flagged' only observes"])
        let offline: [RecordedEvent] = [.presence(.offline, at: .nine)] + Self.call.dropFirst()
        let guarded = DecisionEngine.flagged + "\n  guards: { offline: false }"
        let held = try ReplayResult.of(offline, guarded, DecisionEngine.flagged)
        #expect(held.agents.first?.differences.first?.reason.contains("Offline") == true)
    }

    @Test("the same status by another rule is no difference")
    func sameStatus() throws {
        let renamed = DecisionEngine.flagged.replacingOccurrences(of: "name: flagged", with: "name: renamed")
        let result = try ReplayResult.of(Self.call, DecisionEngine.flagged, renamed)
        #expect(result.agents.first?.new.map(\.text) == ["60–360 Break (renamed)"])
        #expect(result.differenceCount == 0)
    }

    @Test("what the relay has set itself is no choice of the agent, and nothing that would be there under other rules")
    func ownChanges() throws {
        // The journal of a relay that had set Break at 60 s and put On Queue back at 360 s.
        var events = Self.call
        events.insert(.presence(.break, definition: "break", key: "set", at: .nine(61)), at: 3)
        var activity = ActivityObservation()
        var seen = PresenceObservation()
        (seen.definitionID, seen.system, seen.modifiedAt) = ("break", .break, .nine(61))
        (activity.presence, activity.routingStatus) = (seen, RoutingStatusObservation(status: "OFF_QUEUE"))
        let mirrored = RecordedEvent(
            Notification(topicName: "v2.users.a.activity", event: .activity(userID: "a", activity)),
            at: .nine(62),
            key: "activity"
        )
        events.insert(mirrored, at: 4)
        events.insert(.presence(.onQueue, definition: "queue", key: "back", at: .nine(361)), at: 6)
        var own = OwnChanges()
        own.note(.event(agentID: "a", key: "set"))
        own.note(.write(agentID: "a", definitionID: "queue", modifiedAt: .nine(361)))

        let meals = "- { name: meal, when: { presence: Break }, then: { status: Meal } }"
        let result = try ReplayResult.of(events, DecisionEngine.flagged, meals, own: own)
        #expect(result.counts.ownChanges == 3)
        #expect(result.agents.first?.old.map(\.text) == ["60–360 Break (flagged)"])
        #expect(result.agents.first?.new.isEmpty == true, "the Break in the journal is not there under other rules")
        let unknown = try ReplayResult.of(events, DecisionEngine.flagged, meals)
        #expect(unknown.agents.first?.new.isEmpty == false, "without that knowledge it is taken for the agent's own")
    }

    @Test("a presence that a person has chosen still counts")
    func byHand() throws {
        var events = Self.call
        events.insert(.presence(.meeting, at: .nine(120)), at: 3)
        let result = try ReplayResult.of(events, DecisionEngine.flagged)
        #expect(result.agents.first?.old.map(\.text) == ["60–120 Break (flagged)"])
    }

    @Test("own changes are found in lines of the history and in an agent's record")
    func lines() throws {
        func line(_ kind: HistoryEntry.Kind, _ summary: String, _ detail: String) -> OwnChanges.Line? {
            OwnChanges.Line(
                HistoryEntry(agentID: "a", at: .nine, kind: kind, summary: summary, detail: Array(detail.utf8))
            )
        }
        guard
            case .event("a", "eb:1")? = line(
                .guarded,
                DecisionEngine.ownChange,
                #"{"eventKey":"eb:1","topic":"t","changes":[]}"#
            )
        else {
            Issue.record("the echo is not found")
            return
        }
        let accepted = #"{"state":"accepted","attempts":1,"definitionId":"d","modifiedAt":"2026-03-02T09:00:00.000Z"}"#
        guard case .write("a", "d", .nine)? = line(.call, "Genesys answered 2xx", accepted) else {
            Issue.record("the write is not found")
            return
        }
        #expect(line(.guarded, "the agent is Offline", #"{"eventKey":"eb:1"}"#) == nil)
        #expect(line(.call, "set Break: sent", #"{"state":"sent","attempts":1}"#) == nil)
        // The relay's own history has what is looked for.
        var record = AgentRecord(id: "a")
        let engine = try DecisionEngine.rules(DecisionEngine.flagged)
        let rehearsal = Rehearsal(engine: engine, from: .nine)
        rehearsal.take(.presence(.onQueue, at: .nine), .call("c", ["wfm_status": "Break"], at: .nine(10)))
        record = try #require(rehearsal.record(of: "a"))
        var own = OwnChanges()
        own.note(record)
        #expect(own.count == 1)
    }

    @Test("a presence that is not known is waited for, since the answer to the relay's read is in the journal")
    func unknownPresence() throws {
        let read = RecordedEvent(
            RecordedEvent.presence(.offline, at: .nine(0)).notification,
            at: .nine(61),
            key: "read:1",
            source: .observation
        )
        var events = Array(Self.call.dropFirst())
        events.insert(read, at: 2)
        #expect(try ReplayResult.of(events, DecisionEngine.flagged).agents.isEmpty)
        let unanswered = try ReplayResult.of(Array(Self.call.dropFirst()), DecisionEngine.flagged)
        #expect(unanswered.agents.first?.old.map(\.text) == ["70–360 Break (flagged)"])
    }

    @Test("only the agents that are asked for count")
    func chosen() throws {
        let events = Self.call + [.call("d", of: "b", ["wfm_status": "Break"], at: .nine(700))]
        #expect(try ReplayResult.of(events, DecisionEngine.flagged).agents.map(\.id) == ["a", "b"])
        let result = try ReplayResult.of(events, DecisionEngine.flagged, agents: ["b"])
        #expect(result.agents.map(\.id) == ["b"])
        #expect(result.counts.unused == 3)
    }

    @Test("agents are shared out evenly, also when their ids were counted up", arguments: [100, 1000])
    func parts(agents: Int) {
        let ids = (0..<agents).map { "11111111-0000-4000-8000-" + String(1_000_000_000_000 + $0).dropFirst() }
        let first = ids.count { ReplayParts.part(of: $0.utf8) == 0 }
        #expect(abs(first - agents / 2) <= agents / 10)
    }
}
