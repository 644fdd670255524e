// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Whose turn it is: the most urgent, but nobody waits for ever. Pure.
struct CallTurns: Sendable {
    /// How often each priority has been passed over since its last turn.
    private var passedOver = [Int](repeating: 0, count: CallPriority.allCases.count)

    /// The priorities that wait, in the order in which they may go: those passed over too often, then by urgency.
    func order(of waiting: [CallPriority]) -> [CallPriority] {
        let overdue = waiting.filter(isOverdue)
        return overdue.isEmpty ? waiting : overdue + waiting.filter { !isOverdue($0) }
    }

    /// It has been passed over as often as it may.
    func isOverdue(_ priority: CallPriority) -> Bool { passedOver[priority.rawValue] >= priority.patience }

    /// One of them went.
    mutating func went(_ priority: CallPriority, waiting: [CallPriority]) {
        passedOver[priority.rawValue] = 0
        for other in waiting where other > priority { passedOver[other.rawValue] += 1 }
    }
}
