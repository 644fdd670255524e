// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// The one door to the API: `CallSchedule` with those who wait.
public actor CallGate {
    /// How a pass has ended.
    public enum Outcome: Sendable {
        /// No call was made.
        case unused
        /// Genesys did as it was asked.
        case success
        /// The call failed; a 429 holds its client back.
        case failure(GenesysAPIError)
    }

    /// How much may still be done, for people and metrics.
    public struct State: Sendable, Equatable {
        /// Calls left in the current minute, for each client.
        public var remaining: [Int]
        /// Calls that each client may make in a minute.
        public var limits: [Int]
        /// Whether each client has to wait because Genesys has said 429.
        public var heldBack: [Bool]
        /// Calls under way.
        public var underWay: Int
        /// Calls that wait, by priority.
        public var waiting: [CallPriority: Int]
        /// Closed = calls are made; of all but errands, which have their own.
        public var breaker: CircuitBreaker.State
    }

    private var schedule: CallSchedule
    private let now: @Sendable () -> Timestamp
    private let sleep: @Sendable (Duration) async throws -> Void
    private var waiters: [Int: CheckedContinuation<CallSchedule.Pass?, Never>] = [:]
    private var lastWaiter = 0
    private var alarm: (at: Timestamp, task: Task<Void, Never>)?

    /// Calls a minute of all clients together.
    public nonisolated let requestsPerMinute: Int

    /// - Parameters:
    ///   - now: a clock that is never set back.
    ///   - sleep: waits for the budget's next window.
    public init(
        _ schedule: CallSchedule,
        now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.schedule = schedule
        requestsPerMinute = schedule.requestsPerMinute
        self.now = now
        self.sleep = sleep
    }

    /// How much may still be done.
    public var state: State { schedule.state(at: now()) }

    /// Waits until a call of that priority may be made; `nil` when the task is cancelled before. Each pass is followed
    /// by one `leave`.
    ///
    /// - Parameter client: the only client that will do; `nil` = any.
    public func enter(_ priority: CallPriority, client: Int? = nil) async -> CallSchedule.Pass? {
        lastWaiter += 1
        let id = lastWaiter
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: nil) }
                waiters[id] = continuation
                schedule.wait(id, priority, client: client)
                admit()
            }
        } onCancel: {
            Task { await self.giveUp(id, priority) }
        }
    }

    /// A call has ended.
    public func leave(_ pass: CallSchedule.Pass, _ outcome: Outcome) {
        schedule.end(pass, outcome, at: now())
        admit()
    }

    /// What an exchange of that client tells of its budget.
    public func note(_ exchange: APIExchange, client: Int) { schedule.note(exchange, client: client, at: now()) }

    /// Makes one call under the budget.
    public func call<Value: Sendable>(
        _ priority: CallPriority,
        _ body: @Sendable (_ client: Int) async throws(GenesysAPIError) -> Value
    ) async throws(GenesysAPIError) -> Value {
        guard let pass = await enter(priority) else { throw GenesysAPIError(.cancelled, message: "cancelled") }
        do {
            let value = try await body(pass.client)
            leave(pass, .success)
            return value
        } catch {
            leave(pass, .failure(error))
            throw error
        }
    }

    // MARK: -

    private func giveUp(_ id: Int, _ priority: CallPriority) {
        guard schedule.giveUp(id, priority) else { return }
        waiters.removeValue(forKey: id)?.resume(returning: nil)
    }

    /// Lets in all who may go, and sets the alarm for the next.
    private func admit() {
        while true {
            let (admitted, again) = schedule.admit(at: now())
            guard let admitted else {
                if let again { wake(at: again) }
                return
            }
            waiters.removeValue(forKey: admitted.id)?.resume(returning: admitted.pass)
        }
    }

    private func wake(at time: Timestamp) {
        if let alarm, alarm.at <= time { return }
        alarm?.task.cancel()
        let delay = max(.milliseconds(1), time.timeIntervalSince(now()))
        alarm = (
            time,
            Task { [sleep] in
                guard (try? await sleep(delay)) != nil else { return }
                self.alarmRang(time)
            }
        )
    }

    private func alarmRang(_ time: Timestamp) {
        if alarm?.at == time { alarm = nil }
        admit()
    }
}
