// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import HTTPServer

@Suite("The deadline queue")
struct DeadlineQueueTests {
    private func queue() -> DeadlineQueue {
        DeadlineQueue { kind in
            switch kind {
            case .header: 10
            case .handler: 5
            default: 100
            }
        }
    }

    @Test("knows the earliest of all kinds, and hands out the expired ones once")
    func expires() {
        var queue = queue()
        #expect(queue.earliest == nil)
        queue.set(.header, slot: 3, now: 0)
        queue.set(.handler, slot: 1, now: 4)
        queue.set(.idle, slot: 0, now: 1)
        #expect(queue.earliest == 9)
        #expect(queue.popExpired(now: 8) == nil)
        let first = queue.popExpired(now: 10)
        let second = queue.popExpired(now: 10)
        #expect(Set([first?.slot, second?.slot]) == [1, 3])
        #expect(queue.popExpired(now: 10) == nil)
        #expect(queue.earliest == 101)
    }

    @Test("gives a slot one deadline: a new one replaces the old one")
    func replaces() {
        var queue = queue()
        queue.set(.handler, slot: 0, now: 0)
        queue.set(.idle, slot: 0, now: 1)
        #expect(queue.popExpired(now: 50) == nil)
        #expect(queue.earliest == 101)
        queue.clear(slot: 0)
        queue.clear(slot: 0)
        queue.clear(slot: 9)
        #expect(queue.earliest == nil)
    }

    @Test("agrees with a simple model over many random steps")
    func model() {
        var generator = SeededGenerator(state: 7)
        var queue = queue()
        var model: [Int: (kind: DeadlineQueue.Kind, deadline: Int64)] = [:]
        for step in 0..<5000 {
            let now = Int64(step)
            let slot = Int.random(in: 0..<20, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                queue.clear(slot: slot)
                model[slot] = nil
            default:
                let kind = DeadlineQueue.Kind.allCases.randomElement(using: &generator) ?? .idle
                queue.set(kind, slot: slot, now: now)
                model[slot] = (kind, now + (kind == .header ? 10 : kind == .handler ? 5 : 100))
            }
            while let (expired, kind) = queue.popExpired(now: now) {
                #expect(model[expired]?.kind == kind)
                #expect((model[expired]?.deadline ?? .max) <= now)
                model[expired] = nil
            }
            #expect(queue.earliest == model.values.map(\.deadline).min())
            #expect(model.values.allSatisfy { $0.deadline > now })
        }
    }
}
