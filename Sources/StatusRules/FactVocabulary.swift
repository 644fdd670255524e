// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// How the values of a field are compared, and which of them are known.
struct FactVocabulary: Sendable {
    enum Comparison: Sendable {
        /// Byte for byte: names and values of attributes, ids, texts.
        case exact
        /// Ignoring case, spaces, underscores and hyphens: Genesys spells the same value differently from API to API.
        case folded
        /// `true` or `false`.
        case boolean
    }

    var comparison: Comparison
    /// What such a value is called in messages.
    var noun = "value"
    /// Empty = any value is good.
    var known: [String] = []
    /// Unknown values are errors, not warnings: the list is complete as far as the relay is concerned.
    var isClosed = false
    /// Words people use for a known value that are too far from it for a spelling mistake.
    var synonyms: [String: String] = [:]
    /// The values are ids that the organisation has names for; both may be written.
    var directory: DirectoryKind?

    static let exact = FactVocabulary(comparison: .exact)
    /// Ids that may be written as the name of what they stand for.
    static func named(_ kind: DirectoryKind) -> FactVocabulary {
        FactVocabulary(comparison: .exact, noun: kind.noun, directory: kind)
    }

    static let boolean = FactVocabulary(comparison: .boolean, noun: "boolean")
    static let media = FactVocabulary(
        comparison: .folded,
        noun: "media",
        known: MediaType.allCases.map(\.rawValue),
        isClosed: true,
        synonyms: ["voice": "call", "phone": "call", "telephony": "call", "sms": "message", "webchat": "chat"]
    )
    static let presence = FactVocabulary(
        comparison: .folded,
        noun: "system presence",
        known: presenceNames,
        isClosed: true,
        synonyms: ["lunch": "Meal", "online": "Available", "dnd": "Busy", "ready": "Available"]
    )
    static let routingStatus = FactVocabulary(
        comparison: .folded,
        noun: "routing status",
        known: ["OFF_QUEUE", "IDLE", "INTERACTING", "NOT_RESPONDING", "COMMUNICATING"],
        isClosed: true
    )
    static let conversationState = FactVocabulary(
        comparison: .folded,
        noun: "conversation state",
        known: [
            "alerting", "dialing", "contacting", "offering", "connected", "disconnected", "terminated", "uploading",
            "converting", "transmitting", "scheduled", "parked", "none",
        ]
    )
    static let direction = FactVocabulary(comparison: .folded, noun: "direction", known: ["inbound", "outbound"])
    static let purpose = FactVocabulary(
        comparison: .folded,
        noun: "purpose",
        known: [
            "agent", "user", "acd", "api", "botflow", "campaign", "customer", "dialer", "external", "fax", "group",
            "inbound", "ivr", "manual", "outbound", "station", "voicemail", "voicesurveyflow", "workflow",
        ]
    )
    static let afterCallWork = FactVocabulary(
        comparison: .folded,
        noun: "after-call work state",
        known: ["unknown", "skipped", "pending", "complete", "notApplicable", "timeout"]
    )
    static let role = FactVocabulary(
        comparison: .folded,
        noun: "role",
        known: ConversationRole.allCases.map(\.rawValue),
        isClosed: true,
        synonyms: ["supervisor": "monitor", "listen": "monitor", "whisper": "coach", "coaching": "coach"]
    )
    static let disconnectType = FactVocabulary(
        comparison: .folded,
        noun: "disconnect type",
        known: [
            "endpoint", "endpoint.dnd", "client", "system", "timeout", "transfer", "transfer.conference",
            "transfer.consult", "transfer.forward", "transfer.noanswer", "transfer.notavailable", "transfer.dnd",
            "transport.failure", "error", "peer", "other", "spam", "uncallable", "inactivity", "session.expired",
            "takeover",
        ]
    )
    static let messageType = FactVocabulary(
        comparison: .folded,
        noun: "message type",
        known: [
            "unknown", "sms", "twitter", "facebook", "line", "whatsapp", "webmessaging", "open", "instagram", "apple",
            "linkedin",
        ]
    )
    static let mediaRole = FactVocabulary(comparison: .folded, noun: "media role")
    static let explanationStatus = FactVocabulary(
        comparison: .folded,
        noun: "explanation status",
        known: ["Pending", "Approved", "Denied"]
    )
    static let adherenceState = FactVocabulary(
        comparison: .folded,
        noun: "adherence state",
        known: ["InAdherence", "OutOfAdherence", "Unscheduled", "Unknown", "Ignored", "Explained"]
    )
    static let activityCategory = FactVocabulary(
        comparison: .folded,
        noun: "activity category",
        known: [
            "OnQueueWork", "Break", "Meal", "Meeting", "OffQueueWork", "TimeOff", "Training", "Unavailable",
            "Unscheduled",
        ]
    )
    static let adherenceImpact = FactVocabulary(
        comparison: .folded,
        noun: "adherence impact",
        known: ["Positive", "Negative", "Neutral", "Unknown"]
    )

    /// As people write them.
    static let presenceNames = [
        "Available", "Away", "Busy", "Offline", "Idle", "On Queue", "Meal", "Training", "Meeting", "Break",
    ]
}

/// Lower case ASCII letters without spaces, underscores and hyphens.
func folded(_ text: String) -> [UInt8] {
    text.utf8.compactMap(foldedByte)
}

/// `nil` = counts nothing.
@inline(__always)
func foldedByte(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
    case UInt8(ascii: " "), UInt8(ascii: "_"), UInt8(ascii: "-"): nil
    default: byte
    }
}
