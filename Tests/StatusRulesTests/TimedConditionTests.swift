// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import Foundation
import GenesysEvents
import StatusRules
import Testing

/// One agent and a clock: each look starts from what the last one left, as in the relay.
private struct Looks {
    let rules: RuleSet
    var facts = AgentFacts(id: "agent")
    var now = Timestamp("2026-03-02T09:00:00Z") ?? Timestamp(milliseconds: 0)
    var holds = HoldTimes()
    var timeout: Duration?
    var last = Evaluation(match: nil, trace: [])

    init(_ condition: String) throws { rules = try RuleSet.when(condition) }

    /// `after` a time, with the event as old as it says.
    mutating func look(after: Duration = .zero, age: Duration = .zero) -> Bool {
        now = now.advanced(by: after)
        let context = EvaluationContext(
            now: now,
            changedAt: now.advanced(by: .zero - age),
            holds: holds,
            conversationTimeout: timeout
        )
        last = rules.evaluate(facts, context)
        let quick = rules.evaluate(facts, context, tracing: false)
        #expect(quick.match == last.match && quick.holds == last.holds && quick.wakeAt == last.wakeAt)
        // As it is after a restart.
        let stored = try? JSONDecoder().decode(HoldTimes.self, from: JSONEncoder().encode(last.holds))
        #expect(stored == last.holds)
        holds = last.holds
        return last.match != nil
    }

    /// Until the rules have to look again.
    var untilWake: Duration? { last.wakeAt.map { $0.timeIntervalSince(now) } }
}

@Suite("Conditions that time changes")
struct TimedConditionTests {
    private static let start = Timestamp("2026-03-02T09:00:00Z") ?? Timestamp(milliseconds: 0)

    @Test("for: the time that a call has rung is none of it")
    func ringing() throws {
        var looks = try Looks("{ conversation: { media: call }, for: 1m }")
        let (alerted, answered) = (Self.start, Self.start.advanced(by: .seconds(45)))
        looks.facts = .mock(.mock(state: "alerting") { $0.alertedAt = alerted })
        #expect(looks.look() == false)
        looks.facts = .mock(
            .mock {
                $0.alertedAt = alerted
                $0.connectedAt = answered
            }
        )
        #expect(looks.look(after: .seconds(45)) == false)
        #expect(looks.untilWake == .seconds(60))
        #expect(looks.look(after: .seconds(60)) == true)
    }

    @Test(
        "for: time goes on while a conversation is being read again",
        arguments: ["{ conversation: { muted: false }, for: 10m }", "{ conversation: { muted: false, for: 10m } }"]
    )
    func readAgain(condition: String) throws {
        var looks = try Looks(condition)
        looks.timeout = .seconds(3600)
        var events = Conversations()
        looks.facts = events.facts
        looks.now = events.heardAt
        #expect(looks.look() == false)
        #expect(looks.look(after: .seconds(600)) == true)
        #expect(looks.look(after: .seconds(3000)) == false, "not trusted any more")
        #expect(looks.last.unheard == ["c1"])
        events.tell(at: looks.now)
        looks.facts = events.facts
        #expect(looks.look(after: .seconds(1)) == true, "it has been so all the time")
    }

    @Test("for: the rest must have held so long without a break")
    func holding() throws {
        var looks = try Looks("{ outOfOffice: true, for: 5m }")
        looks.facts.outOfOffice = true
        #expect(looks.look() == false)
        #expect(looks.untilWake == .seconds(300))
        #expect(looks.last.trace[0].failure == "for: wanted 5m, has held for 0s")
        #expect(looks.look(after: .seconds(299)) == false)
        #expect(looks.last.trace[0].failure == "for: wanted 5m, has held for 299s")
        #expect(looks.look(after: .seconds(1)) == true)
        #expect(looks.untilWake == nil)
        #expect(looks.look(after: .seconds(3600)) == true)
        looks.facts.outOfOffice = false
        #expect(looks.look() == false)
        #expect(looks.holds.isEmpty)
        looks.facts.outOfOffice = true
        #expect(looks.look() == false)
        #expect(looks.untilWake == .seconds(300))
    }

    @Test(
        "for: of a part goes on while the rest does not hold, whatever the shape",
        arguments: [
            "{ outOfOffice: true, conversation: { muted: true, for: 5m } }",
            "{ outOfOffice: true, any: [ { conversation: { muted: true }, for: 5m } ] }",
            "{ outOfOffice: true, conversations: { count: 1, muted: true, for: 5m } }",
            "{ conversation: { attributes.a: b, any: [ { muted: true, for: 5m } ] }, outOfOffice: true }",
        ]
    )
    func parts(condition: String) throws {
        var looks = try Looks(condition)
        looks.facts.conversations = [.mock { $0.muted = true }]
        looks.facts.outOfOffice = false
        #expect(looks.look() == false)
        #expect(!looks.holds.isEmpty, "it is muted, and from now on")
        looks.facts.outOfOffice = true
        looks.facts.conversations[0].attributes["a"] = "b"
        #expect(looks.look(after: .seconds(299)) == false)
        #expect(looks.untilWake == .seconds(1))
        #expect(looks.look(after: .seconds(1)) == true)
    }

    @Test("for: begins with the event, not when it is looked at; or when Genesys says that it began")
    func beginnings() throws {
        var looks = try Looks("{ outOfOffice: true, for: 5m }")
        looks.facts.outOfOffice = true
        #expect(looks.look(age: .seconds(100)) == false)
        #expect(looks.untilWake == .seconds(200))

        var presence = try Looks("{ presence: Break, for: 5m }")
        presence.facts.presence = PresenceFacts(system: .break, modifiedAt: Self.start.advanced(by: .seconds(-240)))
        #expect(presence.look() == false)
        #expect(presence.untilWake == .seconds(60))

        var both = try Looks("{ presence: Break, outOfOffice: true, for: 5m }")
        both.facts = presence.facts
        both.facts.outOfOffice = true
        _ = both.look()
        #expect(both.untilWake == .seconds(300), "nobody says since when out of office is on")
    }

    @Test("for: beside a conversation is timed for each conversation")
    func perConversation() throws {
        var looks = try Looks("{ conversation: { media: call, held: true }, for: 5m }")
        func held(_ id: String, at time: Timestamp) -> ConversationFacts {
            .mock(id) {
                $0.held = true
                $0.heldSince = time
                $0.connectedAt = Self.start.advanced(by: .seconds(-1000))
            }
        }
        looks.facts.conversations = [held("a", at: looks.now)]
        #expect(looks.look() == false)
        looks.facts.conversations = [held("a", at: looks.now), held("b", at: looks.now.advanced(by: .seconds(200)))]
        #expect(looks.look(after: .seconds(200)) == false)
        #expect(looks.untilWake == .seconds(100))
        looks.facts.conversations = [.mock("a"), held("b", at: looks.now)]
        #expect(looks.look(after: .seconds(100)) == false, "a was taken off hold in time, b is held for 100 s")
        #expect(looks.untilWake == .seconds(200))
        #expect(looks.look(after: .seconds(200)) == true)
        #expect(looks.last.match?.conversationID == "b")
    }

    @Test("for: inside of groups and of a conversation")
    func nested() throws {
        var looks = try Looks(
            "{ any: [{ presence: Break, for: 10m }, { not: { conversation: { state: connected, for: 2m } } }] }"
        )
        looks.facts.presence = PresenceFacts(system: .break, modifiedAt: looks.now)
        #expect(looks.look() == true, "no conversation")
        looks.facts.conversations = [.mock("a") { $0.connectedAt = Self.start }]
        #expect(looks.look() == true)
        #expect(looks.untilWake == .seconds(120))
        #expect(looks.look(after: .seconds(120)) == false)
        #expect(looks.untilWake == .seconds(480), "the presence was timed although the other alternative held")
        #expect(looks.look(after: .seconds(480)) == true)
    }

    @Test("a time that is compared with the present says when to look again")
    func ages() throws {
        var looks = try Looks("{ conversation: { connectedAt: { olderThan: 30m } } }")
        looks.facts.conversations = [.mock { $0.connectedAt = Self.start.advanced(by: .seconds(-60)) }]
        #expect(looks.look() == false)
        #expect(looks.untilWake == .seconds(1740))
        #expect(looks.look(after: .seconds(1740)) == true)
        #expect(looks.untilWake == nil)

        var next = try Looks("{ adherence: { nextAt: { within: 5m } } }")
        var adherence = AdherenceFacts()
        adherence.next = [ScheduledActivity(category: "Break", at: Self.start.advanced(by: .seconds(600)))]
        next.facts.adherence = adherence
        #expect(next.look() == false)
        #expect(next.look(after: next.untilWake ?? .zero) == true)
        #expect(next.untilWake == .seconds(300) + .milliseconds(1))
        #expect(next.look(after: next.untilWake ?? .zero) == false)
    }

    @Test("after-call work whose time is over is a timeout, although nobody has said so")
    func afterCallWork() throws {
        var looks = try Looks("{ conversation: { afterCallWork: timeout } }")
        looks.facts.conversations = [
            .mock {
                $0.isEnded = true
                $0.state = "disconnected"
                $0.afterCallWork = "pending"
                $0.afterCallWorkSince = Self.start
                $0.wrapupTimeoutMs = 30_000
                $0.wrapupPrompt = "timeout"
            }
        ]
        #expect(looks.look() == false)
        #expect(looks.untilWake == .seconds(30))
        #expect(looks.look(after: .seconds(30)) == true)
        #expect(try RuleSet.when("{ conversation: { afterCallWork: pending } }").failure(looks.facts) != nil)
    }

    @Test("a conversation without news is not trusted, and named, until it is heard of")
    func unheard() throws {
        var looks = try Looks("{ conversation: { media: call } }")
        looks.timeout = .seconds(3600)
        var events = Conversations()
        looks.facts = events.facts
        looks.now = events.heardAt
        #expect(looks.look() == true)
        #expect(looks.untilWake == .seconds(3600))
        #expect(looks.look(after: .seconds(3600)) == false)
        #expect(looks.last.unheard == ["c1"])
        #expect(looks.last.trace[0].failure?.contains("no news of c1") == true)
        events.tell(at: looks.now)
        looks.facts = events.facts
        #expect(looks.look() == true)
        #expect(looks.last.unheard == [])
    }

    @Test(
        "a schedule changes when its clocks say so, also where they are set forward or back",
        arguments: [
            ("{ days: Mon-Fri, from: '09:00', to: '17:00', timeZone: Europe/Berlin }", "2026-03-02T08:00:00Z", true),
            (
                "{ days: Mon-Fri, from: '09:00', to: '17:00', timeZone: Europe/Berlin }", "2026-03-02T07:59:59.999Z",
                false
            ),
            ("{ days: Mon-Fri, from: '09:00', to: '17:00', timeZone: Europe/Berlin }", "2026-07-02T07:00:00Z", true),
            ("{ days: Mon-Fri, from: '09:00', to: '17:00', timeZone: Europe/Berlin }", "2026-03-07T10:00:00Z", false),
            ("{ days: Fri, from: '22:00', to: '06:00', timeZone: UTC }", "2026-03-07T05:59:00Z", true),
            ("{ days: Fri, from: '22:00', to: '06:00', timeZone: UTC }", "2026-03-06T05:59:00Z", false),
            ("{ dates: 2026-12-24..2026-12-26, timeZone: America/New_York }", "2026-12-24T05:00:00Z", true),
            ("{ dates: 2026-12-24..2026-12-26, timeZone: America/New_York }", "2026-12-24T04:59:59Z", false),
            ("{ from: '00:00', to: '24:00', timeZone: UTC }", "2026-03-07T23:59:59Z", true),
            // 02:30 is not there on this day in Berlin, and twice on the other.
            ("{ from: '02:30', to: '03:30', timeZone: Europe/Berlin }", "2026-03-29T00:59:59.999Z", false),
            ("{ from: '02:30', to: '03:30', timeZone: Europe/Berlin }", "2026-03-29T01:00:00Z", true),
            ("{ days: Sat, from: '22:00', to: '02:30', timeZone: Europe/Berlin }", "2026-03-29T00:59:59Z", true),
            ("{ days: Sat, from: '22:00', to: '02:30', timeZone: Europe/Berlin }", "2026-03-29T01:00:00Z", false),
            ("{ days: Sat, from: '22:00', to: '02:30', timeZone: Europe/Berlin }", "2026-10-25T00:30:00Z", false),
            ("{ days: Sat, from: '22:00', to: '02:30', timeZone: Europe/Berlin }", "2026-10-25T01:00:00Z", true),
            ("{ days: Sat, from: '22:00', to: '02:30', timeZone: Europe/Berlin }", "2026-10-25T01:30:00Z", false),
            ("{ from: '02:00', to: '02:30', timeZone: Europe/Berlin }", "2026-10-25T00:10:00Z", true),
            ("{ from: '02:00', to: '02:30', timeZone: Europe/Berlin }", "2026-10-25T01:10:00Z", true),
        ]
    )
    func schedules(window: String, time: String, isInside: Bool) throws {
        var looks = try Looks("{ schedule: \(window) }")
        looks.now = try #require(Timestamp(time))
        #expect(looks.look() == isInside)
        // The next change that is announced is one, or nothing changes in the meantime.
        let wake = try #require(looks.last.wakeAt)
        #expect(wake > looks.now && wake <= looks.now.advanced(by: .seconds(8 * 86_400)))
    }

    @Test("woken only when told to, a schedule is right at every quarter of an hour of a year")
    func scheduleTimers() throws {
        for window in [
            "{ days: [Mon-Fri], from: '08:30', to: '17:15', timeZone: Europe/Berlin }",
            "{ days: [Fri, Sat], from: '22:00', to: '03:00', timeZone: America/New_York }",
            "{ days: [Sat, Sun], from: '22:00', to: '02:30', timeZone: Europe/Berlin }",
            "{ dates: 2026-03-01..2026-11-30, except: 2026-07-04, from: '02:15', to: '02:45', timeZone: Australia/Lord_Howe }",
        ] {
            var woken = try Looks("{ schedule: \(window) }")
            var state = woken.look()
            var changes = 0
            var now = Self.start
            while now < Self.start.advanced(by: .seconds(400 * 86_400)) {
                now = now.advanced(by: .seconds(900))
                let truth = woken.rules.evaluate(woken.facts, EvaluationContext(now: now), tracing: false).match != nil
                while let wake = woken.last.wakeAt, wake <= now {
                    let before = state
                    state = woken.look(after: wake.timeIntervalSince(woken.now))
                    if before != state { changes += 1 }
                }
                #expect(state == truth, "\(window) at \(now)")
                guard state == truth else { break }
            }
            #expect(changes > 80, "it was woken often enough to mean something")
        }
    }
}

/// An agent in one call, as events tell it.
private struct Conversations {
    private(set) var facts = AgentFacts(id: "agent")
    private(set) var heardAt = Timestamp(milliseconds: 1_800_000_000_000)

    init() { tell(at: heardAt) }

    mutating func tell(at time: Timestamp) {
        var participant = ParticipantSnapshot(
            id: "p",
            userID: "agent",
            purpose: "agent",
            communications: [CommunicationSnapshot(id: "k", media: .call, state: "connected")]
        )
        participant.connectedTime = Timestamp(milliseconds: 1_800_000_000_000)
        let snapshot = ConversationSnapshot(id: "c1", participants: [participant])
        let notification = Notification(
            topicName: "v2.users.agent.conversations",
            timestamp: time,
            event: .conversation(userID: "agent", snapshot)
        )
        _ = facts.apply(notification, receivedAt: time)
        heardAt = time
    }
}
