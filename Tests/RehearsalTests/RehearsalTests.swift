// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysEvents
import Pipeline
import Rehearsal
import StatusRules
import Testing

@Suite("Rehearsal")
struct RehearsalTests {
    @Test("a presence that is written is the agent's presence from then on, and no change by hand")
    func echo() throws {
        let rehearsal = Rehearsal(engine: try .rules(DecisionEngine.flagged), from: .nine)
        rehearsal.take(.presence(.onQueue, at: .nine))
        let steps = rehearsal.take(.call("c", ["wfm_status": "Break"], at: .nine(10)))
        #expect(steps.count == 1, "the echo leads to nothing, so nobody is told of it")
        #expect(steps.first?.writes.map(\.target.system) == [.break])
        #expect(steps.first?.status == "Break")
        #expect(steps.first?.rule == "flagged")
        let presence = try #require(rehearsal.record(of: "a")?.facts.presence)
        #expect(presence.system == .break)
        #expect(presence.modifiedAt == .nine(10))
        #expect(rehearsal.record(of: "a")?.presenceIsOurs == true)
        let end = rehearsal.take(.attributes(["wfm_status": ""], at: .nine(20)))
        #expect(end.first?.status == nil)
        #expect(end.first?.writes.map(\.target.system) == [.onQueue])
        #expect(rehearsal.record(of: "a")?.facts.presence?.system == .onQueue)
    }

    @Test("a presence that the agent chooses after ours ends the episode")
    func byHand() throws {
        let rehearsal = Rehearsal(engine: try .rules(DecisionEngine.flagged), from: .nine)
        rehearsal.take(.presence(.onQueue, at: .nine), .call("c", ["wfm_status": "Break"], at: .nine(10)))
        let steps = rehearsal.take(.presence(.meeting, at: .nine(30)))
        #expect(steps.first?.status == nil)
        #expect(steps.first?.writes.isEmpty == true)
        #expect(steps.first?.decisions.first?.contains("by hand") == true)
        #expect(rehearsal.record(of: "a")?.facts.presence?.system == .meeting)
    }

    @Test("an older presence that arrives after our write does not cover it")
    func disorder() throws {
        let rehearsal = Rehearsal(engine: try .rules(DecisionEngine.flagged), from: .nine)
        rehearsal.take(.call("c", ["wfm_status": "Break"], at: .nine(10)))
        var late = RecordedEvent.presence(.onQueue, at: .nine(5))
        late.at = .nine(11)
        rehearsal.take(late)
        #expect(rehearsal.record(of: "a")?.facts.presence?.system == .break)
    }

    @Test("nothing is written that is there already, and nothing is put back then")
    func noChange() throws {
        let engine = try DecisionEngine.rules(DecisionEngine.flagged)
        let rehearsal = Rehearsal(engine: engine, from: .nine)
        var chosen = RecordedEvent.presence(.break, at: .nine)
        guard case .presence(let id, var seen) = chosen.notification.event else { return }
        seen.definitionID = engine.targets["Break"]?.definitionID
        chosen.notification.event = .presence(userID: id, seen)
        let steps = rehearsal.take(chosen, .call("c", ["wfm_status": "Break"], at: .nine(10)))
        #expect(steps.last?.status == "Break")
        #expect(steps.last?.writes.isEmpty == true)
        #expect(steps.last?.guards == ["the agent already has BREAK: nothing to write"])
        let end = rehearsal.take(.attributes(["wfm_status": ""], at: .nine(20)))
        #expect(end.last?.writes.isEmpty == true)
        #expect(end.last?.status == nil)
    }

    @Test("a rule that its own presence undoes is stopped, and people are told")
    func undoing() throws {
        let rules = "- { name: chased, when: { presence: On Queue }, then: { status: Break } }"
        let rehearsal = Rehearsal(engine: try .rules(rules), from: .nine)
        let steps = rehearsal.take(.presence(.onQueue, at: .nine))
        #expect(steps.count > 2 && steps.count < 10)
        #expect(Set(steps.dropFirst().map(\.trigger)) == [.echo])
        #expect(steps.last?.notes.contains { $0.contains("without end") } == true)
        // And the next event is taken as ever.
        #expect(!rehearsal.take(.call(at: .nine(60))).isEmpty)
    }

    @Test("a presence that nobody has told of counts as Available at once, unless reads take their time")
    func unknownPresence() throws {
        let event = RecordedEvent.call("c", ["wfm_status": "Break"], at: .nine)
        let atOnce = Rehearsal(engine: try .rules(DecisionEngine.flagged), from: .nine)
        let step = try #require(atOnce.take(event).first)
        #expect(step.status == "Break")
        #expect(step.notes.contains { $0.contains("taken here as AVAILABLE") })

        var options = Rehearsal.Options()
        options.readTakes = .seconds(10)
        let later = Rehearsal(engine: try .rules(DecisionEngine.flagged), from: .nine, options: options)
        #expect(later.take(event).first?.status == nil)
        #expect(later.nextWake == .nine(10))
        #expect(later.advance(to: .nine(9)).isEmpty)
        let answered = later.advance(to: .nine(60))
        #expect(answered.map(\.trigger) == [.read])
        #expect(answered.first?.at == .nine(10))
        #expect(answered.first?.status == "Break")
    }

    @Test("a presence that is told of before the read is answered is the one that counts")
    func toldInTime() throws {
        var options = Rehearsal.Options()
        options.readTakes = .seconds(10)
        let rehearsal = Rehearsal(engine: try .rules(DecisionEngine.flagged), from: .nine, options: options)
        rehearsal.take(.call("c", ["wfm_status": "Break"], at: .nine))
        let steps = rehearsal.take(.presence(.offline, at: .nine(1)))
        #expect(steps.first?.status == nil)
        #expect(steps.first?.guards.first?.contains("Offline") == true)
        #expect(rehearsal.advance(to: .nine(60)).isEmpty)
    }

    @Test("timers fire between events, each at its own time and in their order")
    func timers() throws {
        let rules = """
            - { name: long, when: { conversation: { attributes.x: "1" }, for: 5m }, then: { status: Break } }
            - { name: short, when: { conversation: { attributes.x: "1" }, for: 2m }, then: { status: Meal } }
            """
        let rehearsal = Rehearsal(engine: try .rules(rules), from: .nine)
        rehearsal.take(
            .presence(.onQueue, of: "a", at: .nine),
            .presence(.onQueue, of: "b", at: .nine),
            .call("c", of: "a", ["x": "1"], at: .nine(60)),
            .call("d", of: "b", ["x": "1"], at: .nine(90))
        )
        #expect(rehearsal.nextWake == .nine(180))
        let steps = rehearsal.take(.presence(.available, of: "z", at: .nine(375)))
        #expect(steps.map(\.trigger) == [.timer, .timer, .timer, .event])
        #expect(steps.map(\.agentID) == ["a", "b", "a", "z"])
        #expect(steps.map(\.at) == [.nine(180), .nine(210), .nine(360), .nine(375)])
        #expect(steps.map(\.status) == ["Meal", "Meal", "Break", nil])
        #expect(rehearsal.nextWake == .nine(390))
        #expect(rehearsal.advance(to: .nine(390)).map(\.status) == ["Break"])
        #expect(rehearsal.nextWake == nil)
    }

    @Test("a timer whose reason is gone fires no more")
    func noTimer() throws {
        let rules = "- { name: long, when: { conversation: {}, for: 5m }, then: { status: Break } }"
        let rehearsal = Rehearsal(engine: try .rules(rules), from: .nine)
        rehearsal.take(.call(at: .nine), .call(state: "disconnected", at: .nine(60)))
        #expect(rehearsal.advance(to: .nine(3600)).isEmpty)
    }

    @Test("attributes reach every agent with a part in the conversation, in the order of their ids")
    func attributes() throws {
        let rehearsal = Rehearsal(engine: try .rules(DecisionEngine.flagged), from: .nine)
        rehearsal.take(.call(of: "b", at: .nine), .call(of: "a", at: .nine(1)), .call("d", of: "e", at: .nine(1)))
        let steps = rehearsal.take(.attributes(["wfm_status": "Break"], at: .nine(2)))
        #expect(steps.map(\.agentID) == ["a", "b"])
        #expect(steps.map(\.status) == ["Break", "Break"])
        #expect(rehearsal.take(.attributes([:], in: "unknown", at: .nine(3))).isEmpty)
    }

    @Test("the clock never goes back, and an event from before it is as late as it is")
    func clock() throws {
        let rehearsal = Rehearsal(engine: try .rules(DecisionEngine.flagged), from: .nine)
        rehearsal.take(.presence(.available, at: .nine(600)))
        let steps = rehearsal.take(.call("c", ["wfm_status": "Break"], at: .nine(60)))
        #expect(rehearsal.clock == .nine(600))
        #expect(steps.first?.at == .nine(600))
        #expect(steps.first?.guards.first?.contains("maxEventAge") == true)
    }

    @Test("ended conversations are forgotten after the grace time, as in the running relay")
    func forgetting() throws {
        let rehearsal = Rehearsal(engine: try .rules(DecisionEngine.flagged), from: .nine)
        rehearsal.take(.call(at: .nine), .call(state: "disconnected", at: .nine(60)))
        rehearsal.take(.presence(.available, at: .nine(600)))
        #expect(rehearsal.record(of: "a")?.facts.conversations.count == 1)
        rehearsal.take(.presence(.busy, at: .nine(700)))
        #expect(rehearsal.record(of: "a")?.facts.conversations.isEmpty == true)
    }

    @Test("what is done beside the presence is done once and counts as done")
    func errands() throws {
        let rules = "- { name: tagging, when: { conversation: {} }, then: { tag: { seen: yes } } }"
        let rehearsal = Rehearsal(engine: try .rules(rules), from: .nine)
        #expect(rehearsal.take(.call(at: .nine)).first?.errands.count == 1)
        #expect(rehearsal.record(of: "a")?.errands.isEmpty == true)
        #expect(rehearsal.take(.call("c", ["x": "y"], at: .nine(5))).first?.errands.isEmpty == true)
    }

    @Test("without traces nothing is evaluated twice, and the same is decided")
    func quiet() throws {
        var options = Rehearsal.Options()
        options.traces = false
        let rehearsal = Rehearsal(engine: try .rules(DecisionEngine.flagged), from: .nine, options: options)
        let step = rehearsal.take(.call("c", ["wfm_status": "Break"], at: .nine)).first
        #expect(step?.evaluation == nil)
        #expect(step?.status == "Break")
    }
}
