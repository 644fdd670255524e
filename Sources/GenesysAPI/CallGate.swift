// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import DequeModule
public import GenesysEvents

/// The one door to the API: keeps the budget of the OAuth client and the number of calls at a time, and lets the more
/// urgent wait less.
public actor CallGate {
    /// What a call is for, most urgent first.
    public enum Priority: Int, Sendable, CaseIterable, Comparable {
        case write, verify, resync
        /// The more urgent comes first.
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    private var budget: RequestBudget
    private let maxConcurrent: Int
    private let now: @Sendable () -> Timestamp
    private let sleep: @Sendable (Duration) async throws -> Void
    private var running = 0
    private var waiting: [Deque<CheckedContinuation<Void, Never>>]
    private var alarm: Task<Void, Never>?

    /// - Parameters:
    ///   - maxConcurrent: calls under way at once.
    ///   - sleep: waits for the budget's next window.
    public init(
        budget: RequestBudget,
        maxConcurrent: Int = 16,
        now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.budget = budget
        self.maxConcurrent = maxConcurrent
        self.now = now
        self.sleep = sleep
        waiting = Priority.allCases.map { _ in [] }
    }

    /// Calls left in the current minute, and calls that wait.
    public var state: (remaining: Int, waiting: Int) {
        (budget.remaining(at: now()), waiting.reduce(0) { $0 + $1.count })
    }

    /// Waits until a call of that priority may be made. Each `enter` is followed by one `leave`.
    public func enter(_ priority: Priority) async {
        await withCheckedContinuation { continuation in
            waiting[priority.rawValue].append(continuation)
            admit()
        }
    }

    /// A call has ended; `unused` gives its share of the budget back because it was not made after all.
    public func leave(unused: Bool = false) {
        running -= 1
        if unused { budget.giveBack() }
        admit()
    }

    /// Genesys said 429: nothing more before then.
    public func pause(for duration: Duration) {
        budget.pause(until: now().advanced(by: duration))
    }

    private func admit() {
        while running < maxConcurrent, let queue = waiting.firstIndex(where: { !$0.isEmpty }) {
            switch budget.take(at: now()) {
            case .taken:
                running += 1
                waiting[queue].removeFirst().resume()
            case .wait(let until):
                wake(at: until)
                return
            }
        }
    }

    private func wake(at time: Timestamp) {
        guard alarm == nil else { return }
        let delay = max(.milliseconds(1), time.timeIntervalSince(now()))
        alarm = Task { [sleep] in
            try? await sleep(delay)
            self.alarmRang()
        }
    }

    private func alarmRang() {
        alarm = nil
        admit()
    }
}
