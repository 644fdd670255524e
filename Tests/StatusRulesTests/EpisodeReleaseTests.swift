// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import StatusRules
import Testing

@Suite("Episode: release")
struct EpisodeReleaseTests {
    private func scene(
        _ behavior: RuleBehavior = RuleBehavior(release: .status("Available")),
        from presence: String = "meal",
        _ system: SystemPresence = .meal
    ) -> EpisodeScene {
        var scene = EpisodeScene(.flagged("flagged", behavior), .routing("idle", "IDLE", wants: "Meeting"))
        scene.see(presence, system, at: 10)
        scene.talk(flag: "Break")
        return scene
    }

    @Test("release: STATUS sets that status instead of the earlier presence")
    func status() {
        var scene = scene()
        scene.deliver(scene.look().sets)
        scene.hangUp()
        let released = scene.look()
        #expect(released.restores?.definitionID == "available")
        #expect(released.reason == "rule 'flagged' no longer matches: release to Available")
    }

    @Test("release: STATUS sets nothing when the agent has changed the status, or nothing was written")
    func conditions() {
        var changed = scene()
        changed.deliver(changed.look().sets)
        changed.choose("away", .away)
        #expect(changed.look().isEnd)
        changed.hangUp()
        #expect(changed.look() == nil)

        var untouched = scene(from: "break", .break)
        _ = untouched.look()
        untouched.hangUp()
        #expect(untouched.look().isEnd)
    }

    @Test("what the agent chooses while the status of release is on its way is what counts")
    func chosenMeanwhile() {
        var scene = scene()
        scene.deliver(scene.look().sets)
        scene.hangUp()
        _ = scene.look()
        scene.send("available")
        scene.choose("away", .away)
        #expect(scene.look() == nil, "the answer decides")
        scene.pass(.seconds(1))
        scene.accept("available", at: scene.now.milliseconds)
        let restored = scene.look()
        #expect(restored.restores?.definitionID == "away")
        #expect(restored.reason?.hasPrefix("the agent had changed the status to AWAY just before") == true)
    }

    @Test(
        "what the agent had chosen before the episode's own write does not come in the place of the status of release"
    )
    func chosenBefore() {
        var scene = scene()
        _ = scene.look()
        scene.send("break")
        scene.choose("away", .away)
        #expect(scene.look() == nil)
        scene.pass(.seconds(1))
        scene.accept("break", at: scene.now.milliseconds)
        scene.see("break", .break, at: scene.now.milliseconds)
        scene.isOutstanding = false
        #expect(scene.look() == nil)
        scene.hangUp()
        #expect(scene.look().restores?.definitionID == "available")
        #expect(scene.look() == nil)
    }

    @Test("an episode that begins before the release is done goes back to the status of release")
    func nextEpisode() {
        var scene = scene()
        scene.deliver(scene.look().sets)
        scene.hangUp()
        #expect(scene.look().restores?.definitionID == "available")
        scene.route("IDLE")
        #expect(scene.look().sets?.definitionID == "meeting")
        scene.deliver(EpisodeScene.targets["Meeting"])
        scene.route("OFF_QUEUE")
        #expect(scene.look().restores?.definitionID == "available")
    }

    @Test("release: STATUS of which there is no presence definition any more leaves the status as it is")
    func unresolved() {
        var scene = scene()
        scene.deliver(scene.look().sets)
        scene.targets["Available"] = nil
        scene.hangUp()
        let ended = scene.look()
        #expect(ended.isEnd)
        #expect(ended.reason?.contains("'Available'") == true)
    }

    @Test("an end older than maxReleaseAge releases nothing before something newer is heard")
    func maxReleaseAge() {
        var scene = scene(RuleBehavior())
        scene.deliver(scene.look().sets)
        scene.hangUp()
        scene.eventTime = scene.now
        scene.pass(.seconds(86_401))
        let guarded = scene.look()
        #expect(guarded.isGuard)
        #expect(guarded.reason?.contains("older than maxReleaseAge 24 h") == true)
        #expect(scene.look() == nil, "it is said once")
        #expect(scene.state.episode != nil)
        scene.eventTime = nil
        #expect(scene.look().restores?.definitionID == "meal")
    }

    @Test("a rule may have a maxReleaseAge of its own")
    func ownReleaseAge() {
        var behavior = RuleBehavior()
        behavior.guards.maxReleaseAge = .seconds(60)
        var scene = scene(behavior)
        scene.deliver(scene.look().sets)
        scene.hangUp()
        scene.eventTime = scene.now.advanced(by: .seconds(-61))
        #expect(scene.look().reason?.contains("maxReleaseAge 60 s") == true)
    }
}
