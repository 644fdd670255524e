// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// One voice conversation with all its participants, ended ones included.
struct SimulatedConversation: Sendable {
    let id: String
    let startedAt: Timestamp
    let queueID: String
    let externalContactID: String
    /// The customer's number in E.164.
    let callerNumber: String
    let callerName: String
    var participants: [SimulatedParticipant] = []
    var customAttributes: [CustomAttributes] = []
    /// The last moment used in this conversation; every change gets a later one.
    var lastChange: Timestamp

    mutating func tick(_ now: Timestamp) -> Timestamp {
        lastChange = max(now, Timestamp(milliseconds: lastChange.milliseconds + 1))
        return lastChange
    }

    /// Index of the customer's participant: the first one, always.
    static let customer = 0

    var customer: SimulatedParticipant { participants[Self.customer] }

    /// The agent's participant that is alerting, connected or in after-call work.
    var currentAgent: Int? {
        participants.lastIndex { $0.purpose == .agent && ($0.endedAt == nil || $0.afterCallWork == .pending) }
    }

    var queueLeg: Int? { participants.lastIndex { $0.purpose == .acd && $0.endedAt == nil } }

    var endedAt: Timestamp? {
        participants.contains { $0.endedAt == nil } ? nil : participants.compactMap(\.endedAt).max()
    }

    /// Nobody talks any more and no after-call work is open.
    var isOver: Bool { endedAt != nil && !participants.contains { $0.afterCallWork == .pending } }
}

/// One participant with its one call.
struct SimulatedParticipant: Sendable {
    enum Purpose: String, Sendable { case customer, ivr, acd, agent }
    enum State: String, Sendable { case alerting, connected, disconnected, terminated }
    enum AfterCallWork: String, Sendable { case pending, complete, skipped }

    struct Wrapup: Sendable {
        var code: String
        var notes: String
        var durationSeconds: Int
        var endTime: Timestamp
    }

    let id: String
    let communicationID: String
    let purpose: Purpose
    let name: String
    let address: String
    var userID: String?
    var queueID: String?
    let startedAt: Timestamp
    let initialState: State

    var state: State
    var connectedAt: Timestamp?
    var endedAt: Timestamp?
    var disconnectType: String?
    var isHeld = false
    var holdStartedAt: Timestamp?
    var heldMilliseconds: Int64 = 0
    var isMuted = false
    var isConfined = false
    var isRecording = false
    /// In the order of the first write.
    var attributes = JSONObject()

    var isWrapupRequired = false
    var afterCallWork: AfterCallWork?
    var afterCallWorkStartedAt: Timestamp?
    var afterCallWorkEndedAt: Timestamp?
    var wrapup: Wrapup?
}

/// Conversation-level custom attributes (`/api/v2/conversations/{id}/customattributes`).
struct CustomAttributes: Sendable {
    var id: String
    var schemaID: String
    var version: Int
    var createdAt: Timestamp
    var modifiedAt: Timestamp
    var values: JSONObject
    var writtenAt: [String: Timestamp]
}
