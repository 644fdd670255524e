// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import StatusRules
import Testing

@Suite("Episode: conversations without news")
struct EpisodeSilenceTests {
    private func scene(_ apply: ApplyTiming) -> EpisodeScene {
        EpisodeScene(.flagged("flagged", RuleBehavior(apply: apply)))
    }

    @Test("a conversation that is waited for and of which nothing is heard is asked for")
    func unheard() {
        var scene = EpisodeScene(.routing("idle", "IDLE", wants: "Break", RuleBehavior(apply: .afterInteraction)))
        scene.policy = EpisodePolicy(conversationTimeout: .seconds(3600))
        scene.facts = .talking(at: scene.now)
        scene.see("available", .available, at: 10)
        scene.route("IDLE")
        #expect(scene.look().isArmed)
        #expect(scene.unheard == [])
        #expect(scene.wakeAt == scene.now.advanced(by: .seconds(3600)))
        scene.pass(.seconds(3600))
        #expect(scene.look() == nil)
        #expect(scene.unheard == ["c"])
    }

    @Test("a conversation that is not trusted any more takes nothing back while it is read again, for five minutes")
    func readAgain() {
        for apply in [ApplyTiming.now, .afterInteraction] {
            var scene = scene(apply)
            scene.policy = EpisodePolicy(conversationTimeout: .seconds(3600))
            scene.facts = .talking(at: scene.now)
            scene.flag("Break")
            scene.see("available", .available, at: 10)
            let first = scene.look()
            if apply == .now { scene.deliver(first.sets) }
            scene.pass(.seconds(3600))
            scene.untrusted = ["c"]
            let kept = scene.look()
            #expect(kept.isGuard)
            #expect(kept.reason?.contains("nothing was heard of conversation c for 60 min: it is read again") == true)
            #expect(scene.look() == nil, "it is said once")
            var answered = scene
            answered.untrusted = []
            #expect(answered.look() == nil)
            scene.now = scene.wakeAt ?? scene.now
            #expect(apply == .now ? scene.look().restores != nil : scene.look().isDisarmed)
        }
    }

    @Test("a flag that is taken back is taken back, whatever else is not heard of")
    func takenBackUnheard() {
        var scene = scene(.afterInteraction)
        scene.policy = EpisodePolicy(conversationTimeout: .seconds(3600))
        scene.facts = .talking(at: scene.now)
        scene.flag("Break")
        scene.see("available", .available, at: 10)
        _ = scene.look()
        scene.untrusted = ["c"]
        scene.flag(nil)
        #expect(scene.look().isDisarmed)
    }
}

extension AgentFacts {
    /// An agent of whom a call was heard then.
    static func talking(at time: Timestamp) -> AgentFacts {
        var facts = AgentFacts(id: "agent")
        let call = CommunicationSnapshot(id: "k", media: .call, state: "connected")
        let participant = ParticipantSnapshot(id: "p", userID: "agent", purpose: "agent", communications: [call])
        let snapshot = ConversationSnapshot(id: "c", participants: [participant])
        let event = Notification(
            topicName: "conversations",
            timestamp: time,
            event: .conversation(userID: "agent", snapshot)
        )
        _ = facts.apply(event, receivedAt: time)
        return facts
    }
}
