// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// How long a change has taken from one stage to another.
public struct Latency: Sendable, Equatable {
    /// From where to where.
    public enum Stage: String, Sendable, CaseIterable {
        case eventToReceipt = "event_to_receipt"
        case receiptToDecision = "receipt_to_decision"
        case decisionToCall = "decision_to_call"
        case callToPresence = "call_to_presence"
        case eventToPresence = "event_to_presence"
    }
    /// From where to where.
    public var stage: Stage
    /// Never negative: the clocks of Genesys and of this machine differ.
    public var duration: Duration

    init(_ stage: Stage, from: Timestamp, to: Timestamp) {
        self.stage = stage
        duration = max(.zero, to.timeIntervalSince(from))
    }
}

extension Wish {
    /// The way to the first call.
    func latencies(sentAt: Timestamp) -> [Latency] {
        var latencies = [Latency(.decisionToCall, from: since, to: sentAt)]
        if let receivedAt {
            latencies.append(Latency(.receiptToDecision, from: receivedAt, to: since))
            if let eventAt { latencies.append(Latency(.eventToReceipt, from: eventAt, to: receivedAt)) }
        }
        return latencies
    }

    /// The way from the first call to the presence.
    func latencies(sentAt: Timestamp, confirmedAt: Timestamp) -> [Latency] {
        var latencies = [Latency(.callToPresence, from: sentAt, to: confirmedAt)]
        if let begin = eventAt ?? receivedAt {
            latencies.append(Latency(.eventToPresence, from: begin, to: confirmedAt))
        }
        return latencies
    }
}
