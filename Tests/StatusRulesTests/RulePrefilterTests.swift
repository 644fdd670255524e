// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import StatusRules
import Testing

/// A quick look passes over rules that cannot match; with a trace every rule is looked at.
@Suite("Rules that are passed over")
struct RulePrefilterTests {
    /// With more different comparisons than have a bit each.
    private static func condition(_ random: inout Seeded, depth: Int = 0) -> String {
        let number = Int.random(in: 0..<12, using: &random)
        switch Int.random(in: 0..<(depth > 1 ? 8 : 12), using: &random) {
        case 0: return "presence: [Break, Meal]"
        case 1: return "presence: Available"
        case 2: return "outOfOffice: true"
        case 3: return "presence: { message: 'note \(number)' }"
        case 4: return "conversation: { media: call, attributes.a\(number): x }"
        case 5: return "conversation: { customer.attributes.b\(number): { in: [x, y] }, state: connected }"
        case 6: return "conversation: { attributes.a\(number): { exists: false } }"
        case 7: return "conversation: { not: { held: true }, queueId: q\(number % 3) }"
        case 8: return "any: [{ \(condition(&random, depth: depth + 1)) }, { \(condition(&random, depth: depth + 1)) }]"
        case 9: return "all: [{ \(condition(&random, depth: depth + 1)) }, { \(condition(&random, depth: depth + 1)) }]"
        case 10: return "none: [{ \(condition(&random, depth: depth + 1)) }]"
        default: return "not: { \(condition(&random, depth: depth + 1)) }"
        }
    }

    private static func agent(_ random: inout Seeded) -> AgentFacts {
        func attributes(_ letter: String) -> [String: String] {
            let numbers = (0..<Int.random(in: 0..<6, using: &random)).map { _ in Int.random(in: 0..<12, using: &random)
            }
            return Dictionary(numbers.map { ("\(letter)\($0)", Bool.random(using: &random) ? "x" : "z") }) { $1 }
        }
        let conversations = (0..<Int.random(in: 0..<3, using: &random)).map { number in
            ConversationFacts.mock("c\(number)", media: number == 0 ? .call : .chat, attributes: attributes("a")) {
                $0.customerAttributes = Attributes(attributes("b"))
                $0.held = Bool.random(using: &random)
                $0.queueID = "q\(Int.random(in: 0..<4, using: &random))"
            }
        }
        return .mock {
            $0.conversations = conversations
            let note = "note \(Int.random(in: 0..<12, using: &random))"
            $0.presence = PresenceFacts(
                system: [.available, .break, .meal].randomElement(using: &random),
                message: note
            )
        }
    }

    @Test("are those that do not match, whatever the conditions", arguments: 0..<10)
    func sameAsLookingAtAll(seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let context = EvaluationContext(now: Timestamp(milliseconds: 1_800_000_000_000))
        for _ in 0..<4 {
            // Half of them decide nothing, so that those behind them matter.
            let lines = (0..<60).map { number in
                let mode = number % 2 == 0 ? "mode: observe, " : ""
                return "  - { name: r\(number), \(mode)when: { \(Self.condition(&random)) }, then: { status: Break } }"
            }
            let rules = try RuleSet.mock(lines.joined(separator: "\n"))
            for _ in 0..<20 {
                let agent = Self.agent(&random)
                let (all, quick) = (rules.evaluate(agent, context), rules.evaluate(agent, context, tracing: false))
                #expect(quick.match == all.match)
                // A trace goes on behind the rule that decides, and so do rules that observe.
                #expect(quick.shadows == all.shadows)
            }
        }
    }
}

/// SplitMix64.
private struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
