// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HeapModule

/// A clock that goes on only when all tasks wait, straight to the next moment at which something happens.
///
/// Unchecked: it is used on the one thread of `SerialExecution` alone, which runs all tasks of this program.
final class VirtualTime: @unchecked Sendable {
    private struct Alarm: Comparable {
        var at: Int64
        /// Alarms of the same moment ring in the order in which they were set.
        var order: Int
        var ring: () -> Void
        static func < (a: Self, b: Self) -> Bool { (a.at, a.order) < (b.at, b.order) }
        static func == (a: Self, b: Self) -> Bool { a.order == b.order }
    }

    /// The virtual day begins here; only differences mean anything.
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)

    private var alarms = Heap<Alarm>()
    private var order = 0
    private var sleepers: [Int: CheckedContinuation<Void, any Error>] = [:]
    /// Milliseconds since the day began.
    private(set) var milliseconds: Int64 = 0

    var now: Timestamp { timestamp(milliseconds) }

    func timestamp(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: Self.start.milliseconds + milliseconds)
    }

    func milliseconds(of timestamp: Timestamp) -> Int64 { timestamp.milliseconds - Self.start.milliseconds }

    func after(_ delay: Int64, _ action: @escaping () -> Void) {
        order += 1
        alarms.insert(Alarm(at: milliseconds + max(0, delay), order: order, ring: action))
    }

    /// Ends with an error as soon as the task is cancelled, as `Task.sleep` does.
    func sleep(_ duration: Duration) async throws {
        order += 1
        let id = order
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                sleepers[id] = continuation
                // Rounded up: nothing that is due later is done now.
                after(Int64((duration / .milliseconds(1)).rounded(.up))) {
                    self.sleepers.removeValue(forKey: id)?.resume()
                }
            }
        } onCancel: {
            sleepers.removeValue(forKey: id)?.resume(throwing: CancellationError())
        }
    }

    func wait(milliseconds: Int64) async {
        await withCheckedContinuation { continuation in after(milliseconds) { continuation.resume() } }
    }

    /// Lets all that is due before the happening be done, then hands it over; after the last one goes on for `rest`.
    func run(_ happenings: [Happening], rest: Int64, perform: (Happening) -> Void) {
        for happening in happenings {
            advance(to: Int64(happening.at))
            perform(happening)
        }
        advance(to: milliseconds + rest)
    }

    private func advance(to end: Int64) {
        SerialExecution.shared.drain()
        while let first = alarms.min, first.at <= end {
            alarms.removeMin()
            milliseconds = first.at
            first.ring()
            SerialExecution.shared.drain()
        }
        milliseconds = end
    }
}
