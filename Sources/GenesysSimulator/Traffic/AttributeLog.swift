// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// Writes of attributes through the API; those to a conversation that is over are kept apart, for analytics ignores them.
struct AttributeLog: Sendable {
    struct Write: Sendable {
        enum Target: Sendable {
            case participant(String)
            /// A set of custom attributes.
            case set(String)
        }

        var at: Timestamp
        var conversation: String
        var target: Target
        var attributes: JSONObject
        var isAfterEnd: Bool

        var json: JSONValue {
            var participant: String?
            var set: String?
            switch target {
            case .participant(let id): participant = id
            case .set(let id): set = id
            }
            return object([
                "at": at, "conversationId": conversation, "participantId": participant, "customAttributesId": set,
                "attributes": attributes,
            ])
        }
    }

    static let capacity = 20_000

    private var writes: [Write] = []

    mutating func append(_ write: Write) {
        writes.append(write)
        if writes.count > Self.capacity { writes.removeFirst(Self.capacity / 4) }
    }

    mutating func clear() { writes = [] }

    var json: JSONValue {
        object([
            "writes": writes.filter { !$0.isAfterEnd }.map(\.json),
            "afterEnd": writes.filter(\.isAfterEnd).map(\.json),
        ])
    }
}
