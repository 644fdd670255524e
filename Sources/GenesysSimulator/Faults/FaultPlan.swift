// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The faults in force, in the order in which they were set.
struct FaultPlan: Sendable {
    private(set) var faults: [Fault] = []

    var forbidsPresenceEdit: Bool { faults.contains { $0.kind == .forbidPresenceEdit } }
    var mixesHangups: Bool { faults.contains { $0.kind == .mixedHangup } }

    /// Kind → how often it has happened, in requests and events.
    var happened: [Fault.Kind: Int] = [:]

    mutating func add(_ fault: Fault) { faults.append(fault) }
    mutating func removeAll() { faults = [] }

    /// The fault that befalls a request, counted as having happened.
    mutating func take(method: String, target: String, generator: inout SeededGenerator) -> Fault? {
        take(subject: "\(method) \(target)", generator: &generator) { fault in
            !fault.kind.isAboutEvents && fault.kind != .forbidPresenceEdit && fault.kind != .mixedHangup
        }
    }

    /// The delays after which copies of an event are to be sent, in milliseconds: `[0]` without a fault, none when it is
    /// lost.
    mutating func deliveries(topic: String, generator: inout SeededGenerator) -> [Int] {
        take(topic: topic, generator: &generator)?.deliveries(&generator) ?? [0]
    }

    /// The fault that befalls an event, counted as having happened.
    mutating func take(topic: String, generator: inout SeededGenerator) -> Fault? {
        guard !faults.isEmpty else { return nil }
        return take(subject: topic, generator: &generator, where: \.kind.isAboutEvents)
    }

    private mutating func take(
        subject: String,
        generator: inout SeededGenerator,
        where isCandidate: (Fault) -> Bool
    ) -> Fault? {
        for index in faults.indices where isCandidate(faults[index]) && faults[index].matches(subject) {
            let fault = faults[index]
            if fault.percent < 100, !fault.choosesUsers, !generator.chance(fault.percent / 100) { continue }
            if let times = fault.times {
                if times <= 1 { faults.remove(at: index) } else { faults[index].times = times - 1 }
            }
            happened[fault.kind, default: 0] += 1
            return fault
        }
        return nil
    }
}
