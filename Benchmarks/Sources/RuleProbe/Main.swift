// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Journal
import Pipeline
import Probing
import StatusRules

/// How long rules take: a decision of so many rules for one agent, against the same comparisons written by hand, and
/// the way of an event from its bytes to the decision, against decoding it alone.
///
///     RuleProbe [RULES, 200] [ROUNDS, 20000]
@main
struct RuleProbe {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let count = max(arguments.first ?? 200, 2), rounds = max(arguments.dropFirst().first ?? 20_000, 100)
        let rules = try RuleFile.rules(count)
        var subject = Subject(rules: rules)
        print("\(count) rules, \(rounds) rounds; microseconds")
        print(
            "what                                            p50      p99     mean  undisturbed: p50      p99    share"
        )
        let bare = measure(rounds) { subject.compareByHand($0, count) }
        let decision = measure(rounds) { subject.evaluate($0) }
        show("\(count) comparisons by hand", bare)
        show("decision: \(count) rules, 1 agent in 1 call", decision)
        let decoding = subject.measureDecoding(rounds)
        let event = subject.measureEvents(rounds)
        show("decoding the event alone", decoding)
        show("event to decision: decode, merge, \(count) rules", event)
        print(
            "ratio: decision / by hand \(ratio(decision, bare)), event / decoding \(ratio(event, decoding))"
                + "; checks \(subject.checks)"
        )
    }

    static func measure(_ rounds: Int, _ body: (Int) -> Void) -> [Round] {
        measure(rounds, preparing: { $0 }, body)
    }

    /// How long one round took, and whether nobody else had the core's units meanwhile.
    struct Round {
        /// Microseconds.
        var time: Double
        /// Nanoseconds of the fixed work just before and just after, the longer of the two.
        var yardstick: UInt64
    }

    /// A virtual machine's processors are often halves of cores that others use too, which makes whatever needs much of the
    /// instruction cache take up to twice as long, for milliseconds at a time. One and the same event decoded beside each
    /// round shows when that is so; arithmetic does not.
    private struct Yardstick {
        private let body = Bodies.call(at: Timestamp(milliseconds: 0), number: 0)
        private var decoder = NotificationDecoder()
        private(set) var checks = 0

        mutating func measure() -> UInt64 {
            let start = DispatchTime.now().uptimeNanoseconds
            checks &+= (try? decoder.decode(body).count) ?? 0
            return DispatchTime.now().uptimeNanoseconds - start
        }
    }

    /// - Parameter prepare: makes what a round needs, outside its time: as a body comes from a socket, just written.
    static func measure<Input>(_ rounds: Int, preparing prepare: (Int) -> Input, _ body: (Input) -> Void) -> [Round] {
        var yardstick = Yardstick()
        let first = rounds / 10
        for round in 0..<first { body(prepare(round)) }
        var times: [Round] = []
        times.reserveCapacity(rounds)
        for round in first..<first + rounds {
            let input = prepare(round)
            let before = yardstick.measure()
            let start = DispatchTime.now().uptimeNanoseconds
            body(input)
            let time = Double(DispatchTime.now().uptimeNanoseconds - start) / 1000
            times.append(Round(time: time, yardstick: max(before, yardstick.measure())))
        }
        precondition(yardstick.checks == 2 * rounds)
        return times
    }

    /// Rounds beside which the yardstick took at most a fifth longer than at its best.
    private static func undisturbed(_ rounds: [Round]) -> [Double] {
        let best = rounds.map(\.yardstick).min() ?? 0
        return rounds.filter { $0.yardstick * 5 <= best * 6 }.map(\.time)
    }

    private static func show(_ name: String, _ rounds: [Round]) {
        let (all, quiet) = (rounds.map(\.time).sorted(), undisturbed(rounds).sorted())
        let numbers = [
            all.percentile(0.5) ?? 0, all.percentile(0.99) ?? 0, mean(rounds), quiet.percentile(0.5) ?? 0,
            quiet.percentile(0.99) ?? 0,
        ]
        let columns = zip(numbers, ["%8.2f", "%8.2f", "%8.2f", "%17.2f", "%8.2f"]).map { String(format: $1, $0) }
        print(
            name.padding(toLength: 44, withPad: " ", startingAt: 0),
            columns.joined(separator: " "),
            String(format: "%7.0f %%", 100 * Double(quiet.count) / Double(max(1, all.count)))
        )
    }

    private static func mean(_ rounds: [Round]) -> Double {
        rounds.map(\.time).reduce(0, +) / Double(rounds.count)
    }

    private static func ratio(_ a: [Round], _ b: [Round]) -> String { String(format: "%.1f", mean(a) / mean(b)) }
}

/// An agent On Queue in one call, and what is measured with it.
private struct Subject {
    private let engine: DecisionEngine
    private var record = AgentRecord(id: Bodies.agent)
    private let start = Timestamp("2026-03-02T09:00:00.000Z") ?? Timestamp(milliseconds: 0)
    private var holds = HoldTimes()
    /// Uses every result, so that none can be left out by the compiler.
    private(set) var checks = 0

    init(rules: RuleSet) {
        engine = DecisionEngine(rules: rules, targets: [:], policy: EpisodePolicy(), mode: .observe)
        take(Bodies.presence(at: start), at: start)
        take(Bodies.call(at: start, number: 0), at: start)
    }

    private mutating func take(_ body: [UInt8], at now: Timestamp) {
        var decoder = NotificationDecoder()
        guard let received = try? decoder.decode(body).first else { return }
        take(received.notification, at: now)
    }

    private mutating func take(_ notification: GenesysEvents.Notification, at now: Timestamp) {
        let entry = JournalEntry(
            key: "key",
            source: .webhook,
            topic: notification.topicName,
            agentID: Bodies.agent,
            receivedAt: now,
            body: []
        )
        checks &+= engine.take(notification, from: entry, now: now, into: &record).history.count
    }

    /// A decision, as for an event that changes nothing that a rule asks for.
    mutating func evaluate(_ round: Int) {
        let context = EvaluationContext(now: start.advanced(by: .milliseconds(round)), holds: holds)
        let evaluation = engine.rules.evaluate(record.facts, context, tracing: false)
        holds = evaluation.holds
        checks &+= evaluation.match == nil ? 0 : 1
    }

    /// As many comparisons of the same facts without any rule language.
    mutating func compareByHand(_ round: Int, _ count: Int) {
        let facts = record.facts
        guard let call = facts.conversations.first else { return }
        for number in 0..<count {
            switch number % 5 {
            case 0:
                if call.media == .call, call.state == "connected", call.attributes["flag"] == "Break" { checks &+= 1 }
            case 1: if facts.adherence?.scheduled == "Break" { checks &+= 1 }
            case 2: if call.media == .call, call.customerAttributes["tier"] == "gold" { checks &+= 1 }
            case 3: if facts.presence?.system == .break { checks &+= 1 }
            default: if call.media == .chat, call.state == "connected" { checks &+= 1 }
            }
        }
    }

    mutating func measureDecoding(_ rounds: Int) -> [RuleProbe.Round] {
        var decoder = NotificationDecoder()
        var sum = 0
        let times = RuleProbe.measure(rounds, preparing: body) { sum &+= (try? decoder.decode($0.bytes).count) ?? 0 }
        checks &+= sum
        return times
    }

    mutating func measureEvents(_ rounds: Int) -> [RuleProbe.Round] {
        var decoder = NotificationDecoder()
        return RuleProbe.measure(rounds, preparing: body) { body in
            guard let received = try? decoder.decode(body.bytes).first else { return }
            take(received.notification, at: body.at)
        }
    }

    /// Newer than those of earlier rounds, with another value of an attribute.
    private var body: (Int) -> (bytes: [UInt8], at: Timestamp) {
        { [start] round in
            let time = start.advanced(by: .milliseconds(round))
            return (Bodies.call(at: time, number: round), time)
        }
    }
}
