// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What an agent does in a conversation.
public enum ConversationRole: String, Sendable, Hashable, Codable, CaseIterable {
    /// Serves it, or takes part in it as anybody.
    case agent
    /// Listens to another agent, or watches their screen.
    case monitor
    /// Speaks to another agent without being heard by the customer.
    case coach
    /// Has come in uncalled, and is heard by all.
    case barge
    /// Was called in for advice or to take over, by a consult transfer.
    case consult
}

// MARK: - What the facts mean together

extension ConversationFacts.Fields {
    /// Not ended, or after-call work still pending.
    public var isLive: Bool { !isEnded || afterCallWork == "pending" }

    /// The agent has been connected, now or before: an alert that nobody took is no call.
    public var isAnswered: Bool { connectedAt != nil || state == "connected" }

    /// Only offered: it rings, and the agent has not answered.
    public var isAlerting: Bool { !isEnded && !isAnswered && (state == "alerting" || state == "offering") }

    /// Going on: answered, or being dialled by the agent, and not ended. What is parked waits, and keeps nobody busy.
    public var isInteraction: Bool {
        guard !isEnded, state != "parked" else { return false }
        return isAnswered || state == "dialing" || state == "contacting"
    }

    /// How fresh the news of it are: when the latest snapshot was made, or when the relay heard of it otherwise. An event
    /// that comes hours late is news of hours ago.
    public var heardAt: Timestamp? {
        let seen = order.map { min($0.moment, $0.arrival) }
        guard let toldAt, let seen else { return toldAt ?? seen }
        return max(toldAt, seen)
    }

    /// Until when after-call work may take; `nil` when it has not begun, or when nothing ends it but the agent.
    public var afterCallWorkUntil: Timestamp? {
        guard let afterCallWorkSince, let wrapupTimeoutMs, wrapupPrompt != "mandatory", wrapupPrompt != "optional"
        else { return nil }
        return afterCallWorkSince.advanced(by: .milliseconds(wrapupTimeoutMs))
    }
}

// Written out: through a key path all fields would be copied for each of them.
extension ConversationFacts {
    /// Not ended, or after-call work still pending.
    public var isLive: Bool { fields.isLive }

    /// The agent has been connected, now or before: an alert that nobody took is no call.
    public var isAnswered: Bool { fields.isAnswered }

    /// Only offered: it rings, and the agent has not answered.
    public var isAlerting: Bool { fields.isAlerting }

    /// Going on: answered, or being dialled by the agent, and not ended. What is parked waits, and keeps nobody busy.
    public var isInteraction: Bool { fields.isInteraction }

    /// How fresh the news of it are: when the latest snapshot was made, or when the relay heard of it otherwise. An event
    /// that comes hours late is news of hours ago.
    public var heardAt: Timestamp? { fields.heardAt }

    /// Until when after-call work may take; `nil` when it has not begun, or when nothing ends it but the agent.
    public var afterCallWorkUntil: Timestamp? { fields.afterCallWorkUntil }

    /// When Genesys ends pending after-call work by itself; `nil` = none is pending, or it does not.
    public var pendingWorkUntil: Timestamp? { fields.afterCallWork == "pending" ? fields.afterCallWorkUntil : nil }
}
