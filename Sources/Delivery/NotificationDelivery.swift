// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// One message on its way: decides after each attempt. Pure: time, randomness and answers come in as arguments.
struct NotificationDelivery: Sendable {
    let message: NotificationMessage
    /// Taken up then.
    let wantedAt: Timestamp
    private let errandID: String
    private let policy: ErrandPolicy
    private var failures = 0
    private var failingSince: Timestamp?
    /// The failure that was reported last.
    private var told: DeliveryStatus.Failure?

    init(_ message: NotificationMessage, errandID: String, policy: ErrandPolicy, now: Timestamp) {
        self.message = message
        self.errandID = errandID
        self.policy = policy
        wantedAt = now
    }

    /// How it goes on.
    struct Step {
        /// What is to be told: the end, or that it is tried again for another reason than before.
        var report: ErrandReport?
        /// After so long it is sent again; `nil` = never.
        var again: Duration?
    }

    /// The end of an attempt. `random` in 0..<1 spreads the retry.
    mutating func answered(_ answer: NotificationAnswer, now: Timestamp, random: Double) -> Step {
        guard let failure = answer.failure else {
            return Step(report: report(.done, now, "\(message.endpoint) took it"))
        }
        let text = "\(message.endpoint): \(failure.message)"
        failures += 1
        let since = failingSince ?? now
        failingSince = since
        guard answer.isRetryable, now.timeIntervalSince(since) <= policy.giveUpAfter else {
            return Step(report: report(.failed, now, text, failure))
        }
        let delay = max(answer.retryAfter ?? .zero, policy.backoff(failures: failures - 1, random: random))
        guard told != failure else { return Step(again: delay) }
        told = failure
        return Step(report: report(.pending, now, text + "; it is tried again", failure), again: delay)
    }

    private func report(
        _ state: ErrandState,
        _ now: Timestamp,
        _ summary: String,
        _ error: DeliveryStatus.Failure? = nil
    ) -> ErrandReport {
        ErrandReport(
            agentID: message.agentID,
            errandID: errandID,
            state: state,
            at: now,
            summary: "\(Errand.Work.Kind.notify.rawValue): \(summary)",
            error: error
        )
    }
}

extension NotificationAnswer {
    /// 2xx is the only success: a redirect is not followed, so that a message never goes where nobody configured.
    var failure: DeliveryStatus.Failure? {
        switch self {
        case .status(200..<300, _): nil
        case .status(let status, _):
            DeliveryStatus.Failure(
                code: "http\(status)",
                message: "answered \(status)\((300..<400).contains(status) ? ", and redirects are not followed" : "")"
            )
        case .failure(let code, let message, _): DeliveryStatus.Failure(code: code, message: message)
        }
    }

    /// Standard Webhooks: what will not get better by itself is not repeated.
    var isRetryable: Bool {
        switch self {
        case .status(let status, _): status == 408 || status == 429 || status >= 500
        case .failure(_, _, let isRetryable): isRetryable
        }
    }

    var retryAfter: Duration? {
        if case .status(_, let retryAfter) = self { retryAfter } else { nil }
    }

    /// `ok`, `refused` or `unanswered`.
    var result: String {
        switch self {
        case .status: failure == nil ? "ok" : "refused"
        case .failure: "unanswered"
        }
    }
}
