// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The faults in force, in the order in which they were set.
struct FaultPlan: Sendable {
    private(set) var faults: [Fault] = []

    var forbidsPresenceEdit: Bool { faults.contains { $0.kind == .forbidPresenceEdit } }
    var mixesHangups: Bool { faults.contains { $0.kind == .mixedHangup } }

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
        guard !faults.isEmpty,
            let fault = take(subject: topic, generator: &generator, where: \.kind.isAboutEvents)
        else { return [0] }
        switch fault.kind {
        case .dropEvents: return []
        case .duplicateEvents: return [0, 0]
        case .delayEvents: return [fault.milliseconds]
        default: return [Int.random(in: 0...max(1, fault.milliseconds), using: &generator)]
        }
    }

    private mutating func take(
        subject: String,
        generator: inout SeededGenerator,
        where isCandidate: (Fault) -> Bool
    ) -> Fault? {
        for index in faults.indices where isCandidate(faults[index]) && faults[index].matches(subject) {
            let fault = faults[index]
            if fault.percent < 100, !generator.chance(fault.percent / 100) { continue }
            if let times = fault.times {
                if times <= 1 { faults.remove(at: index) } else { faults[index].times = times - 1 }
            }
            return fault
        }
        return nil
    }
}
