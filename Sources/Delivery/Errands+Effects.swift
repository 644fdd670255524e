// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysAPI
public import GenesysEvents

extension Errands {
    /// The outside world as errands need it.
    public struct Effects: Sendable {
        /// Waits until a call may be made under the budget, at the lowest priority, by that OAuth client (`nil` = any).
        /// Throws only when the task has been cancelled; then there is nothing to leave.
        public var pass: @Sendable (_ client: Int?) async throws(CancellationError) -> CallSchedule.Pass
        /// The call has ended; follows each `pass`.
        public var leave: @Sendable (CallSchedule.Pass, CallGate.Outcome) async -> Void
        /// Makes a call with the client of that index: `ErrandCall.perform(on:agentID:)`.
        public var call:
            @Sendable (_ client: Int, _ agentID: String, ErrandCall) async throws(GenesysAPIError) -> ErrandAnswer
        /// Takes reports in order; must not block.
        public var report: @Sendable (ErrandReport) -> Void
        /// The wall clock.
        public var now: @Sendable () -> Timestamp
        /// Waits, or throws when the task is cancelled.
        public var sleep: @Sendable (Duration) async throws -> Void
        /// In 0..<1.
        public var random: @Sendable () -> Double

        /// Everything but time and chance has to be given.
        public init(
            pass: @escaping @Sendable (Int?) async throws(CancellationError) -> CallSchedule.Pass,
            leave: @escaping @Sendable (CallSchedule.Pass, CallGate.Outcome) async -> Void,
            call: @escaping @Sendable (Int, String, ErrandCall) async throws(GenesysAPIError) -> ErrandAnswer,
            report: @escaping @Sendable (ErrandReport) -> Void,
            now: @escaping @Sendable () -> Timestamp,
            sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
            random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
        ) {
            self.pass = pass
            self.leave = leave
            self.call = call
            self.report = report
            self.now = now
            self.sleep = sleep
            self.random = random
        }
    }
}
