// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Journal

extension JournalEntry {
    /// What a read says of an agent's part in a conversation, in the form of `v2.users.{id}.conversations`.
    ///
    /// The end of a part is told by its absence: Genesys no longer knows the conversation, or the agent in it, or one of
    /// the agent's media. What the relay knows of that part is then shown as over, without a time that nobody has told.
    ///
    /// - Parameters:
    ///   - body: of `GET /api/v2/conversations/{id}`; empty = there is no such conversation.
    ///   - known: what the relay knows of the agent's part.
    static func observations(
        of conversationID: String,
        _ body: [UInt8],
        for agentID: String,
        knowing known: [ConversationFacts],
        at now: Timestamp
    ) -> [JournalEntry] {
        var entries: [JournalEntry] = []
        var media: Set<String> = []
        if !body.isEmpty {
            // A body that is no conversation says nothing, not even that something is over.
            guard let conversation = ConversationObservation(body, agentID) else { return [] }
            media = conversation.media
            entries.append(observation(conversation.body, agentID, now))
        }
        let over = known.filter { $0.isLive && !media.contains($0.media.arrayName) }
        if !over.isEmpty {
            let end = ConversationObservation.end(of: over.flatMap(\.communications), conversationID, agentID)
            entries.append(observation(end, agentID, now))
        }
        return entries
    }

    private static func observation(_ body: [String: Any], _ agentID: String, _ now: Timestamp) -> JournalEntry {
        let topic = "v2.users.\(agentID).conversations"
        // Of texts, numbers and what JSON was parsed to: it always encodes.
        let notification: [String: Any] = ["topicName": topic, "eventBody": body]
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = (try? JSONSerialization.data(withJSONObject: notification, options: options)) ?? Data()
        return JournalEntry(
            key: "read:\(UUID().uuidString)",
            source: .observation,
            topic: topic,
            agentID: agentID,
            receivedAt: now,
            body: Array(bytes)
        )
    }
}

/// A conversation as it was read, in the form of its notification: the fields have the same names; the words of recording
/// are in upper case in the one and in lower case in the other, and the read has segments and links besides (facts 5.3).
private struct ConversationObservation {
    var body: [String: Any]
    /// The arrays of media in which the agent has a communication.
    var media: Set<String> = []

    private static let leftOut: Set = ["selfUri", "segments", "evaluations"]

    /// `nil` = it is no conversation.
    init?(_ bytes: [UInt8], _ agentID: String) {
        guard let json = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
            json["id"] is String, let participants = json["participants"] as? [[String: Any]]
        else { return nil }
        body = Self.notification(json)
        for participant in participants where participant["userId"] as? String == agentID {
            media.formUnion(participant.keys.filter { (participant[$0] as? [Any])?.isEmpty == false })
        }
    }

    private static func notification(_ object: [String: Any]) -> [String: Any] {
        var object = object.filter { !leftOut.contains($0.key) }
        for (name, value) in object {
            switch (name, value) {
            case ("recordingState", let text as String): object[name] = text.lowercased()
            // What customers and flows have written is theirs.
            case ("attributes", _): break
            case (_, let inner as [String: Any]): object[name] = notification(inner)
            case (_, let list as [[String: Any]]): object[name] = list.map(notification)
            default: break
            }
        }
        return object
    }

    /// The agent's participants with communications that are over. Without any time: by an old one the end would count
    /// as older than what is known.
    static func end(of parts: [ConversationFacts], _ conversationID: String, _ agentID: String) -> [String: Any] {
        let participants = parts.map { part -> [String: Any] in
            var communication: [String: Any] = ["id": part.communicationID, "state": "terminated"]
            communication["direction"] = part.direction
            // After-call work never goes back: of a conversation that is gone none is left to be done.
            if part.afterCallWork == "pending" { communication["afterCallWork"] = ["state": "complete"] }
            var participant: [String: Any] = ["id": part.participantID, "userId": agentID]
            participant["purpose"] = part.purpose
            participant["queueId"] = part.queueID
            participant["attributes"] = part.attributes.dictionary
            participant[part.media.arrayName] = [communication]
            return participant
        }
        return ["id": conversationID, "participants": participants]
    }
}

extension MediaType {
    /// Its array in a participant: `calls`.
    fileprivate var arrayName: String {
        switch self {
        case .call: "calls"
        case .callback: "callbacks"
        case .chat: "chats"
        case .email: "emails"
        case .message: "messages"
        case .internalMessage: "internalMessages"
        case .cobrowse: "cobrowsesessions"
        case .screenshare: "screenshares"
        case .screenMonitoring: "screenMonitorings"
        case .socialExpression: "socialExpressions"
        case .video: "videos"
        }
    }
}
