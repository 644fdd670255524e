// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import StatusRules
import Testing

@Suite("Episode")
struct EpisodeTests {
    @Test("a match sets the status, and the end of it restores the presence of that moment")
    func setAndRestore() {
        var scene = EpisodeScene()
        #expect(scene.look("Break").sets == EpisodeScene.targets["Break"]!)
        #expect(scene.state.episode?.base.saved.definitionID == "available")
        scene.accept("break", at: 50)
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
        var scene = EpisodeScene()
        _ = scene.look("Break", release: .keep)
        scene.accept("break", at: 50)
        scene.see("break", .break, at: 50)
        guard case .end = scene.look(nil, release: .keep) else {
            Issue.record("not ended")
            return
        }
    }

    @Test("another value, or another rule, goes on with the episode and its saved presence")
    func change() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.accept("break", at: 50)
        scene.see("break", .break, at: 50)
        #expect(scene.look("Meeting", rule: "other").sets == EpisodeScene.targets["Meeting"]!)
        #expect(scene.state.episode?.base.saved.definitionID == "available")
    }

    @Test("an agent who is Offline is not moved, and it is said once")
    func offline() {
        var scene = EpisodeScene(presence: "offline", system: .offline)
        guard case .guarded(let reason) = scene.look("Break") else {
            Issue.record("not guarded")
            return
        }
        #expect(reason.contains("Offline"))
        #expect(scene.look("Break") == .none)
        scene.see("available", .available, at: 60)
        #expect(scene.look("Break").sets == EpisodeScene.targets["Break"]!)
    }

    @Test("an old event sets nothing but still releases")
    func stale() {
        var scene = EpisodeScene()
        scene.eventTime = scene.now.advanced(by: .seconds(-121))
        guard case .guarded(let reason) = scene.look("Break") else {
            Issue.record("not guarded")
            return
        }
        #expect(reason.contains("maxEventAge"))
        scene.eventTime = scene.now.advanced(by: .seconds(-119))
        #expect(scene.look("Break").sets == EpisodeScene.targets["Break"]!)
        scene.accept("break", at: 50)
        scene.eventTime = scene.now.advanced(by: .seconds(-86_400))
        guard case .restore = scene.look(nil) else {
            Issue.record("not released")
            return
        }
    }

    @Test("an unknown presence is read before anything is decided")
    func unknownPresence() {
        var scene = EpisodeScene(presence: nil)
        #expect(scene.look("Break") == .readPresence)
        #expect(scene.state.episode == nil)
    }

    @Test("an episode that waited for the presence to be read is owed to its event, not to the read")
    func owedToItsEvent() {
        var scene = EpisodeScene(presence: nil)
        scene.eventKey = "flag"
        _ = scene.look("Break")
        scene.eventKey = "read"
        scene.see("available", .available, at: 10)
        _ = scene.look("Break")
        #expect(scene.state.episode?.eventKey == "flag")
    }

    @Test("an agent whom the configuration excludes is not touched")
    func excluded() {
        var scene = EpisodeScene()
        scene.policy = EpisodePolicy(mayTouch: { $0 != "agent" })
        guard case .guarded = scene.look("Break") else {
            Issue.record("not guarded")
            return
        }
    }

    @Test("a change by hand ends the episode, is not fought, and is not undone when the rule lets go")
    func changeByHand() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.accept("break", at: 50)
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
        #expect(scene.look("Break").sets == EpisodeScene.targets["Break"]!, "a new match counts again")
    }

    @Test("a change by hand before the write goes out wins too")
    func changeBeforeWrite() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.see("meal", .meal, at: 20)
        guard case .end = scene.look("Break") else {
            Issue.record("not ended")
            return
        }
    }

    @Test("a change that Genesys dates before our write is what gets restored, not a change by hand")
    func changeJustBefore() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.send("break")
        scene.see("meal", .meal, at: 40)
        #expect(scene.look("Break") == .none, "the answer decides")
        scene.accept("break", at: 50)
        #expect(scene.look("Break") == .none)
        #expect(scene.state.episode?.base.saved.definitionID == "meal")
        scene.see("break", .break, at: 50)
        guard case .restore(let target, _) = scene.look(nil) else {
            Issue.record("not restored")
            return
        }
        #expect(target.definitionID == "meal")
    }

    @Test("nothing is restored when nothing was written")
    func nothingWritten() {
        var scene = EpisodeScene(presence: "break", system: .break)
        _ = scene.look("Break")
        guard case .end = scene.look(nil) else {
            Issue.record("restored what was never changed")
            return
        }
    }

    @Test("an episode that begins while an earlier one is being undone saves what that one puts back")
    func beginsWhileRestoring() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.accept("break", at: 50)
        scene.see("break", .break, at: 50)
        scene.isOutstanding = true
        guard case .restore = scene.look(nil) else {
            Issue.record("not restored")
            return
        }
        #expect(scene.look("Meeting").sets == EpisodeScene.targets["Meeting"]!)
        #expect(scene.state.episode?.base.saved.definitionID == "available")
        scene.isOutstanding = false
        scene.see("meal", .meal, at: 60)
        guard case .end = scene.look("Meeting") else {
            Issue.record("a change by hand that nothing of ours answers is not recognised")
            return
        }
    }

    @Test("the echo of an earlier write of the same episode is not what has to be restored")
    func ownEarlierWrite() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.accept("break", at: 50)
        scene.see("break", .break, at: 50)
        _ = scene.look("Meeting")
        scene.send("meeting")
        #expect(scene.look("Meeting") == .none)
        scene.accept("meeting", at: 70)
        #expect(scene.look("Meeting") == .none)
        #expect(scene.state.episode?.base.saved.definitionID == "available")
    }

    @Test("a change by hand that crosses a later write of the episode is what gets restored")
    func crossesSecondWrite() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.accept("break", at: 50)
        scene.see("break", .break, at: 50)
        _ = scene.look("Meeting")
        scene.send("meeting")
        scene.see("meal", .meal, at: 60)
        #expect(scene.look("Meeting") == .none, "the answer decides")
        scene.see("meeting", .meeting, at: 70)
        #expect(scene.look("Meeting") == .none)
        scene.accept("meeting", at: 70)
        #expect(scene.look("Meeting") == .none)
        #expect(scene.state.episode?.base.saved.definitionID == "meal")
    }

    @Test("an agent who changes the status while it is on its way back keeps their choice")
    func changeWhileRestoring() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.accept("break", at: 50)
        scene.see("break", .break, at: 50)
        _ = scene.look(nil)
        scene.isOutstanding = true
        scene.see("meal", .meal, at: 60)
        guard case .end(_, let leaving) = scene.look(nil) else {
            Issue.record("restored over the agent's choice")
            return
        }
        #expect(leaving?.definitionID == "meal")
    }

    @Test("a change by hand that a restore has covered is put back in its place")
    func coveredByRestore() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.accept("break", at: 50)
        scene.see("break", .break, at: 50)
        _ = scene.look(nil)
        scene.send("available")
        scene.see("meal", .meal, at: 60)
        #expect(scene.look(nil) == .none)
        scene.accept("available", at: 70)
        guard case .restore(let target, _) = scene.look(nil) else {
            Issue.record("the agent's choice is lost")
            return
        }
        #expect(target.definitionID == "meal")
    }

    @Test("an agent who went Offline just before our write is put back to Offline")
    func offlineCrossed() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.send("break")
        scene.see("offline", .offline, at: 40)
        #expect(scene.look("Break") == .none)
        scene.accept("break", at: 50)
        guard case .end(_, let leaving) = scene.look("Break") else {
            Issue.record("kept out of Offline")
            return
        }
        #expect(leaving?.system == .offline)
    }

    @Test("a wish that may be on the wire already is undone, not merely withdrawn")
    func mayBeOnTheWire() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.isOutstanding = true
        guard case .restore(let target, _) = scene.look(nil) else {
            Issue.record("a write that arrives now would stay for ever")
            return
        }
        #expect(target.definitionID == "available")
    }

    @Test("a status that means another presence now is set again")
    func redefined() {
        var scene = EpisodeScene()
        _ = scene.look("Break")
        scene.targets["Break"] = PresenceTarget(definitionID: "coffee", system: .break)
        #expect(scene.look("Break").sets == PresenceTarget(definitionID: "coffee", system: .break))
    }
}
