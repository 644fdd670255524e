// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The queues that an agent has joined, from full lists and from single joins and leaves.
///
/// Kept only while there are single ones newer than the latest list; without them the list is all there is.
struct QueueChanges: Codable, Sendable, Equatable {
    struct Change: Codable, Sendable, Equatable {
        var queueID: String
        var joined: Bool
        var order: FactOrder

        private enum CodingKeys: String, CodingKey {
            case queueID = "queue"
            case joined
            case order = "at"
        }
    }

    /// The latest list; `nil` = none was seen, so that there may be queues of which nothing is known.
    var list: [String]?
    /// Those after it, at most one for each queue.
    var changes: [Change]

    /// The queues joined now; `nil` = nothing is known of any.
    var queueIDs: [String]? {
        let left = changes.filter { !$0.joined }.map(\.queueID)
        let joined = changes.filter(\.joined).map(\.queueID)
        let queues = Set(list ?? []).subtracting(left).union(joined)
        return list == nil && queues.isEmpty ? nil : queues.sorted()
    }
}

extension AgentFacts {
    /// A full list. Sorted, since its order tells nothing and the topics need not agree on it.
    mutating func apply(
        activeQueues list: [String],
        changedAt: Timestamp?,
        _ order: FactOrder,
        _ result: inout OutcomeBuilder
    ) {
        let fact = "the list of active queues"
        guard let order = accept(order, changedAt: changedAt, after: activeQueuesOrder, fact, &result) else { return }
        activeQueuesOrder = order
        let later = queueChanges?.changes.filter { order.isOlder(than: $0.order, by: .body) } ?? []
        setQueues(QueueChanges(list: list.sorted(), changes: later), &result)
    }

    mutating func apply(_ new: QueueMembership, _ order: FactOrder, _ result: inout OutcomeBuilder) {
        var known = queueChanges ?? QueueChanges(list: activeQueueIDs, changes: [])
        let place = known.changes.firstIndex { $0.queueID == new.queueID }
        let after = place.map { known.changes[$0].order } ?? activeQueuesOrder
        if let after, order.isOlder(than: after, by: .body) {
            return result.stale("the queue was joined or left since")
        }
        let change = QueueChanges.Change(queueID: new.queueID, joined: new.joined, order: order)
        if let place { known.changes[place] = change } else { known.changes.append(change) }
        setQueues(known, &result)
    }

    private mutating func setQueues(_ known: QueueChanges, _ result: inout OutcomeBuilder) {
        let old = activeQueueIDs
        activeQueueIDs = known.queueIDs
        queueChanges = known.changes.isEmpty ? nil : known
        result.compare("activeQueueIds", old?.joined(separator: " "), activeQueueIDs?.joined(separator: " "))
    }
}
