// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import Synchronization
import Testing

@testable import Delivery

/// Random numbers that a seed repeats (SplitMix64).
private final class Dice: Sendable {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
    private let generator: Mutex<Generator>

    init(seed: Int) { generator = Mutex(Generator(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)) }

    func roll(_ range: Range<Int>) -> Int { generator.withLock { Int.random(in: range, using: &$0) } }
    func share() -> Double { generator.withLock { Double.random(in: 0..<1, using: &$0) } }
    func chance(_ share: Double) -> Bool { self.share() < share }
}

@Suite("Errands against a Genesys with faults")
struct ErrandsModelTests {
    private static let agents = ["a", "b", "c"]
    private static let conversations = ["x", "y"]

    private func world(_ dice: Dice) -> ErrandWorld {
        let world = ErrandWorld()
        world.set { state in
            for id in Self.conversations { state.conversations[id] = .live(["kept": "yes"]) }
            state.jobTime = { .milliseconds(dice.roll(0..<9000)) }
            state.interferes = { dice.chance(0.1) }
            state.fault = { _, _ in
                switch dice.share() {
                case ..<0.06: .lost(.timeout)
                case ..<0.10: .lost(.busy)
                case ..<0.14: .refused(.timeout)
                case ..<0.18: .refused(.busy)
                case ..<0.22: .refused(.tooMany)
                default: nil
                }
            }
        }
        return world
    }

    /// Keys are of one agent: which of two agents is the last to write is up to chance. Spans are of one life between
    /// two restarts: only then is it known that another errand was about the same.
    private func errand(_ number: Int, of agent: String, life: Int, _ dice: Dice) -> Errand {
        switch dice.roll(0..<5) {
        case 0: return .idle("\(number)")
        case 1: return .explain("\(number)", after: 1000 * life + 20 * dice.roll(0..<3))
        default:
            let keys = (0..<dice.roll(1..<3)).map { _ in "\(agent)\(dice.roll(0..<2))" }
            let values = Dictionary(keys.map { ($0, "\(dice.roll(0..<3))") }) { $1 }
            return .tag("\(number)", in: Self.conversations[dice.roll(0..<2)], values)
        }
    }

    @Test(
        "there is one explanation for each span, and the attributes are the last that were wanted",
        arguments: 0..<300
    )
    func everythingOnce(seed: Int) async throws {
        let dice = Dice(seed: seed)
        let world = world(dice)
        let isCustom = seed % 2 == 1
        let fields = Self.agents.flatMap { ["\($0)0", "\($0)1"] }
        if isCustom { world.set { $0.schemas = [AttributeSchema(id: "s", name: "Relay", fields: fields)] } }
        let tags: TagTarget =
            isCustom ? .customAttributes(schema: .name("Relay", create: true)) : .participantAttributes
        var policy = ErrandPolicy()
        policy.giveUpAfter = .seconds(86_400)
        policy.conflictLimit = 1000
        var errands = world.errands(tags: tags, policy: policy, random: { dice.share() })

        var wanted: [String: [Errand]] = [:]
        var life = 0
        for number in 0..<30 {
            let agent = Self.agents[dice.roll(0..<3)]
            let errand = errand(number, of: agent, life: life, dice)
            wanted[agent, default: []].append(errand)
            await errands.want([errand], agentID: agent, checkFirst: false)
            let calls = world.calls.count + dice.roll(0..<4)
            await world.run(errands) { world.calls.count >= calls }
            guard dice.chance(0.1) else { continue }
            life += 1
            await errands.stop()
            while await errands.underWay > 0 { await Task.yield() }
            errands = world.errands(tags: tags, policy: policy, random: { dice.share() })
            let ended = Set(world.reports.filter(\.state.isFinal).map(\.errandID))
            for (agent, all) in wanted {
                await errands.want(all.filter { !ended.contains($0.id) }, agentID: agent, checkFirst: true)
            }
        }
        await world.run(errands)
        world.set {
            $0.now = $0.now.advanced(by: .seconds(3600)); $0.endJobs()
        }

        #expect(world.violations.isEmpty)
        let ended = world.reports.filter(\.state.isFinal)
        #expect(ended.map { Int($0.errandID) ?? -1 }.sorted() == Array(0..<30))
        #expect(ended.allSatisfy { $0.state == .done })
        for (agent, all) in wanted {
            let spans = Set(all.compactMap { $0.explanation?.start })
            let found = world.state.withLock { $0.explanations[agent] ?? [] }
            #expect(found.map(\.start).sorted() == spans.sorted(), "agent \(agent)")
        }
        for conversation in Self.conversations {
            var expected: [String: String] = isCustom ? [:] : ["kept": "yes"]
            for case .tag(conversation, let attributes) in wanted.values.joined().map(\.work) {
                expected.merge(attributes) { $1 }
            }
            let sets = world.state.withLock { state in
                isCustom
                    ? (state.sets[conversation] ?? []).map(\.attributes)
                    : [state.conversations[conversation]?.participants[0].attributes ?? [:]]
            }
            #expect(sets.count <= 1)
            #expect(sets.first ?? [:] == expected)
        }
    }
}
