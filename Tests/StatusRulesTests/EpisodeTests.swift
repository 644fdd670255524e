// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import StatusRules
import Testing

/// Drives one agent's episode by hand: presence, match and write progress as each test says.
private struct Scene {
    var state = EpisodeState()
    var facts = AgentFacts(id: "agent")
    var write = WriteProgress.notSent
    var now = Timestamp(milliseconds: 1_000_000)
    var policy = EpisodePolicy()
    var eventTime: Timestamp?
    var restoring: PresenceTarget?

    static let targets = [
        "Break": PresenceTarget(definitionID: "break", system: .break),
        "Meeting": PresenceTarget(definitionID: "meeting", system: .meeting),
    ]

    init(presence: String? = "available", system: SystemPresence = .available, at: Int64 = 10) {
        if let presence { see(presence, system, at: at) }
    }

    mutating func see(_ id: String, _ system: SystemPresence, at milliseconds: Int64) {
        facts.presence = PresenceFacts(
            definitionID: id, system: system, message: "", modifiedAt: Timestamp(milliseconds: milliseconds)
        )
    }

    mutating func look(_ status: String?, rule: String = "flagged", release: Release = .restore) -> EpisodeStep {
        state.advance(
            facts: facts,
            match: status.map { RuleMatch(rule: rule, status: $0, conversationID: "c", release: release) },
            trigger: Trigger(eventKey: "e", eventTime: eventTime),
            now: now,
            write: write,
            restoring: restoring,
            policy: policy,
            target: { Self.targets[$0] }
        )
    }
}

@Suite("Episode")
struct EpisodeTests {
    @Test("a match sets the status, and the end of it restores the presence of that moment")
    func setAndRestore() {
        var scene = Scene()
        #expect(scene.look("Break") == .set(Scene.targets["Break"]!))
        #expect(scene.state.episode?.saved.definitionID == "available")
        scene.write = .accepted(modifiedAt: Timestamp(milliseconds: 50))
        scene.see("break", .break, at: 50)
        #expect(scene.look("Break") == .none)
        guard case .restore(let target, _) = scene.look(nil) else {
            Issue.record("not restored")
            return
        }
        #expect(target.definitionID == "available")
        #expect(scene.state.episode == nil)
    }

    @Test("release: keep leaves the status as it is")
    func keep() {
        var scene = Scene()
        _ = scene.look("Break", release: .keep)
        scene.write = .accepted(modifiedAt: nil)
        scene.see("break", .break, at: 50)
        guard case .end = scene.look(nil, release: .keep) else {
            Issue.record("not ended")
            return
        }
    }

    @Test("another value, or another rule, goes on with the episode and its saved presence")
    func change() {
        var scene = Scene()
        _ = scene.look("Break")
        scene.write = .accepted(modifiedAt: Timestamp(milliseconds: 50))
        scene.see("break", .break, at: 50)
        #expect(scene.look("Meeting", rule: "other") == .set(Scene.targets["Meeting"]!))
        #expect(scene.state.episode?.saved.definitionID == "available")
    }

    @Test("an agent who is Offline is not moved, and it is said once")
    func offline() {
        var scene = Scene(presence: "offline", system: .offline)
        guard case .guarded(let reason) = scene.look("Break") else {
            Issue.record("not guarded")
            return
        }
        #expect(reason.contains("Offline"))
        #expect(scene.look("Break") == .none)
        scene.see("available", .available, at: 60)
        #expect(scene.look("Break") == .set(Scene.targets["Break"]!))
    }

    @Test("an old event sets nothing but still releases")
    func stale() {
        var scene = Scene()
        scene.eventTime = scene.now.advanced(by: .seconds(-121))
        guard case .guarded(let reason) = scene.look("Break") else {
            Issue.record("not guarded")
            return
        }
        #expect(reason.contains("maxEventAge"))
        scene.eventTime = scene.now.advanced(by: .seconds(-119))
        #expect(scene.look("Break") == .set(Scene.targets["Break"]!))
        scene.write = .accepted(modifiedAt: Timestamp(milliseconds: 50))
        scene.eventTime = scene.now.advanced(by: .seconds(-86_400))
        guard case .restore = scene.look(nil) else {
            Issue.record("not released")
            return
        }
    }

    @Test("an unknown presence is read before anything is decided")
    func unknownPresence() {
        var scene = Scene(presence: nil)
        #expect(scene.look("Break") == .readPresence)
        #expect(scene.state.episode == nil)
    }

    @Test("an agent whom the configuration excludes is not touched")
    func excluded() {
        var scene = Scene()
        scene.policy = EpisodePolicy(mayTouch: { $0 != "agent" })
        guard case .guarded = scene.look("Break") else {
            Issue.record("not guarded")
            return
        }
    }

    @Test("a change by hand ends the episode, is not fought, and is not undone when the rule lets go")
    func changeByHand() {
        var scene = Scene()
        _ = scene.look("Break")
        scene.write = .accepted(modifiedAt: Timestamp(milliseconds: 50))
        scene.see("meal", .meal, at: 51)
        guard case .end = scene.look("Break") else {
            Issue.record("not ended")
            return
        }
        guard case .guarded = scene.look("Break") else {
            Issue.record("fought")
            return
        }
        #expect(scene.look("Break") == .none)
        #expect(scene.look(nil) == .none)
        #expect(scene.look("Break") == .set(Scene.targets["Break"]!), "a new match counts again")
    }

    @Test("a change by hand before the write goes out wins too")
    func changeBeforeWrite() {
        var scene = Scene()
        _ = scene.look("Break")
        scene.see("meal", .meal, at: 20)
        guard case .end = scene.look("Break") else {
            Issue.record("not ended")
            return
        }
    }

    @Test("a change that Genesys dates before our write is what gets restored, not a change by hand")
    func changeJustBefore() {
        var scene = Scene()
        _ = scene.look("Break")
        scene.write = .inFlight
        scene.see("meal", .meal, at: 40)
        #expect(scene.look("Break") == .none, "the answer decides")
        scene.write = .accepted(modifiedAt: Timestamp(milliseconds: 50))
        #expect(scene.look("Break") == .none)
        #expect(scene.state.episode?.saved.definitionID == "meal")
        scene.see("break", .break, at: 50)
        guard case .restore(let target, _) = scene.look(nil) else {
            Issue.record("not restored")
            return
        }
        #expect(target.definitionID == "meal")
    }

    @Test("nothing is restored when nothing was written")
    func nothingWritten() {
        var scene = Scene(presence: "break", system: .break)
        _ = scene.look("Break")
        guard case .end = scene.look(nil) else {
            Issue.record("restored what was never changed")
            return
        }
    }

    @Test("an episode that begins while an earlier one is being undone saves what that one puts back")
    func beginsWhileRestoring() {
        var scene = Scene(presence: "break", system: .break)
        scene.restoring = PresenceTarget(definitionID: "available", system: .available)
        _ = scene.look("Meeting")
        #expect(scene.state.episode?.saved.definitionID == "available")
    }
}
