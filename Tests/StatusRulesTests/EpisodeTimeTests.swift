// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import Testing

@testable import StatusRules

@Suite("Episode: minimum and cooldown")
struct EpisodeTimeTests {
    // MARK: minimum

    private func held() -> EpisodeScene {
        var scene = EpisodeScene(
            .routing("urgent", "INTERACTING", wants: "Meeting"),
            .flagged("flagged", RuleBehavior(minimum: .seconds(120))),
            .routing("later", "IDLE", wants: "Meeting")
        )
        scene.talk(flag: "Break")
        scene.deliver(scene.look().sets)
        return scene
    }

    @Test("a status is held for its minimum after its rule has let go, and released then")
    func minimum() {
        var scene = held()
        let end = scene.state.episode?.minimumEnd
        #expect(end == scene.now.advanced(by: .seconds(119)), "it counts from the decision")
        #expect(scene.look() == nil)
        #expect(scene.wakeAt == nil, "while the rule matches it does not matter")
        scene.hangUp()
        let kept = scene.look()
        #expect(kept.isGuard)
        #expect(kept.reason == "rule 'flagged' holds Break until 1970-01-01T00:18:40.000Z (minimum 2m)")
        #expect(scene.wakeAt == end)
        scene.pass(.seconds(60))
        #expect(scene.look() == nil)
        scene.now = end ?? scene.now
        #expect(scene.look().restores?.definitionID == "available")
        #expect(scene.wakeAt == nil)
    }

    @Test("a rule that matches again within the minimum goes on with the episode")
    func matchesAgain() {
        var scene = held()
        scene.hangUp()
        _ = scene.look()
        scene.talk("d", flag: "Break")
        #expect(scene.look() == nil)
        scene.pass(.seconds(3600))
        #expect(scene.look() == nil)
        scene.hangUp("d")
        #expect(scene.look().restores != nil)
    }

    @Test("the agent ends a status within its minimum")
    func minimumByHand() {
        var scene = held()
        scene.hangUp()
        _ = scene.look()
        scene.choose("meal", .meal)
        #expect(scene.look().isEnd)
        #expect(scene.state.episode == nil)
    }

    @Test("an earlier rule takes over within the minimum")
    func earlierRule() {
        var scene = held()
        scene.route("INTERACTING")
        #expect(scene.look().sets?.definitionID == "meeting")
    }

    @Test("a later rule, and another status of the same rule, wait for the end of the minimum")
    func laterRule() {
        var scene = held()
        let end = scene.state.episode?.minimumEnd ?? scene.now
        scene.hangUp()
        scene.route("IDLE")
        #expect(scene.look().isGuard)
        #expect(scene.wakeAt == end)
        #expect(scene.look() == nil)
        scene.now = end
        #expect(scene.look().sets?.definitionID == "meeting")

        scene = held()
        scene.flag("Meeting")
        #expect(scene.look().isGuard)
        #expect(scene.wakeAt == end)
        scene.now = end
        #expect(scene.look().sets?.definitionID == "meeting")
    }

    // MARK: cooldown

    private func rested(_ release: Release = .restore) -> EpisodeScene {
        var scene = EpisodeScene(
            .routing("urgent", "INTERACTING", wants: "Meeting"),
            .flagged("flagged", RuleBehavior(release: release, cooldown: .seconds(600)))
        )
        scene.talk(flag: "Break")
        scene.deliver(scene.look().sets)
        return scene
    }

    /// The rule rests from now on: it matches and begins nothing, until its time is over.
    private func expectRest(_ scene: inout EpisodeScene, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
        let end = scene.now.advanced(by: .seconds(600))
        scene.pass(.seconds(1))
        scene.talk("next", flag: "Break")
        let guarded = scene.look()
        #expect(guarded.isGuard, sourceLocation: sourceLocation)
        #expect(
            guarded.reason == "rule 'flagged' begins no episode before \(end) (cooldown 10m)",
            sourceLocation: sourceLocation
        )
        #expect(scene.look() == nil, "it is said once", sourceLocation: sourceLocation)
        #expect(scene.wakeAt == end, sourceLocation: sourceLocation)
        scene.now = end.advanced(by: .milliseconds(-1))
        #expect(scene.look() == nil, sourceLocation: sourceLocation)
        scene.now = end
        #expect(scene.look().sets?.definitionID == "break", sourceLocation: sourceLocation)
    }

    @Test("after its end a rule begins nothing for its cooldown, however it ended")
    func cooldown() {
        var released = rested()
        released.hangUp()
        released.deliver(released.look().restores)
        released.pass(.seconds(-1))
        expectRest(&released)

        var kept = rested(.keep)
        kept.hangUp()
        #expect(kept.look().isEnd)
        kept.choose("available", .available)
        kept.pass(.seconds(-1))
        expectRest(&kept)

        var byHand = rested()
        byHand.choose("available", .available)
        #expect(byHand.look().isEnd)
        byHand.hangUp()
        _ = byHand.look()
        byHand.pass(.seconds(-1))
        expectRest(&byHand)

        var takenOver = rested()
        takenOver.route("INTERACTING")
        let end = takenOver.now
        takenOver.deliver(takenOver.look().sets)
        takenOver.route(nil)
        takenOver.now = end
        takenOver.hangUp("c")
        #expect(takenOver.look().restores != nil)
        takenOver.now = end
        expectRest(&takenOver)
    }

    @Test("another status of the same episode is no new one")
    func sameEpisode() {
        var scene = rested()
        scene.flag("Meeting")
        #expect(scene.look().sets?.definitionID == "meeting")
    }

    @Test("a rule without the cooldown, as after a change of the rules, does not rest any more")
    func removed() {
        var scene = rested()
        scene.hangUp()
        scene.deliver(scene.look().restores)
        scene.rules[1].behavior.cooldown = nil
        scene.talk("d", flag: "Break")
        #expect(scene.look().sets != nil)
    }

    @Test("nothing is kept of a cooldown that is over")
    func forgotten() {
        var scene = rested()
        scene.hangUp()
        scene.deliver(scene.look().restores)
        scene.pass(.seconds(600))
        _ = scene.look()
        #expect(scene.state == EpisodeState())
    }

    @Test("a resting rule arms nothing; what is still wanted when it has rested is armed then")
    func armedAfterRest() {
        var scene = rested()
        scene.rules[1].behavior.apply = .afterInteraction
        scene.hangUp()
        scene.deliver(scene.look().restores)
        scene.talk("d", flag: "Break")
        #expect(scene.look().isGuard)
        #expect(scene.state.armed == nil)
        let end = scene.wakeAt
        #expect(end != nil)
        scene.now = end ?? scene.now
        #expect(scene.look().isArmed)
    }

    @Test("news without a time is as old as its receipt, and what nobody has received is new")
    func ages() {
        let receipt = Timestamp(milliseconds: 1_000_000)
        let now = receipt.advanced(by: .seconds(3600))
        #expect(Trigger(eventKey: "a", receivedAt: receipt).age(at: now) == .seconds(3600))
        #expect(Trigger(eventKey: "a", eventTime: now, receivedAt: receipt).age(at: now) == .zero)
        #expect(Trigger(eventKey: "a").age(at: now) == .zero)
    }
}
