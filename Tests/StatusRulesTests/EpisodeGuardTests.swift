// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import StatusRules
import Testing

@Suite("Episode: guards of a rule")
struct EpisodeGuardTests {
    private func scene(_ change: (inout RuleGuards) -> Void) -> EpisodeScene {
        var behavior = RuleBehavior()
        change(&behavior.guards)
        var scene = EpisodeScene(.flagged("flagged", behavior))
        scene.talk(flag: "Break")
        return scene
    }

    // MARK: humanChange: false

    @Test("without the guard a change by hand is undone while the rule matches, and is what is put back at its end")
    func contested() {
        var scene = scene { $0.humanChange = false }
        scene.deliver(scene.look().sets)
        scene.choose("meal", .meal)
        let again = scene.look()
        #expect(again.sets?.definitionID == "break")
        #expect(
            again.reason
                == "the agent changed the status to MEAL by hand: rule 'flagged' sets Break again"
                + " (guards.humanChange: false, 1 of 3 times in 10 min)"
        )
        #expect(scene.look() == nil, "one answer to one change")
        scene.deliver(again.sets)
        scene.hangUp()
        #expect(scene.look().restores?.definitionID == "meal")
    }

    @Test("whoever changes the status more often than three times in ten minutes has it their way")
    func warOfWrites() {
        var scene = scene { $0.humanChange = false }
        scene.deliver(scene.look().sets)
        for _ in 1...3 {
            scene.choose("meal", .meal)
            scene.deliver(scene.look().sets)
        }
        scene.choose("meal", .meal)
        let lost = scene.look()
        #expect(lost.isEnd)
        #expect(lost.reason == "the agent changed the status to MEAL by hand, after 3 times in 10 min: it stays")
        #expect(scene.look().isGuard)
        #expect(scene.look() == nil)
        // The next match begins, and is as bounded.
        scene.hangUp()
        _ = scene.look()
        scene.talk("d", flag: "Break")
        scene.deliver(scene.look().sets)
        scene.choose("meal", .meal)
        #expect(scene.look().isEnd)
    }

    @Test("after ten minutes of peace a change by hand is undone again")
    func peace() {
        var scene = scene { $0.humanChange = false }
        scene.deliver(scene.look().sets)
        for _ in 1...3 {
            scene.choose("meal", .meal)
            scene.deliver(scene.look().sets)
        }
        scene.pass(.seconds(600))
        scene.choose("meal", .meal)
        #expect(scene.look().sets != nil)
    }

    @Test("a change by hand that meets the end of the match stays")
    func contestAtTheEnd() {
        var scene = scene { $0.humanChange = false }
        scene.deliver(scene.look().sets)
        scene.choose("meal", .meal)
        scene.hangUp()
        #expect(scene.look().isEnd)
        #expect(scene.look() == nil)
    }

    @Test("Offline is not contested unless that guard is off too")
    func contestOffline() {
        var guarded = scene { $0.humanChange = false }
        guarded.deliver(guarded.look().sets)
        guarded.choose("offline", .offline)
        #expect(guarded.look().isEnd)

        var free = scene {
            $0.humanChange = false
            $0.offline = false
        }
        free.deliver(free.look().sets)
        free.choose("offline", .offline)
        #expect(free.look().sets?.definitionID == "break")
    }

    @Test("without the guard a change by hand takes back nothing that is armed")
    func armed() {
        var scene = scene { $0.humanChange = false }
        scene.rules[0].behavior.apply = .afterInteraction
        #expect(scene.look().isArmed)
        scene.choose("meal", .meal)
        #expect(scene.look() == nil)
        scene.hangUp()
        #expect(scene.look().sets?.definitionID == "break")
        #expect(scene.state.episode?.base.saved.definitionID == "meal")
    }

    // MARK: offline: false

    @Test("without the guard an agent is moved out of Offline, and back at the end")
    func outOfOffline() {
        var scene = scene { $0.offline = false }
        scene.see("offline", .offline, at: 20)
        scene.deliver(scene.look().sets)
        #expect(scene.look() == nil)
        scene.hangUp()
        #expect(scene.look().restores?.system == .offline)
    }

    // MARK: onQueue: true

    @Test("an agent On Queue in an interaction is not taken off the queue before its end")
    func onQueue() {
        var scene = scene { $0.onQueue = true }
        scene.see("on-queue", .onQueue, at: 20)
        let held = scene.look()
        #expect(held.isArmed && held.isGuard)
        #expect(
            held.reason
                == "the agent is On Queue and in an interaction: rule 'flagged' wants Break once the interaction is over"
        )
        #expect(scene.look() == nil)
        scene.hangUp()
        #expect(scene.look().sets?.definitionID == "break")
    }

    @Test("an agent who is not On Queue, or in no interaction, is not held up by that guard")
    func notOnQueue() {
        var scene = scene { $0.onQueue = true }
        #expect(scene.look().sets != nil)
        var idle = EpisodeScene(.routing("idle", "IDLE", wants: "Break"))
        idle.rules[0].behavior.guards.onQueue = true
        idle.see("on-queue", .onQueue, at: 20)
        idle.route("IDLE")
        #expect(idle.look().sets != nil)
    }

    @Test("an agent who leaves the queue by hand has overruled what that guard held up")
    func leavesTheQueue() {
        var scene = scene { $0.onQueue = true }
        scene.see("on-queue", .onQueue, at: 20)
        _ = scene.look()
        scene.choose("available", .available)
        #expect(scene.look().isDisarmed)
    }

    // MARK: maxEventAge

    @Test("a rule may have a maxEventAge of its own, longer or shorter")
    func ownAge() {
        var patient = scene { $0.maxEventAge = .seconds(600) }
        patient.eventTime = patient.now.advanced(by: .seconds(-600))
        #expect(patient.look().sets != nil)
        var strict = scene { $0.maxEventAge = .seconds(5) }
        strict.eventTime = strict.now.advanced(by: .seconds(-6))
        #expect(strict.look().reason == "the event is 6 s old: older than maxEventAge 5 s")
    }

    // MARK: Several rules

    @Test("a rule that a guard keeps from acting does not keep the status of another one whose match is over")
    func guardedBesideAnother() {
        var scene = EpisodeScene(
            .flagged("flagged", RuleBehavior(cooldown: .seconds(600))),
            .routing("idle", "IDLE", wants: "Meeting")
        )
        scene.talk(flag: "Break")
        scene.deliver(scene.look().sets)
        scene.hangUp()
        scene.deliver(scene.look().restores)
        scene.route("IDLE")
        scene.deliver(scene.look().sets)
        scene.talk("d", flag: "Break")
        #expect(scene.look().isGuard)
        #expect(scene.state.episode?.status == "Meeting")
        scene.route("OFF_QUEUE")
        #expect(scene.look().restores?.definitionID == "available")
    }
}
