// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
public import Logging
import Metrics

/// Sends messages, with the budgets of Genesys untouched: each endpoint has a lane of its own with a few attempts at once,
/// so that one that hangs holds up nobody else's, and no call to Genesys.
///
/// At least once: what was under way when the process ended is sent again, with the same id.
public actor Notifications {
    /// The outside world as messages need it.
    public struct Effects: Sendable {
        /// Signs and sends a message once; ends within the endpoint's timeout.
        public var send: @Sendable (NotificationMessage) async -> NotificationAnswer
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
            send: @escaping @Sendable (NotificationMessage) async -> NotificationAnswer,
            report: @escaping @Sendable (ErrandReport) -> Void,
            now: @escaping @Sendable () -> Timestamp,
            sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
            random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
        ) {
            self.send = send
            self.report = report
            self.now = now
            self.sleep = sleep
            self.random = random
        }
    }

    private struct Lane {
        /// Ids of messages that are due, in order; what is before `head` has been taken.
        var due: [String] = []
        var head = 0
        var underWay = 0

        mutating func next() -> String? {
            guard head < due.count else { return nil }
            defer {
                head += 1
                if head > 64, head * 2 > due.count {
                    due.removeFirst(head)
                    head = 0
                }
            }
            return due[head]
        }
    }

    private let policy: ErrandPolicy
    private let effects: Effects
    private let logger: Logger
    private let metrics = ErrandMetrics()
    private var messages: [String: NotificationDelivery] = [:]
    private var lanes: [String: Lane] = [:]
    private var alarms: [String: Task<Void, Never>] = [:]
    private var recent = ErrandMemory()
    private var isStopped = false

    /// Attempts to one endpoint at once.
    private static let width = 4

    /// Sends nothing yet.
    public init(policy: ErrandPolicy = .notifications, effects: Effects, logger: Logger) {
        self.policy = policy
        self.effects = effects
        self.logger = logger
    }

    /// Messages that have not ended.
    public var outstanding: Int { messages.count }

    /// More messages; other errands are passed over. One that is wanted again, also after it has ended, is not sent again.
    public func want(_ errands: [Errand]) {
        guard !isStopped else { return }
        for errand in errands {
            guard case .notify(let message) = errand.work, messages[message.id] == nil,
                recent.insert(.id(agentID: message.agentID, errand.id))
            else { continue }
            messages[message.id] = NotificationDelivery(
                message,
                errandID: errand.id,
                policy: policy,
                now: effects.now()
            )
            enqueue(message.id, message.endpoint)
        }
    }

    /// Starts no more attempts and reports nothing any more: whatever has not ended is sent again after the restart.
    public func stop() {
        isStopped = true
        for alarm in alarms.values { alarm.cancel() }
        alarms = [:]
    }

    // MARK: -

    private func enqueue(_ id: String, _ endpoint: String) {
        lanes[endpoint, default: Lane()].due.append(id)
        pump(endpoint)
    }

    private func pump(_ endpoint: String) {
        while !isStopped, let lane = lanes[endpoint], lane.underWay < Self.width,
            let id = lanes[endpoint]?.next()
        {
            guard let message = messages[id]?.message else { continue }
            lanes[endpoint]?.underWay += 1
            Task { await self.attempt(message) }
        }
        if let lane = lanes[endpoint], lane.underWay == 0, lane.head == lane.due.count { lanes[endpoint] = nil }
    }

    private func attempt(_ message: NotificationMessage) async {
        // Its turn may come after the end.
        guard !isStopped else { return }
        let answer = await effects.send(message)
        lanes[message.endpoint]?.underWay -= 1
        answered(message, answer)
        pump(message.endpoint)
    }

    private func answered(_ message: NotificationMessage, _ answer: NotificationAnswer) {
        guard !isStopped, var delivery = messages[message.id] else { return }
        let now = effects.now()
        let step = delivery.answered(answer, now: now, random: effects.random())
        metrics.attempted(message.endpoint, answer.result)
        if let delay = step.again {
            messages[message.id] = delivery
            arm(message, after: delay)
        } else {
            messages[message.id] = nil
        }
        guard let report = step.report else { return }
        logger.debug(
            "notification",
            metadata: ["agent": "\(message.agentID)", "message": "\(message.id)", "what": "\(report.summary)"]
        )
        if report.state.isFinal {
            metrics.ended(.notify, report.state, after: now.timeIntervalSince(delivery.wantedAt))
        }
        effects.report(report)
    }

    private func arm(_ message: NotificationMessage, after delay: Duration) {
        alarms[message.id] = Task { [sleep = effects.sleep] in
            guard (try? await sleep(delay)) != nil else { return }
            self.rang(message)
        }
    }

    private func rang(_ message: NotificationMessage) {
        alarms[message.id] = nil
        guard !isStopped else { return }
        enqueue(message.id, message.endpoint)
    }
}

extension ErrandPolicy {
    /// Of webhooks: a receiver may be away for an hour.
    public static let notifications: ErrandPolicy = {
        var policy = ErrandPolicy()
        policy.backoffLimit = .seconds(300)
        policy.giveUpAfter = .seconds(3600)
        return policy
    }()
}
