// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import StatusRules
import Testing

@Suite("Episode: apply")
struct EpisodeApplyTests {
    private func scene(_ apply: ApplyTiming = .afterInteraction, minimum: Duration? = nil) -> EpisodeScene {
        EpisodeScene(.flagged("flagged", RuleBehavior(apply: apply, minimum: minimum)))
    }

    @Test("a flag in a call is armed and writes nothing before the call is over")
    func arms() {
        var scene = scene()
        scene.talk(flag: "Break")
        scene.eventKey = "flag"
        let armed = scene.look()
        #expect(armed.isArmed && !armed.isGuard)
        #expect(armed.reason == "rule 'flagged' wants Break once the interaction is over")
        #expect(scene.state.episode == nil)
        #expect(scene.state.armed?.waiting.conversationIDs == ["c"])
        #expect(scene.look() == nil, "it is said once")
        scene.hangUp()
        scene.eventKey = "end"
        let set = scene.look()
        #expect(set.sets?.definitionID == "break")
        #expect(set.reason == "the interaction is over: rule 'flagged' wants Break")
        #expect(scene.state.armed == nil)
        #expect(scene.state.episode?.eventKey == "flag", "it is owed to the event that armed it")
    }

    @Test("what was set after its rule had let go stays until the agent changes it")
    func outlasts() {
        var scene = scene()
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.hangUp()
        scene.deliver(scene.look().sets)
        #expect(scene.look() == nil)
        scene.facts.conversations = []
        scene.pass(.seconds(86_400))
        #expect(scene.look() == nil)
        #expect(scene.wakeAt == nil)
        scene.choose("available", .available)
        #expect(scene.look().isEnd)
        #expect(scene.look() == nil)
    }

    @Test("what was set after its rule had let go is released when its minimum is over")
    func outlastsMinimum() {
        var scene = scene(minimum: .seconds(120))
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.hangUp()
        let set = scene.look()
        let decidedAt = scene.now
        scene.deliver(set.sets)
        #expect(scene.look().isGuard)
        #expect(scene.look() == nil, "it is said once")
        #expect(scene.wakeAt == decidedAt.advanced(by: .seconds(120)))
        scene.now = decidedAt.advanced(by: .seconds(120))
        let released = scene.look()
        #expect(released.restores?.definitionID == "available")
        #expect(released.reason == "the minimum of rule 'flagged' is over: restore AVAILABLE")
    }

    @Test("another rule takes over what was set after its rule had let go, and puts back what was before both")
    func takenOver() {
        var scene = EpisodeScene(
            .flagged("flagged", RuleBehavior(apply: .afterInteraction)),
            .routing("idle", "IDLE", wants: "Meeting")
        )
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.hangUp()
        scene.deliver(scene.look().sets)
        scene.route("IDLE")
        scene.deliver(scene.look().sets)
        #expect(scene.facts.presence?.definitionID == "meeting")
        scene.route("OFF_QUEUE")
        #expect(scene.look().restores?.definitionID == "available")
    }

    @Test("a flag that is taken back in the call disarms, and nothing is written")
    func takenBack() {
        var scene = scene()
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.flag(nil)
        let disarmed = scene.look()
        #expect(disarmed.isDisarmed)
        #expect(
            disarmed.reason
                == "rule 'flagged' no longer matches: Break is not wanted any more once the interaction is over"
        )
        scene.hangUp()
        #expect(scene.look() == nil)
    }

    @Test("a flag that is taken back with the very event that ends the call disarms too")
    func takenBackAtTheEnd() {
        var scene = scene()
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.flag(nil)
        scene.hangUp()
        #expect(scene.look().isDisarmed)
    }

    @Test("another flag in the call arms another status, and the last one is set")
    func changed() {
        var scene = scene()
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.flag("Meeting")
        #expect(scene.look().reason == "rule 'flagged' wants Meeting once the interaction is over")
        scene.hangUp()
        #expect(scene.look().sets?.definitionID == "meeting")
    }

    @Test("a flag that changes after the call, in after-call work, counts as it is then")
    func changedInAfterCallWork() {
        var scene = scene(.afterCallWork)
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.hangUp(afterCallWork: "pending")
        #expect(scene.look() == nil)
        scene.flag("Meeting")
        #expect(scene.look().reason == "rule 'flagged' wants Meeting once after-call work is done")
        scene.flag(nil)
        #expect(scene.look().isDisarmed, "taken back")
        scene.hangUp(afterCallWork: "complete")
        #expect(scene.look() == nil)
    }

    @Test("afterInteraction does not wait for after-call work, afterCallWork does", arguments: ApplyTiming.allCases)
    func afterCallWork(apply: ApplyTiming) {
        var scene = scene(apply)
        scene.talk(flag: "Break")
        #expect((scene.look().sets != nil) == (apply == .now))
        scene.hangUp(afterCallWork: "pending")
        let ended = scene.look()
        switch apply {
        case .now: #expect(ended.isEnd, "nothing was written yet")
        case .afterInteraction: #expect(ended.sets?.definitionID == "break")
        case .afterCallWork:
            #expect(ended == nil)
            #expect(scene.state.armed?.waiting.kind == .afterCallWork)
            scene.hangUp(afterCallWork: "complete")
            let set = scene.look()
            #expect(set.sets?.definitionID == "break")
            #expect(set.reason == "after-call work is done: rule 'flagged' wants Break")
        }
    }

    @Test("a second conversation that goes on is waited for as well, and does not take the wish back")
    func twoConversations() {
        var scene = scene()
        scene.talk("c1", flag: "Break")
        scene.talk("c2")
        _ = scene.look()
        scene.hangUp("c1")
        #expect(scene.look() == nil)
        #expect(scene.state.armed?.waiting.conversationIDs == ["c2"])
        // The ended one is forgotten meanwhile.
        scene.facts.conversations.removeAll { $0.id == "c1" }
        #expect(scene.look() == nil)
        scene.hangUp("c2")
        #expect(scene.look().sets?.definitionID == "break")
    }

    @Test("a flag in the next call that is taken back there leaves the wish of the first one alone")
    func flagOfTheNextCall() {
        var scene = scene(.afterCallWork)
        scene.talk("c1", flag: "Break")
        _ = scene.look()
        scene.hangUp("c1", afterCallWork: "pending")
        scene.talk("c2", flag: "Break")
        #expect(scene.look() == nil)
        #expect(scene.state.armed?.conversationID == "c2")
        scene.flag(nil, in: "c2")
        #expect(scene.look() == nil)
        #expect(scene.state.armed?.conversationID == "c1")
        scene.hangUp("c1", afterCallWork: "complete")
        scene.hangUp("c2")
        #expect(scene.look().sets?.definitionID == "break")
    }

    @Test("with no conversation going on a status is set at once")
    func nothingToWaitFor() {
        var scene = EpisodeScene(.routing("idle", "IDLE", wants: "Break", RuleBehavior(apply: .afterInteraction)))
        scene.route("IDLE")
        let set = scene.look()
        #expect(set.reason == "rule 'idle' wants Break")
        scene.deliver(set.sets)
        scene.route("OFF_QUEUE")
        #expect(scene.look().restores?.definitionID == "available", "its rule let go like any other")
    }

    @Test("an alert that nobody has answered is not waited for")
    func alerting() {
        var scene = EpisodeScene(.routing("idle", "IDLE", wants: "Break", RuleBehavior(apply: .afterInteraction)))
        scene.facts.conversations = [.mock("c", state: "alerting")]
        scene.route("IDLE")
        #expect(scene.look().sets?.definitionID == "break")
    }

    @Test("what an agent chooses while a status is armed takes it back, and it comes anew with the next match")
    func byHand() {
        var scene = scene()
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.choose("meal", .meal)
        let disarmed = scene.look()
        #expect(disarmed.isDisarmed)
        #expect(disarmed.reason?.contains("changed the status to MEAL by hand") == true)
        #expect(scene.look().isGuard)
        scene.hangUp()
        #expect(scene.look() == nil)
        scene.talk("d", flag: "Break")
        #expect(scene.look().isArmed)
    }

    @Test("to choose the same once more, or what is wanted anyway, takes nothing back")
    func sameByHand() {
        var scene = scene()
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.choose("available", .available)
        #expect(scene.look() == nil)
        scene.choose("break", .break)
        #expect(scene.look() == nil)
        scene.hangUp()
        #expect(scene.look().sets?.definitionID == "break")
    }

    @Test("an agent who goes Offline while a status is armed stays Offline")
    func offline() {
        var scene = scene()
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.choose("offline", .offline)
        #expect(scene.look().isDisarmed)
        scene.hangUp()
        #expect(scene.look() == nil)
    }

    @Test("an unknown presence is read while the status waits, and again when it was never seen")
    func unknownPresence() {
        var scene = scene()
        scene.facts.presence = nil
        scene.talk(flag: "Break")
        let steps = scene.steps()
        #expect(steps.count == 2)
        #expect(steps.last == .readPresence)
        scene.hangUp()
        #expect(scene.look() == .readPresence)
        scene.see("available", .available, at: scene.now.milliseconds)
        #expect(scene.look().sets?.definitionID == "break")
    }

    @Test("an end that is heard too late sets nothing, and what has waited for it is over")
    func lateEnd() {
        var scene = scene()
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.hangUp()
        scene.eventTime = scene.now
        scene.pass(.seconds(121))
        let late = scene.look()
        #expect(late.isGuard)
        #expect(late.reason?.contains("maxEventAge") == true)
        #expect(late.reason?.contains("Break is not wanted any more") == true)
        scene.eventTime = nil
        #expect(scene.look() == nil)
    }

    @Test("an old flag arms nothing, and a fresh event does")
    func lateFlag() {
        var scene = scene()
        scene.talk(flag: "Break")
        scene.eventTime = scene.now.advanced(by: .seconds(-121))
        #expect(scene.look().isGuard)
        scene.eventTime = scene.now
        #expect(scene.look().isArmed)
        scene.eventTime = scene.now.advanced(by: .seconds(-3600))
        #expect(scene.look() == nil, "old news takes nothing back")
    }

    @Test("an earlier rule that matches meanwhile decides, and what was armed is gone")
    func earlierRule() {
        var scene = EpisodeScene(
            .routing("urgent", "IDLE", wants: "Meeting"),
            .flagged("flagged", RuleBehavior(apply: .afterInteraction))
        )
        scene.talk(flag: "Break")
        #expect(scene.look().isArmed)
        scene.hangUp()
        scene.route("IDLE")
        let steps = scene.steps()
        #expect(steps.first.isDisarmed)
        #expect(steps.last.sets?.definitionID == "meeting")
        scene.deliver(steps.last.sets)
        scene.route("OFF_QUEUE")
        #expect(scene.look().restores != nil)
    }

    @Test("a later rule that matches at the end of the call does not come before what was armed")
    func laterRule() {
        var scene = EpisodeScene(
            .flagged("flagged", RuleBehavior(apply: .afterCallWork)),
            .routing("after", "IDLE", wants: "Meeting")
        )
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.hangUp(afterCallWork: "pending")
        scene.route("IDLE")
        #expect(scene.look() == nil)
        scene.hangUp(afterCallWork: "complete")
        #expect(scene.look().sets?.definitionID == "break")
    }

    @Test("the status of another rule stays while its rule matches, and goes when that lets go, armed or not")
    func besideAnother() {
        var scene = EpisodeScene(
            .flagged("flagged", RuleBehavior(apply: .afterInteraction)),
            .routing("idle", "IDLE", wants: "Meeting")
        )
        scene.route("IDLE")
        scene.deliver(scene.look().sets)
        scene.talk(flag: "Break")
        #expect(scene.look().isArmed)
        #expect(scene.state.episode?.rule == "idle")
        scene.route("INTERACTING")
        #expect(scene.look().restores?.definitionID == "available")
        #expect(scene.state.armed?.rule == "flagged")
        scene.deliver(EpisodeScene.targets["Available"])
        scene.hangUp()
        scene.deliver(scene.look().sets)
        #expect(scene.facts.presence?.definitionID == "break")
        #expect(scene.state.episode?.base.saved.definitionID == "available")
    }

    @Test("a wish whose rule is gone from the configuration is gone")
    func ruleRemoved() {
        var scene = scene(.afterCallWork)
        scene.talk(flag: "Break")
        _ = scene.look()
        scene.hangUp(afterCallWork: "pending")
        _ = scene.look()
        scene.rules = []
        #expect(scene.look().isDisarmed)
    }
}
