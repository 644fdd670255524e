// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysEvents
import Journal
import StatusRules
import Testing

@testable import Pipeline

private let flagged = """
      - name: flagged
        when: { conversation: { attributes.wfm_status: { exists: true } } }
        then: { status: "${conversation.attributes.wfm_status}" }
    """

@Suite("Decisions that take time")
struct TimedDecisionTests {
    // MARK: apply

    @Test(
        "a wish outlasts its conversation wherever in its rule that is named",
        arguments: [
            "any: [ { presence: Away }, { conversation: { attributes.wfm_status: Break } } ]",
            "conversations: { attributes.wfm_status: Break, count: { atLeast: 1 } }",
        ]
    )
    func armedByGroup(condition: String) throws {
        var desk = try RuleDesk(
            """
              - name: flagged
                when: { \(condition) }
                then: { status: Break, apply: afterInteraction }
            """
        )
        _ = desk.presence("available", .available)
        #expect(desk.call(flag: "Break").lines == ["rule 'flagged' wants Break once the interaction is over"])
        desk.pass(.seconds(30))
        #expect(desk.call(flag: "Break", state: "terminated").wanted == "break")
        // Whereas a flag that is taken back takes the wish back.
        desk.pass(.seconds(30))
        _ = desk.call("d", flag: "Break")
        #expect(desk.record.episodes.armed != nil || desk.record.episode != nil)
    }

    @Test("after a call that asks for a wrap-up, news of the after-call work is waited for a moment")
    func endBeforeSnapshot() throws {
        var desk = try RuleDesk(
            """
              - name: flagged
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Break, apply: afterCallWork }
            """
        )
        func snapshot(_ state: String, _ work: String?) -> GenesysEvent {
            var snapshot = ConversationSnapshot.call(
                id: "c",
                attributes: ["wfm_status": "Break"],
                state: state,
                afterCallWork: work
            )
            snapshot.participants[0].wrapupRequired = true
            snapshot.participants[0].connectedTime = desk.now.advanced(by: .seconds(-60))
            return .conversation(userID: "agent", snapshot)
        }
        _ = desk.presence("available", .available)
        _ = desk.take(snapshot("connected", nil))
        var end = UserSessionEnd(
            SessionReference(conversationID: "c", participantID: "participant", communicationID: "communication")
        )
        desk.pass(.seconds(60))
        end.eventTime = desk.now
        #expect(desk.take(.userEnd(userID: "agent", end)).wanted == nil, "the snapshot may still come")
        #expect(desk.record.wakeAt == desk.now.advanced(by: .seconds(10)))
        var silent = desk
        #expect(silent.wakeInTime().wanted == "break", "it need not come")
        desk.pass(.milliseconds(5))
        #expect(desk.take(snapshot("disconnected", "pending")).wanted == nil)
        desk.pass(.seconds(30))
        #expect(desk.wake().wanted == nil)
        #expect(desk.take(snapshot("terminated", "complete")).wanted == "break")
    }

    @Test("a wish does not outlast its conversation while an earlier rule stops")
    func armedAndStopped() throws {
        var desk = try RuleDesk(
            """
              - name: away
                when: { routingStatus: IDLE }
                then: { stop: true }
              - name: flagged
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Break, apply: afterInteraction }
            """
        )
        _ = desk.presence("available", .available)
        _ = desk.call(flag: "Break")
        #expect(desk.record.episodes.armed != nil)
        var other = desk
        #expect(other.call(flag: "Break", state: "terminated").wanted == "break")
        // The call ends and the earlier rule begins to match in one look.
        desk.record.facts.routingStatus = RoutingStatusFacts(status: "IDLE")
        let ended = desk.call(flag: "Break", state: "terminated")
        #expect(ended.wanted == nil)
        #expect(desk.record.episodes.armed == nil)
    }

    @Test("a status is armed in the call and set at its end, and the history says what is waited for")
    func afterInteraction() throws {
        var desk = try RuleDesk(
            """
              - name: flagged
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Break, apply: afterInteraction, minimum: 10m, cooldown: 1h }
              - name: other
                when: { presence: Away }
                then: { status: Meeting }
            """
        )
        _ = desk.presence("available", .available)
        let armed = desk.call(flag: "Break")
        #expect(armed.lines == ["rule 'flagged' wants Break once the interaction is over"])
        #expect(armed.command == nil)
        #expect(desk.record.wish == nil && desk.record.delivery == nil, "nothing is outstanding")
        let detail = try armed.detail()
        #expect(detail["rule"] as? String == "flagged")
        #expect(detail["status"] as? String == "Break")
        #expect(detail["conversationId"] as? String == "c")
        #expect(detail["eventKey"] as? String == "event-2")
        #expect(detail["rulesVersion"] as? String == desk.engine.rules.version)
        #expect(
            detail["behavior"] as? [String: String] == [
                "apply": "afterInteraction", "minimum": "10m", "cooldown": "1h",
            ]
        )
        let waitsFor = try #require(detail["waitsFor"] as? [String: Any])
        #expect(waitsFor["kind"] as? String == "interaction")
        #expect(waitsFor["conversationIds"] as? [String] == ["c"])
        let trace = try #require(detail["trace"] as? [[String: Any]])
        #expect(trace.map { $0["matched"] as? Bool } == [true, false])
        #expect(trace.last?["failure"] as? String != nil)

        desk.pass(.seconds(30))
        let set = desk.call(flag: "Break", state: "terminated")
        #expect(set.wanted == "break")
        #expect(set.lines == ["the interaction is over: rule 'flagged' wants Break"])
        #expect(try set.detail()["waitsFor"] == nil)
        desk.deliver()
        _ = desk.routing("IDLE")
        #expect(desk.record.wakeAt == desk.record.episodes.episode?.minimumEnd)
        let released = desk.wakeInTime()
        #expect(released.wanted == "available")
        #expect(try released.detail()["eventKey"] as? String == "timer")
    }

    @Test("with behaviour and time as usual the detail of a decision has neither")
    func plainDetail() throws {
        var desk = try RuleDesk(flagged)
        _ = desk.presence("available", .available)
        let detail = try desk.call(flag: "Break").detail()
        #expect(
            Set(detail.keys) == [
                "eventKey", "rule", "status", "conversationId", "rulesVersion", "trace", "changes", "target", "wish",
            ]
        )
    }

    @Test("a call that was long enough for its rule counts as long after its end as well")
    func forAndAfterCallWork() throws {
        var desk = try RuleDesk(
            """
              - name: long
                when: { conversation: { state: connected, for: 30m } }
                then: { status: Break, apply: afterInteraction }
            """
        )
        _ = desk.presence("available", .available)
        let begun = desk.now
        #expect(desk.call().decisions.isEmpty)
        #expect(desk.record.wakeAt == begun.advanced(by: .seconds(1800)))
        #expect(desk.wakeInTime().lines == ["rule 'long' wants Break once the interaction is over"])
        desk.pass(.seconds(60))
        #expect(desk.call(state: "terminated").wanted == "break")
    }

    // MARK: Timers

    private func waiting() throws -> RuleDesk {
        try RuleDesk(
            """
              - name: asleep
                when: { routingStatus: NOT_RESPONDING, for: 5m }
                then: { status: Break }
            """
        )
    }

    @Test("what holds for long enough is decided when its time comes, and dated by it")
    func timer() throws {
        var desk = try waiting()
        _ = desk.presence("available", .available)
        #expect(desk.routing("NOT_RESPONDING").decisions.isEmpty)
        desk.pass(.seconds(299))
        #expect(desk.wake().decisions.isEmpty)
        let set = desk.wakeInTime()
        #expect(set.wanted == "break")
        #expect(desk.record.wish?.eventAt == nil, "a time is no event that could be late")
    }

    @Test("a time that came while the relay was down counts with its own age")
    func timerWhileDown() throws {
        for (late, isSet) in [(Duration.seconds(119), true), (.seconds(121), false)] {
            var desk = try waiting()
            _ = desk.presence("available", .available)
            _ = desk.routing("NOT_RESPONDING")
            let due = try #require(desk.record.wakeAt)
            desk.now = due.advanced(by: late)
            // What comes between takes nothing of it: events that were journalled, the look after a restart.
            desk.record.heardAt = due.advanced(by: .seconds(-300))
            #expect(desk.restart().wanted == nil, "what is known is five minutes old")
            #expect(desk.record.wakeAt == due)
            let outcome = desk.wake()
            #expect((outcome.wanted == "break") == isSet)
            #expect(isSet || outcome.lines.first?.contains("maxEventAge") == true || outcome.lines == [])
            #expect(desk.record.wakeAt == nil)
        }
    }

    @Test("to forget an ended call is no news: what an old event has begun stays undone")
    func forgetting() throws {
        var desk = try RuleDesk(flagged)
        _ = desk.presence("available", .available)
        _ = desk.call("ended", state: "terminated")
        #expect(desk.call(flag: "Break", age: .seconds(3600)).wanted == nil)
        let alarm = try #require(desk.record.alarmAt)
        #expect(alarm > desk.now.advanced(by: AgentRecord.endedGrace))
        desk.now = alarm
        let outcome = desk.wake()
        #expect(outcome.wanted == nil && outcome.history.isEmpty)
        #expect(desk.record.facts.conversations.map(\.id) == ["c"])
        #expect(desk.record.alarmAt == nil)
    }

    // MARK: Behaviour by YAML

    @Test("minimum, release and cooldown work as they are written")
    func written() throws {
        var desk = try RuleDesk(
            """
              - name: flagged
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Break, release: Meeting, minimum: 2m, cooldown: 10m }
            """
        )
        _ = desk.presence("available", .available)
        _ = desk.call(flag: "Break")
        desk.deliver()
        let ended = desk.call(flag: "Break", state: "terminated")
        #expect(ended.decisions.map(\.kind) == [.guarded])
        #expect(try ended.detail()["wakeAt"] as? String == desk.record.wakeAt?.description)
        let released = desk.wakeInTime()
        #expect(released.wanted == "meeting")
        #expect(released.lines == ["rule 'flagged' no longer matches: release to Meeting"])
        let rested = desk.now.advanced(by: .seconds(600))
        desk.deliver()
        let resting = desk.call("d", flag: "Break")
        #expect(resting.lines == ["rule 'flagged' begins no episode before \(rested) (cooldown 10m)"])
        #expect(desk.record.wakeAt == rested)
        #expect(desk.wakeInTime().wanted == "break")
    }

    @Test("guards are switched off as they are written: Offline, and changes by hand")
    func guards() throws {
        var desk = try RuleDesk(
            """
              - name: flagged
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Break }
                guards: { offline: false, humanChange: false }
            """
        )
        _ = desk.presence("offline", .offline)
        _ = desk.call(flag: "Break")
        #expect(desk.record.wish?.leavesOffline == true)
        desk.deliver()
        desk.pass(.seconds(5))
        let again = desk.presence("meal", .meal)
        #expect(again.wanted == "break")
        #expect(again.lines.first?.contains("sets Break again") == true)
        desk.deliver()
        desk.pass(.seconds(5))
        #expect(desk.presence("away", .away).wanted == "break")
        // Another change while that is under way, and the answer tells that it came later.
        _ = desk.report(.sent, .sent(definitionID: "break"))
        let sentAt = desk.now
        desk.pass(.seconds(1))
        #expect(desk.presence("meal", .meal).wanted == nil)
        let answered = desk.report(
            .accepted,
            .accepted(AcceptedWrite(definitionID: "break", modifiedAt: sentAt))
        )
        #expect(answered.wanted == "break", "the third time")
        desk.deliver()
        desk.pass(.seconds(5))
        #expect(desk.presence("meal", .meal).lines.first?.contains("it stays") == true)
        #expect(desk.record.episodes.episode == nil)
    }

    private func awayFor(_ then: String) throws -> RuleDesk {
        var desk = try RuleDesk(
            """
              - name: away
                when: { routingStatus: NOT_RESPONDING }
                then: { \(then) }
            """
        )
        _ = desk.presence("available", .available)
        _ = desk.routing("NOT_RESPONDING")
        desk.deliver()
        return desk
    }

    @Test("an end too old to release is made good by a resync that finds nothing new")
    func resyncReleases() throws {
        var desk = try awayFor("status: Break")
        desk.pass(.seconds(90_000))
        #expect(desk.routing("IDLE", age: .seconds(89_000)).lines.first?.contains("maxReleaseAge") == true)
        #expect(desk.restart().wanted == nil, "what is known is as old as before")
        #expect(desk.record.episodes.episode != nil)
        var seen = RoutingStatusObservation(status: "IDLE")
        seen.startTime = desk.now.advanced(by: .seconds(-89_000))
        #expect(desk.take(.routingStatus(userID: "agent", seen), source: .observation).wanted == "available")
    }

    @Test("an end too old to release within a minimum is made good when that is over")
    func minimumReleases() throws {
        var desk = try awayFor("status: Break, minimum: 30h")
        desk.pass(.seconds(90_000))
        #expect(desk.routing("IDLE", age: .seconds(89_000)).lines.first?.contains("minimum 30h") == true)
        #expect(desk.wakeInTime().wanted == "available")
    }

    // MARK: Rules that are only watched

    @Test("a rule in mode observe is told of and does nothing, and hides nothing")
    func shadows() throws {
        var desk = try RuleDesk(
            """
              - name: new
                mode: observe
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Meeting, apply: afterInteraction }
              - name: old
                when: { conversation: { attributes.wfm_status: Break } }
                then: { status: Break }
            """
        )
        _ = desk.presence("available", .available)
        let begun = desk.call(flag: "Break")
        #expect(begun.wanted == "break")
        #expect(
            begun.lines == [
                "rule 'old' wants Break", "mode observe: rule 'new' would want Meeting once the interaction is over",
            ]
        )
        let detail = try begun.detail()
        #expect(detail["rule"] as? String == "new")
        #expect(detail["mode"] as? String == "observe")
        #expect(detail["behavior"] as? [String: String] == ["apply": "afterInteraction"])
        desk.deliver()
        desk.pass(.seconds(60))
        let ended = desk.call(flag: "Break", state: "terminated")
        #expect(ended.wanted == "available")
        #expect(ended.lines.last == "mode observe: rule 'new' no longer matches, after 61 s: it wanted Meeting")
        #expect(desk.record.shadows.isEmpty)
    }

    // MARK: Conversations without news

    @Test("a conversation without news is read once, and again after a minute, two, four, while there is none")
    func unheard() throws {
        var desk = try RuleDesk(flagged, policy: EpisodePolicy(conversationTimeout: .seconds(14_400)))
        _ = desk.presence("available", .available)
        _ = desk.call()
        let due = try #require(desk.record.wakeAt)
        #expect(due == desk.now.advanced(by: .seconds(14_400)))
        #expect(desk.wakeInTime().conversationReads == ["c"])
        desk.pass(.seconds(30))
        #expect(desk.routing("IDLE").conversationReads == [], "it is asked for already")
        for pause in [30, 120, 240] {
            desk.pass(.seconds(pause))
            #expect(desk.record.alarmAt == desk.now)
            #expect(desk.wake().conversationReads == ["c"])
        }
        desk.pass(.seconds(1))
        _ = desk.call(flag: "Break", source: .observation)
        #expect(desk.record.wish?.target.definitionID == "break", "what is read counts as of now")
        desk.pass(.seconds(3600))
        #expect(desk.wake().conversationReads == [])
        #expect(desk.record.reads.isEmpty)
    }

    @Test("conversations of agents whom the configuration excludes are not read")
    func excluded() throws {
        var desk = try RuleDesk(
            flagged,
            policy: EpisodePolicy(conversationTimeout: .seconds(60), mayTouch: { _ in false })
        )
        _ = desk.call()
        desk.pass(.seconds(61))
        #expect(desk.wake().conversationReads == [])
    }
}
