// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import StatusRules
import Testing

@Suite("Episode: what is waited for")
struct AwaitedEndTests {
    @Test(
        "an armed status waits for its conversation, and for after-call work when it is to",
        arguments: [(ApplyTiming.afterInteraction, AwaitedEnd.Kind.afterInteraction), (.afterCallWork, .afterCallWork)]
    )
    func armed(apply: ApplyTiming, kind: AwaitedEnd.Kind) {
        var scene = EpisodeScene(.flagged("flagged", RuleBehavior(apply: apply)))
        #expect(scene.state.awaitedEnd == nil)
        scene.talk(flag: "Break")
        _ = scene.look()
        let awaited = scene.state.awaitedEnd
        #expect(awaited?.kind == kind)
        #expect(awaited?.rule == "flagged" && awaited?.status == "Break")
        #expect(awaited?.since == scene.now && awaited?.until == nil)
        #expect(awaited?.conversationIDs == ["c"])
        scene.hangUp()
        _ = scene.look()
        #expect(scene.state.awaitedEnd == nil)
    }

    @Test("a status whose rule has let go is held until its minimum is over, and then on its way back")
    func minimum() {
        var scene = EpisodeScene(.flagged("flagged", RuleBehavior(minimum: .seconds(120))))
        scene.talk(flag: "Break")
        scene.deliver(scene.look().sets)
        _ = scene.look()
        #expect(scene.state.awaitedEnd == nil, "while the rule matches nothing is waited for")
        let end = scene.state.episode?.minimumEnd
        scene.hangUp()
        _ = scene.look()
        #expect(scene.state.awaitedEnd?.kind == .minimum)
        #expect(scene.state.awaitedEnd?.status == "Break")
        #expect(end != nil && scene.state.awaitedEnd?.until == end)
        scene.pass(.seconds(120))
        let restored = scene.look().restores
        #expect(scene.state.awaitedEnd?.kind == .release)
        scene.deliver(restored)
        #expect(scene.state.awaitedEnd == nil)
    }

    @Test("a rule that matches and rests waits for the end of its cooldown")
    func cooldown() {
        var scene = EpisodeScene(.flagged("flagged", RuleBehavior(release: .keep, cooldown: .seconds(600))))
        scene.talk(flag: "Break")
        scene.deliver(scene.look().sets)
        scene.hangUp()
        _ = scene.look()
        let end = scene.now.advanced(by: .seconds(600))
        #expect(scene.state.awaitedEnd == nil, "it does not match")
        scene.talk("next", flag: "Break")
        _ = scene.look()
        #expect(scene.state.awaitedEnd?.kind == .cooldown)
        #expect(scene.state.awaitedEnd?.rule == "flagged" && scene.state.awaitedEnd?.status == nil)
        #expect(scene.state.awaitedEnd?.until == end)
    }
}
