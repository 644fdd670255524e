// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Testing

/// Generated days, told in the right order and in any other: in the end the facts are the same.
///
/// `MODEL_SEEDS` sets how many days there are, `MODEL_SEED` picks one.
@Suite("AgentFacts model")
struct AgentStateModelTests {
    private let seeds: ClosedRange<UInt64>

    init() {
        let environment = ProcessInfo.processInfo.environment
        let all = environment["MODEL_SEEDS"].flatMap(UInt64.init) ?? 300
        seeds = environment["MODEL_SEED"].flatMap(UInt64.init).map { $0...$0 } ?? 1...max(1, all)
    }

    /// Applies events as they come in; each has an arrival of its own, after all that were made before.
    private struct Relay {
        var facts = AgentFacts(id: agent)
        var clock: Timestamp

        mutating func take(_ notification: GenesysEvents.Notification) {
            clock = clock.advanced(by: .milliseconds(1))
            _ = facts.apply(notification, receivedAt: clock)
        }

        /// Long enough after the last change that workforce management has heard of it.
        mutating func takeReads(_ reads: [GenesysEvent], of day: ModelDay) {
            clock = day.now.advanced(by: .seconds(120))
            for read in reads { take(GenesysEvents.Notification(topicName: "read", event: read)) }
        }

        mutating func restart() throws {
            let stored = try JSONEncoder().encode(facts)
            facts = try JSONDecoder().decode(AgentFacts.self, from: stored)
        }
    }

    private func clean(_ day: ModelDay, then reads: [GenesysEvent] = []) -> Visible {
        var relay = Relay(clock: day.now)
        for told in day.told { relay.take(told.notification) }
        relay.takeReads(reads, of: day)
        return Visible(relay.facts)
    }

    private func report(_ seed: UInt64, _ differences: [String], _ failures: inout Int) {
        guard !differences.isEmpty else { return }
        failures += 1
        if failures <= 5 { Issue.record("seed \(seed): \(differences.joined(separator: "; "))") }
    }

    @Test("told in any order, several times and with restarts between, a day ends in the same facts")
    func reordered() throws {
        var failures = 0
        for seed in seeds {
            let day = ModelDay(seed: seed, steps: 10 + Int(seed % 40))
            var random = SeededGenerator(seed: seed ^ 0xdead)
            var relay = Relay(clock: day.now)
            let repeated = day.told.filter { _ in Bool.random(using: &random) }
            for told in (day.told + repeated).shuffled(using: &random) {
                relay.take(told.notification)
                if Int.random(in: 0..<20, using: &random) == 0 { try relay.restart() }
            }
            report(seed, Visible(relay.facts).differences(from: clean(day)), &failures)
        }
        #expect(failures == 0, "of \(seeds.count) days")
    }

    @Test("a day of which most events were lost or late is the same after a resync")
    func lost() throws {
        var failures = 0
        for seed in seeds {
            let day = ModelDay(seed: seed, steps: 10 + Int(seed % 40))
            var random = SeededGenerator(seed: seed ^ 0xbeef)
            var relay = Relay(clock: day.now)
            var late: [GenesysEvents.Notification] = []
            for told in day.told.shuffled(using: &random) {
                let fate = told.isRestoredByRead ? Int.random(in: 0..<4, using: &random) : 0
                switch fate {
                case 0, 1: relay.take(told.notification)
                case 2: late.append(told.notification)
                default: break
                }
            }
            let thoughtLive = Set(relay.facts.conversations.filter(\.isLive).map(\.id))
            let reads = day.reads(thoughtLive: thoughtLive).shuffled(using: &random)
            relay.takeReads(reads, of: day)
            for notification in late { relay.take(notification) }
            // One that had not been heard of before has come to light: it is as old as its news, and read again for it.
            relay.takeReads(day.reads(thoughtLive: Set(relay.facts.conversations.filter(\.isLive).map(\.id))), of: day)
            var seen = Visible(relay.facts)
            // A read has all that the one-media topics leave out.
            var expected = clean(day, then: day.topics.full || day.topics.queues ? [] : reads)
            // What has ended unseen is no longer asked for.
            seen.conversations.removeAll { !$0.isLive }
            expected.conversations.removeAll { !$0.isLive }
            // The name comes with conversations, of which none may have been seen.
            seen.name = seen.name ?? expected.name
            report(seed, seen.differences(from: expected), &failures)
        }
        #expect(failures == 0, "of \(seeds.count) days")
    }

    @Test("the days have everything in them, and the facts follow the truth")
    func coverage() {
        var seen: Set<String> = []
        var failures = 0
        for seed in seeds.prefix(200) {
            let day = ModelDay(seed: seed, steps: 10 + Int(seed % 40))
            var relay = Relay(clock: day.now)
            for told in day.told {
                relay.take(told.notification)
                for facts in relay.facts.conversations {
                    seen.formUnion([facts.media.rawValue, facts.role.rawValue, facts.state])
                    if facts.held { seen.insert("held") }
                    if facts.afterCallWork == "pending" { seen.insert("afterCallWork") }
                    if facts.participants > 2 { seen.insert("conference") }
                    if facts.isAlerting { seen.insert("isAlerting") }
                }
                if relay.facts.conversations.count(where: { $0.isInteraction }) > 1 { seen.insert("several") }
            }
            // Live in the model is live in the facts, and nothing else is.
            let live = day.talks.flatMap { talk in
                talk.parties.filter { $0.userID == agent }.flatMap(\.legs).filter { !$0.isDone }
                    .map { "\(talk.id)/\($0.media)" }
            }
            let facts = relay.facts.conversations.filter(\.isLive).map { "\($0.id)/\($0.media)" }
            report(seed, Set(live) == Set(facts) ? [] : ["live: \(facts) instead of \(live)"], &failures)
        }
        #expect(failures == 0)
        guard seeds.count >= 100 else { return }
        let wanted: Set<String> = [
            "call", "callback", "chat", "email", "message", "socialExpression", "screenshare", "cobrowse", "agent",
            "monitor", "coach", "barge", "consult", "alerting", "dialing", "contacting", "connected", "disconnected",
            "terminated", "held", "afterCallWork", "conference", "isAlerting", "several",
        ]
        #expect(wanted.subtracting(seen) == [])
    }
}
