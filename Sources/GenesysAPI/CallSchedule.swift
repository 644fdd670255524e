// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import DequeModule
public import GenesysEvents

/// Who may call next: shares calls among the OAuth clients, each within its own budget, lets the more urgent wait less,
/// and holds all back while the service is down. Pure: times come in as arguments; `CallGate` runs it.
public struct CallSchedule: Sendable {
    /// Leave to make one call.
    public struct Pass: Sendable, Equatable {
        /// Index of the OAuth client to call with.
        public let client: Int
        let isProbe: Bool
        let isErrand: Bool

        /// Leave for that client, as a schedule gives it.
        public init(client: Int, isProbe: Bool = false, isErrand: Bool = false) {
            self.client = client
            self.isProbe = isProbe
            self.isErrand = isErrand
        }
    }

    private struct Waiter {
        var id: Int
        /// Grows with each that came.
        var number: Int
    }

    /// Those of one priority, first come first: any client will do for the first queue, and one only for each of the
    /// others, so that a client that is held back holds up nobody else.
    private struct Queues {
        var byClient: [Deque<Waiter>]
        var count: Int { byClient.reduce(0) { $0 + $1.count } }

        /// Where the first of each waits, in the order in which they came.
        var heads: [Int] {
            byClient.indices.filter { !byClient[$0].isEmpty }.sorted { byClient[$0][0].number < byClient[$1][0].number }
        }
    }

    private var budgets: [RequestBudget]
    private var breaker: CircuitBreaker
    /// Errands go to other services: one that is down must not hold back statuses.
    private var errandBreaker: CircuitBreaker
    private var turns = CallTurns()
    private let maxConcurrent: Int
    private static let unauthorizedPause = Duration.seconds(30)
    private var waiting: [Queues]
    private var lastNumber = 0

    /// - Parameters:
    ///   - budgets: one for each OAuth client, in the order of `Pass.client`.
    ///   - maxConcurrent: calls under way at once, for each client.
    public init(
        budgets: [RequestBudget],
        maxConcurrent: Int = 16,
        breaker: CircuitBreaker = CircuitBreaker()
    ) {
        self.budgets = budgets
        self.maxConcurrent = maxConcurrent
        self.breaker = breaker
        errandBreaker = breaker
        let queues = Queues(byClient: Array(repeating: [], count: budgets.count + 1))
        waiting = CallPriority.allCases.map { _ in queues }
    }

    /// Calls a minute of all clients together.
    public var requestsPerMinute: Int { budgets.reduce(0) { $0 + $1.requestsPerMinute } }

    /// How much may still be done.
    public func state(at now: Timestamp) -> CallGate.State {
        CallGate.State(
            remaining: budgets.map { $0.remaining(at: now) },
            limits: budgets.map(\.requestsPerMinute),
            heldBack: budgets.map { $0.isHeldBack(at: now) },
            underWay: budgets.reduce(0) { $0 + $1.underWay },
            waiting: Dictionary(
                uniqueKeysWithValues: CallPriority.allCases.map { ($0, waiting[$0.rawValue].count) }
            ),
            breaker: breaker.state(at: now)
        )
    }

    /// Somebody waits, under a number of its own.
    public mutating func wait(_ id: Int, _ priority: CallPriority, client: Int? = nil) {
        lastNumber += 1
        let queue = client.map { budgets.indices.contains($0) ? $0 + 1 : 0 } ?? 0
        waiting[priority.rawValue].byClient[queue].append(Waiter(id: id, number: lastNumber))
    }

    /// It waits no longer; `false` when it was let in already.
    public mutating func giveUp(_ id: Int, _ priority: CallPriority) -> Bool {
        for queue in waiting[priority.rawValue].byClient.indices {
            guard let place = waiting[priority.rawValue].byClient[queue].firstIndex(where: { $0.id == id }) else {
                continue
            }
            waiting[priority.rawValue].byClient[queue].remove(at: place)
            return true
        }
        return false
    }

    /// Lets in the next who may go now; when there is none, `again` says when that may change although no call ends.
    public mutating func admit(at now: Timestamp) -> (admitted: (id: Int, pass: Pass)?, again: Timestamp?) {
        var again: Timestamp?
        let wanting = CallPriority.allCases.filter { waiting[$0.rawValue].count > 0 }
        for priority in turns.order(of: wanting) {
            let isOverdue = turns.isOverdue(priority)
            for queue in waiting[priority.rawValue].heads {
                guard let client = take(queue == 0 ? nil : queue - 1, priority, isOverdue, now, &again) else {
                    continue
                }
                let isErrand = priority == .errand
                let verdict = isErrand ? errandBreaker.admit(at: now) : breaker.admit(at: now)
                if case .wait(let until) = verdict {
                    budgets[client].giveBack()
                    again = earlier(again, until)
                    break
                }
                let waiter = waiting[priority.rawValue].byClient[queue].removeFirst()
                turns.went(priority, waiting: wanting)
                return ((waiter.id, Pass(client: client, isProbe: verdict == .probe, isErrand: isErrand)), nil)
            }
        }
        return (nil, again)
    }

    /// A call has ended.
    public mutating func end(_ pass: Pass, _ outcome: CallGate.Outcome, at now: Timestamp) {
        switch outcome {
        case .unused:
            budgets[pass.client].giveBack()
            if pass.isProbe { withBreaker(of: pass) { $0.giveBackProbe() } }
        case .success:
            budgets[pass.client].end(at: now)
            budgets[pass.client].accepted()
            withBreaker(of: pass) { $0.record(failed: false, isProbe: pass.isProbe, at: now) }
        case .failure(let error):
            budgets[pass.client].end(at: now)
            if error.code == .rateLimited {
                budgets[pass.client].refused(retryAfter: error.retryAfter, at: now)
            }
            // Its credentials are not accepted: meanwhile the others' are.
            if error.code == .unauthorized, budgets.count > 1 {
                budgets[pass.client].pause(until: now.advanced(by: Self.unauthorizedPause))
            }
            if error.code == .cancelled {
                if pass.isProbe { withBreaker(of: pass) { $0.giveBackProbe() } }
            } else {
                withBreaker(of: pass) { $0.record(failed: error.meansOutage, isProbe: pass.isProbe, at: now) }
            }
        }
    }

    /// What an exchange of that client tells of its budget.
    public mutating func note(_ exchange: APIExchange, client: Int, at now: Timestamp) {
        if exchange.isRepeat { budgets[client].charge(at: now) }
        if let limits = exchange.limits { budgets[client].note(limits, at: now) }
    }

    // MARK: -

    private mutating func withBreaker(of pass: Pass, _ change: (inout CircuitBreaker) -> Void) {
        if pass.isErrand { change(&errandBreaker) } else { change(&breaker) }
    }

    /// Takes a call from the budget that has most left.
    private mutating func take(
        _ wanted: Int?,
        _ priority: CallPriority,
        _ isOverdue: Bool,
        _ now: Timestamp,
        _ again: inout Timestamp?
    ) -> Int? {
        let candidates = wanted.map { [$0] } ?? Array(budgets.indices)
        let ranked =
            candidates.count == 1
            ? candidates
            : candidates.sorted { budgets[$0].remaining(at: now) > budgets[$1].remaining(at: now) }
        for client in ranked where budgets[client].underWay < maxConcurrent {
            let share = isOverdue ? 0 : priority.reserve
            let reserve = Int((Double(budgets[client].requestsPerMinute) * share).rounded(.down))
            switch budgets[client].take(at: now, leaving: reserve) {
            case .taken: return client
            case .wait(let until): again = earlier(again, until)
            }
        }
        return nil
    }

    private func earlier(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? {
        guard let a, let b else { return a ?? b }
        return min(a, b)
    }
}

extension GenesysAPIError {
    /// The service is down or cannot be reached.
    fileprivate var meansOutage: Bool {
        switch code {
        case .network, .timeout, .server: true
        default: false
        }
    }
}
