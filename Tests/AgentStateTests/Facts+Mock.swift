// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents

let agent = "11111111-aaaa-4aaa-8aaa-000000000001"
let theCall = "33333333-cccc-4ccc-8ccc-000000000001"

/// Milliseconds after an arbitrary moment.
func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_773_151_000_000 + milliseconds) }

extension GenesysEvents.Notification {
    /// An event with this time on its envelope, or bare.
    static func mock(_ event: GenesysEvent, at time: Int64? = nil) -> Self {
        Self(topicName: "mock", timestamp: time.map { AgentStateTests.at($0) }, event: event)
    }
}

extension CommunicationSnapshot {
    static func mock(_ id: String = "c1", _ state: String = "connected", media: MediaType = .call) -> Self {
        Self(id: id, media: media, state: state)
    }

    func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}

extension ParticipantSnapshot {
    /// The agent's participant.
    static func mock(
        _ id: String = "p1",
        attributes: Attributes = [:],
        _ communications: CommunicationSnapshot...
    ) -> Self {
        var participant = Self(id: id, userID: agent, purpose: "agent", communications: communications)
        participant.attributes = attributes
        return participant
    }

    static func customer(_ id: String = "customer", attributes: Attributes = [:]) -> Self {
        var participant = Self(id: id, purpose: "customer", communications: [.mock("cc", "connected")])
        participant.attributes = attributes
        return participant
    }

    func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}

extension SessionReference {
    static func mock(_ participant: String?, _ communication: String?) -> Self {
        Self(conversationID: theCall, participantID: participant, communicationID: communication)
    }
}

extension GenesysEvent {
    static func snapshot(_ participants: ParticipantSnapshot..., single: Bool = false) -> Self {
        .conversation(
            userID: agent,
            ConversationSnapshot(id: theCall, participants: participants, isSingleMedia: single)
        )
    }

    static func wrote(_ attributes: Attributes, to participant: String = "p1", at time: Int64?) -> Self {
        .participantAttributes(
            ParticipantAttributes(
                conversationID: theCall,
                participantID: participant,
                attributes: attributes,
                eventTime: time.map { AgentStateTests.at($0) }
            )
        )
    }

    static func ended(_ participant: String?, _ communication: String?, at time: Int64? = nil) -> Self {
        var end = UserSessionEnd(.mock(participant, communication))
        end.eventTime = time.map { AgentStateTests.at($0) }
        return .userEnd(userID: agent, end)
    }

    static func workEnded(_ participant: String?, _ communication: String?, code: String? = nil) -> Self {
        var work = AfterCallWorkEnd(.mock(participant, communication))
        work.wrapupCode = code
        return .afterCallWork(userID: agent, work)
    }

    static func session(_ state: String, _ communication: String = "c1", since time: Int64) -> Self {
        let session = SessionReference.mock(nil, communication)
        return .agentState(userID: agent, AgentSessionState(session, state: state, since: AgentStateTests.at(time)))
    }

    static func summary(call active: Int, acw: Int = 0) -> Self {
        .conversationSummary(
            userID: agent,
            ConversationSummary(
                contactCenter: ["call": .init(active: active, acw: acw)],
                enterprise: ["call": .init(active: 0, acw: 0)]
            )
        )
    }

    static func presence(_ system: SystemPresence, modified: Int64? = nil, source: String? = "PURECLOUD") -> Self {
        var presence = PresenceObservation()
        presence.system = system
        presence.definitionID = system.name
        presence.modifiedAt = modified.map { AgentStateTests.at($0) }
        presence.source = source
        return .presence(userID: agent, presence)
    }
}

/// An agent whose events arrive one millisecond after the other.
struct Story {
    var facts = AgentFacts(id: agent)
    private var clock: Int64 = 1_000_000

    init() {}

    @discardableResult
    mutating func apply(_ event: GenesysEvent, at time: Int64? = nil) -> FactsOutcome {
        apply(.mock(event, at: time))
    }

    @discardableResult
    mutating func apply(_ notification: GenesysEvents.Notification) -> FactsOutcome {
        clock += 1
        return facts.apply(notification, receivedAt: AgentStateTests.at(clock))
    }

    var call: ConversationFacts? { facts.conversations.first { $0.media == .call } }
}

/// An event sequence of the dossier.
enum Lifecycle {
    struct Step: Sendable {
        var at: String
        var notification: GenesysEvents.Notification
    }

    /// Decoded from EventBridge envelopes with the step's time, or as bare notifications.
    static func steps(_ name: String, bare: Bool = false) throws -> [Step] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/Genesys/\(name).json")
        let array = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]] ?? []
        var decoder = NotificationDecoder()
        return try array.enumerated().map { index, step in
            guard let time = step["at"] as? String, var event = step["event"] as? [String: Any] else {
                throw CocoaError(.fileReadCorruptFile)
            }
            var body = event
            if !bare {
                event["timestamp"] = time
                body = ["id": "e\(index)", "source": "aws.partner/genesys.com", "time": time, "detail": event]
            }
            let bytes = try [UInt8](JSONSerialization.data(withJSONObject: body))
            guard let received = try decoder.decode(bytes).first else { throw CocoaError(.fileReadCorruptFile) }
            return Step(at: time, notification: received.notification)
        }
    }
}

/// SplitMix64, so that a failing permutation can be had again from its seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
