// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
public import GenesysEvents

/// A webhook about a rule that has begun to match. It is stored before it is sent, and stays the same in every attempt.
public struct NotificationMessage: Codable, Sendable, Equatable, Identifiable {
    /// `webhook-id`: the same in every attempt, also after a restart, so that receivers can tell repetitions.
    public var id: String
    /// The name of an endpoint of `notifications:`.
    public var endpoint: String
    /// When the rule began to match, as far as the relay could know.
    public var timestamp: Timestamp
    /// Whose rule it is.
    public var agentID: String
    /// `nil` = not known yet.
    public var agentName: String?
    /// The rule's name.
    public var rule: String
    /// The status that the rule wants; `nil` = it wants none.
    public var status: String?
    /// The conversation that matched; `nil` = the rule asks for none.
    public var conversationID: String?
    /// The beginning of the rule's episode.
    public var since: Timestamp
    /// The version of the rules that decided.
    public var rulesVersion: String
    /// Texts of the rule's own.
    public var data: [String: String]

    /// `type` of every message.
    public static let type = "presence-relay.rule.matched"

    /// A message; its id is made of the agent's and the errand's, which together are there once.
    public init(
        errandID: String,
        endpoint: String,
        timestamp: Timestamp,
        agentID: String,
        agentName: String? = nil,
        rule: String,
        status: String? = nil,
        conversationID: String? = nil,
        since: Timestamp,
        rulesVersion: String,
        data: [String: String] = [:]
    ) {
        let digits = String(fnv1a128([agentID, errandID]), radix: 16)
        id = "msg_" + String(repeating: "0", count: 32 - digits.count) + digits
        self.endpoint = endpoint
        self.timestamp = timestamp
        self.agentID = agentID
        self.agentName = agentName
        self.rule = rule
        self.status = status
        self.conversationID = conversationID
        self.since = since
        self.rulesVersion = rulesVersion
        self.data = data
    }

    /// The JSON that is sent, byte for byte the same each time.
    public var body: [UInt8] {
        struct Body: Encodable {
            var type: String
            var timestamp: String
            var data: [String: String]
        }
        var fields = data
        fields["agentId"] = agentID
        fields["agentName"] = agentName
        fields["rule"] = rule
        fields["status"] = status
        fields["conversationId"] = conversationID
        fields["since"] = since.description
        fields["rulesVersion"] = rulesVersion
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = Body(type: Self.type, timestamp: timestamp.description, data: fields)
        // Strings always encode.
        return (try? encoder.encode(body)).map(Array.init) ?? []
    }
}

/// What came of one attempt to send a message.
public enum NotificationAnswer: Sendable, Equatable {
    /// The receiver's answer, whatever it is.
    case status(Int, retryAfter: Duration? = nil)
    /// There is none. `isRetryable` = another attempt may have one.
    case failure(code: String, message: String, isRetryable: Bool)
}
