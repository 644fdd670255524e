// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Logging
import Synchronization
import Testing

@testable import Delivery

extension NotificationMessage {
    static func mock(_ errandID: String = "n", agent: String = "a", to endpoint: String = "wallboard") -> Self {
        NotificationMessage(
            errandID: errandID,
            endpoint: endpoint,
            timestamp: Timestamp(milliseconds: 1000),
            agentID: agent,
            rule: "r",
            since: Timestamp(milliseconds: 1000),
            rulesVersion: "v"
        )
    }
}

extension Errand {
    fileprivate static func notify(_ id: String, agent: String = "a", to endpoint: String = "wallboard") -> Errand {
        let message = NotificationMessage.mock(id, agent: agent, to: endpoint)
        return Errand(id: id, rule: "r", work: .notify(message), since: message.since)
    }
}

private func failure(_ code: String = "timeout", isRetryable: Bool = true) -> NotificationAnswer {
    .failure(code: code, message: "example.com: no answer", isRetryable: isRetryable)
}

@Suite("NotificationMessage")
struct NotificationMessageTests {
    @Test("an id is there once, says nothing, and has no dot that could be taken for one of the signature's")
    func ids() {
        let ids = [("n", "a"), ("n", "b"), ("m", "a"), ("na", ""), ("", "na")].map {
            NotificationMessage.mock($0.0, agent: $0.1).id
        }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.hasPrefix("msg_") && $0.count == 36 && !$0.contains(".") })
        #expect(NotificationMessage.mock().id == NotificationMessage.mock().id)
    }

    @Test("what is not known is left out, and the rule's own texts never hide what is always there")
    func body() {
        var message = NotificationMessage.mock()
        message.data = ["x": "y/z", "rule": "another"]
        let text = String(decoding: message.body, as: UTF8.self)
        #expect(
            text
                == #"{"data":{"agentId":"a","rule":"r","rulesVersion":"v","since":"1970-01-01T00:00:01.000Z","x":"y/z"},"#
                + #""timestamp":"1970-01-01T00:00:01.000Z","type":"presence-relay.rule.matched"}"#
        )
    }
}

@Suite("NotificationDelivery")
struct NotificationDeliveryTests {
    private var delivery = NotificationDelivery(
        .mock(),
        errandID: "n",
        policy: .notifications,
        now: Timestamp(milliseconds: 0)
    )

    private mutating func answer(
        _ answer: NotificationAnswer,
        at seconds: Int64 = 0,
        random: Double = 1
    ) -> NotificationDelivery.Step {
        delivery.answered(answer, now: Timestamp(milliseconds: seconds * 1000), random: random)
    }

    @Test("2xx is the end", arguments: [200, 202, 204, 299])
    mutating func done(status: Int) {
        let step = answer(.status(status))
        #expect(step.report?.state == .done)
        #expect(step.report?.summary == "notify: wallboard took it")
        #expect(step.again == nil)
    }

    @Test(
        "what will not get better by itself is given up at once",
        arguments: [
            .status(301), .status(307), .status(400), .status(401), .status(404), .status(410), .status(422),
            failure(isRetryable: false),
        ]
            as [NotificationAnswer]
    )
    mutating func final(_ given: NotificationAnswer) {
        let step = answer(given)
        #expect(step.report?.state == .failed)
        #expect(step.report?.error != nil)
        #expect(step.again == nil)
    }

    @Test(
        "what may get better is tried again",
        arguments: [.status(408), .status(429), .status(500), .status(503), failure()] as [NotificationAnswer]
    )
    mutating func again(_ given: NotificationAnswer) {
        let step = answer(given)
        #expect(step.report?.state == .pending)
        #expect(step.again == .seconds(1))
    }

    @Test("the wait doubles up to five minutes, and is spread; Retry-After makes it longer, never shorter")
    mutating func backoff() {
        let waits = (0..<12).map { _ in answer(failure()).again }
        #expect(waits.prefix(4) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(waits.last == .seconds(300))
        #expect(answer(failure(), random: 0.5).again == .seconds(150))
        #expect(answer(.status(429, retryAfter: .seconds(5)), random: 0.5).again == .seconds(150))
        #expect(answer(.status(503, retryAfter: .seconds(900)), random: 0.5).again == .seconds(900))
    }

    @Test("another reason is told, the same one only once")
    mutating func told() {
        #expect(answer(.status(503)).report?.summary == "notify: wallboard: answered 503; it is tried again")
        #expect(answer(.status(503)).report == nil)
        #expect(answer(failure()).report?.error?.code == "timeout")
        #expect(answer(.status(503)).report != nil)
    }

    @Test("after an hour of failures it is given up")
    mutating func givenUp() {
        #expect(answer(failure(), at: 10).again != nil)
        #expect(answer(failure(), at: 3610).again != nil)
        let step = answer(failure(), at: 3611)
        #expect(step.report?.state == .failed)
        #expect(step.again == nil)
    }
}

/// Endpoints in memory, on a clock that the test moves.
private final class Endpoints: Sendable {
    struct State {
        var now = Timestamp(milliseconds: 0)
        var serial = 0
        var sleepers: [Int: (until: Timestamp, continuation: CheckedContinuation<Void, any Error>)] = [:]
        /// Answers of an endpoint, the last of which is repeated.
        var answers: [String: [NotificationAnswer]] = [:]
        /// Endpoints that do not answer until they are let go.
        var hanging: Set<String> = []
        var attempts: [(id: String, endpoint: String, at: Timestamp)] = []
        var underWay: [String: Int] = [:]
        var most: [String: Int] = [:]
        var reports: [ErrandReport] = []
    }

    let state = Mutex(State())

    func notifications() -> Notifications {
        Notifications(
            effects: Notifications.Effects(
                send: { [self] message in await send(message) },
                report: { [self] report in state.withLock { $0.reports.append(report) } },
                now: { [self] in state.withLock { $0.now } },
                sleep: { [self] duration in try await sleep(duration) },
                random: { 1 }
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func send(_ message: NotificationMessage) async -> NotificationAnswer {
        let endpoint = message.endpoint
        state.withLock { state in
            state.attempts.append((message.id, endpoint, state.now))
            state.underWay[endpoint, default: 0] += 1
            state.most[endpoint] = max(state.most[endpoint] ?? 0, state.underWay[endpoint] ?? 0)
        }
        await Task.yield()
        while state.withLock({ $0.hanging.contains(endpoint) }) { await Task.yield() }
        return state.withLock { state in
            state.underWay[endpoint, default: 1] -= 1
            guard var answers = state.answers[endpoint], let next = answers.first else { return .status(204) }
            if answers.count > 1 { answers.removeFirst() }
            state.answers[endpoint] = answers
            return next
        }
    }

    private func sleep(_ duration: Duration) async throws {
        let id = state.withLock { state in
            state.serial += 1
            return state.serial
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.sleepers[id] = (state.now.advanced(by: duration), continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves the clock to the next moment at which somebody wants to wake up; `false` = nobody does.
    private func advance() -> Bool {
        let sleeper = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard let (id, next) = state.sleepers.min(by: { $0.value.until < $1.value.until }) else { return nil }
            state.sleepers[id] = nil
            state.now = max(state.now, next.until)
            return next.continuation
        }
        sleeper?.resume()
        return sleeper != nil
    }

    /// Runs until the condition holds.
    func run(_ what: String, until isEnough: () async -> Bool) async {
        for _ in 0..<200_000 {
            if await isEnough() { return }
            if state.withLock({ $0.underWay.values.allSatisfy { $0 == 0 } }) { _ = advance() }
            await Task.yield()
        }
        Issue.record("not reached: \(what)")
    }

    /// Until it is so by itself: the clock stands still, so that nobody is woken in between.
    func wait(_ what: String, until isEnough: () async -> Bool) async {
        for _ in 0..<200_000 {
            if await isEnough() { return }
            await Task.yield()
        }
        Issue.record("not reached: \(what)")
    }
}

@Suite("Notifications")
struct NotificationsTests {
    private let endpoints = Endpoints()

    @Test("a message is sent until it is taken, with the same id each time")
    func retry() async {
        endpoints.state.withLock {
            $0.answers["wallboard"] = [.status(503), failure(), .status(429, retryAfter: .seconds(60)), .status(200)]
        }
        let notifications = endpoints.notifications()
        await notifications.want([.notify("n")])
        await endpoints.run("taken") { await notifications.outstanding == 0 }
        let state = endpoints.state.withLock { $0 }
        #expect(Set(state.attempts.map(\.id)) == [NotificationMessage.mock("n").id])
        #expect(state.attempts.map { $0.at.milliseconds } == [0, 1000, 3000, 63_000])
        #expect(state.reports.map(\.state) == [.pending, .pending, .pending, .done])
        #expect(state.reports.allSatisfy { $0.agentID == "a" && $0.errandID == "n" })
    }

    @Test("what is wanted again, before or after its end, is sent once; other errands are none of its business")
    func once() async {
        let notifications = endpoints.notifications()
        await notifications.want([.notify("n"), .notify("n"), .idle("i")])
        await endpoints.run("sent") { await notifications.outstanding == 0 }
        await notifications.want([.notify("n"), .notify("n", agent: "b")])
        await endpoints.run("sent") { await notifications.outstanding == 0 }
        #expect(endpoints.state.withLock { $0.attempts.count } == 2)
        #expect(endpoints.state.withLock { $0.reports.map(\.agentID) } == ["a", "b"])
    }

    @Test("an endpoint that hangs holds up no other, and takes no more than four attempts at once")
    func lanes() async {
        endpoints.state.withLock { $0.hanging = ["slow"] }
        let notifications = endpoints.notifications()
        await notifications.want((0..<50).map { Errand.notify("s\($0)", agent: "a\($0)", to: "slow") })
        await notifications.want((0..<50).map { Errand.notify("q\($0)", agent: "a\($0)", to: "quick") })
        await endpoints.run("the quick ones are sent") { endpoints.state.withLock { $0.reports.count } == 50 }
        #expect(endpoints.state.withLock { $0.underWay["slow"] } == 4)
        endpoints.state.withLock { $0.hanging = [] }
        await endpoints.run("all are sent") { await notifications.outstanding == 0 }
        let state = endpoints.state.withLock { $0 }
        #expect(state.most["slow"] == 4)
        #expect(Set(state.attempts.map(\.id)).count == 100)
        #expect(state.attempts.count == 100)
        #expect(state.reports.allSatisfy { $0.state == .done })
    }

    @Test("once stopped, nothing more is sent or told")
    func stopped() async {
        endpoints.state.withLock { $0.answers["wallboard"] = [.status(503)] }
        let notifications = endpoints.notifications()
        await notifications.want([.notify("n")])
        await endpoints.wait("tried") { endpoints.state.withLock { $0.sleepers.count } == 1 }
        await notifications.stop()
        await endpoints.wait("the alarm is off") { endpoints.state.withLock { $0.sleepers.isEmpty } }
        await notifications.want([.notify("m")])
        #expect(endpoints.state.withLock { $0.attempts.count } == 1)
        #expect(endpoints.state.withLock { $0.reports.map(\.state) } == [.pending])
    }

    @Test("an attempt that has not begun when all is stopped is not made")
    func stoppedBefore() async {
        let notifications = endpoints.notifications()
        // In one turn of the actor: the attempts are made in tasks of their own, after it.
        await notifications.wantThenStop([.notify("n"), .notify("m")])
        for _ in 0..<1000 { await Task.yield() }
        #expect(endpoints.state.withLock { $0.attempts.count } == 0)
        #expect(endpoints.state.withLock { $0.reports.count } == 0)
    }

    @Test("calls to Genesys are none of a message's business")
    func noCall() {
        let delivery = ErrandDelivery(
            .notify("n"),
            agentID: "a",
            tags: .participantAttributes,
            policy: ErrandPolicy(),
            checkFirst: false,
            now: Timestamp(milliseconds: 0)
        )
        #expect(delivery == nil)
    }
}

extension Notifications {
    fileprivate func wantThenStop(_ errands: [Errand]) {
        want(errands)
        stop()
    }
}
