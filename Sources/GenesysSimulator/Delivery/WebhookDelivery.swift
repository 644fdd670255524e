// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPClient
import Logging
import Synchronization

/// Where events go.
struct WebhookTarget: Sendable {
    var url: String
    var headers: [(name: String, value: String)]
    var keepsAlive = false
}

/// What became of the events so far.
struct DeliveryCounters: Sendable, Equatable {
    /// Events handed over, duplicates included.
    var accepted = 0
    var attempts = 0
    var delivered = 0
    var retried = 0
    /// Given up: refused for good, too many attempts, or too many waiting.
    var failed = 0

    var pending: Int { accepted - delivered - failed }

    var json: JSONValue {
        object([
            "accepted": accepted, "attempts": attempts, "delivered": delivered, "retried": retried, "failed": failed,
            "pending": pending,
        ])
    }
}

/// Sends events to the webhook the way an EventBridge API destination does: one event a request, a new connection each,
/// several at the same time, failed ones again later.
actor WebhookDelivery {
    /// One event on its way.
    private struct Item: Sendable {
        var target: WebhookTarget
        var body: [UInt8]
        var topic: String
        var firstTried: ContinuousClock.Instant?
        var attempts = 0
    }

    typealias Send = @Sendable (ClientRequest) async throws(HTTPClientError) -> ClientResponse

    /// More than this waiting and new events are given up: a webhook that is down for long must not eat the memory.
    static let capacity = 200_000

    nonisolated let counters = Mutex(DeliveryCounters())
    private let send: Send
    private let retry: DeliveryRetry
    private let concurrency: Int
    private let timeout: Duration
    private let logger: Logger
    private var waiting: [Item] = []
    private var head = 0
    private var underWay = 0
    private var tasks: [UInt64: Task<Void, Never>] = [:]
    private var started: UInt64 = 0
    private var generator: SeededGenerator
    private var isStopped = false

    init(
        concurrency: Int,
        timeout: Duration,
        retry: DeliveryRetry,
        seed: UInt64,
        logger: Logger,
        send: @escaping Send
    ) {
        self.concurrency = max(1, concurrency)
        self.timeout = timeout
        self.retry = retry
        self.logger = logger
        self.send = send
        generator = SeededGenerator(seed: seed, name: "delivery")
    }

    /// Takes events, in this order.
    nonisolated func accept(_ events: [EventDelivery]) async {
        let items = events.map { event in
            (Item(target: event.target, body: event.body, topic: event.event.topicName), event.delay)
        }
        await accept(items)
    }

    private func accept(_ items: [(Item, Duration)]) {
        for (item, delay) in items { accept(item, after: delay) }
    }

    private func accept(_ item: Item, after delay: Duration) {
        guard !isStopped else { return }
        let isFull = waiting.count - head >= Self.capacity
        counters.withLock {
            $0.accepted += 1
            if isFull { $0.failed += 1 }
        }
        guard !isFull else { return }
        later(item, delay)
    }

    /// Gives up what is still waiting and ends all transfers.
    func stop() async {
        isStopped = true
        waiting = []
        head = 0
        let running = tasks.values
        for task in running { task.cancel() }
        for task in running { await task.value }
    }

    private func later(_ item: Item, _ delay: Duration) {
        guard delay > .zero else { return enqueue(item) }
        run { delivery in
            try? await Task.sleep(for: delay)
            if !Task.isCancelled { await delivery.enqueue(item) }
        }
    }

    private func enqueue(_ item: Item) {
        waiting.append(item)
        pump()
    }

    private func pump() {
        while underWay < concurrency, head < waiting.count, !isStopped {
            let item = waiting[head]
            head += 1
            if head > 1024, head * 2 > waiting.count {
                waiting.removeFirst(head)
                head = 0
            }
            underWay += 1
            run { delivery in await delivery.attempt(item) }
        }
    }

    private func run(_ work: @escaping @Sendable (WebhookDelivery) async -> Void) {
        let number = started
        started += 1
        tasks[number] = Task {
            await work(self)
            self.tasks[number] = nil
        }
    }

    private func attempt(_ item: Item) async {
        var item = item
        let now = ContinuousClock.now
        item.attempts += 1
        let firstTried = item.firstTried ?? now
        item.firstTried = firstTried
        counters.withLock { $0.attempts += 1 }
        let outcome = await outcome(of: item)
        underWay -= 1
        if !Task.isCancelled { settle(item, outcome, age: firstTried.duration(to: .now)) }
        pump()
    }

    private func outcome(of item: Item) async -> DeliveryRetry.Outcome {
        let request = ClientRequest(
            method: "POST",
            url: item.target.url,
            headers: Self.headers + (item.target.keepsAlive ? [] : [Self.close]) + item.target.headers,
            body: item.body,
            timeout: timeout,
            maxResponseBytes: 64 * 1024
        )
        do {
            let response = try await send(request)
            let retryAfter = response.headers.first { $0.name.lowercased() == "retry-after" }?.value
            return .answered(status: response.status, retryAfter: retryAfter)
        } catch {
            return .unanswered
        }
    }

    private func settle(_ item: Item, _ outcome: DeliveryRetry.Outcome, age: Duration) {
        switch retry.decide(outcome, attempts: item.attempts, age: age, jitter: generator.unit()) {
        case .delivered: counters.withLock { $0.delivered += 1 }
        case .failed:
            counters.withLock { $0.failed += 1 }
            logger.warning("an event is given up", metadata: ["topic": "\(item.topic)", "outcome": "\(outcome)"])
        case .retry(let wait):
            counters.withLock { $0.retried += 1 }
            later(item, wait)
        }
    }

    /// What API destinations send (facts 7.2).
    private static let headers: [(name: String, value: String)] = [
        (name: "User-Agent", value: "Amazon/EventBridge/ApiDestinations"),
        (name: "Content-Type", value: "application/json; charset=utf-8"),
        (name: "Range", value: "bytes=0-1048575"),
        (name: "Accept-Encoding", value: "gzip,deflate"),
    ]
    private static let close = (name: "Connection", value: "close")
}
