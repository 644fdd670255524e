// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The three forms in which a notification travels, told apart by their fields.
enum Envelope {
    /// What an envelope has inside, and what stands on it.
    struct Opened {
        var topicName: String
        var topic: TopicName
        /// `eventBody`; an object, unless the topic is one that nobody uses.
        var body: JSONValue
        var eventBridgeID: String?
        var cloudEventID: String?
        var cloudEventSource: String?
        var timestamp: Timestamp?
    }

    /// Opens the envelope that an element is, or throws what is missing.
    static func open(_ element: JSONValue, element index: Int) throws(EventDecodingError) -> Opened {
        guard element.isObject else { throw EventDecodingError(element: index, reason: "not an object") }
        var id: JSONValue?
        var time: JSONValue?
        var detail: JSONValue?
        var data: JSONValue?
        var source: JSONValue?
        var isCloudEvent = false
        var bare = Inside()
        for (name, value) in element.fields where !bare.take(name, value) {
            switch name {
            case "id": id = value
            case "time": time = value
            case "detail": detail = value
            case "data": data = value
            case "source": source = value
            case "specversion": isCloudEvent = true
            default: break
            }
        }

        if bare.topicName != nil { return try bare.opened(element: index, at: "") }
        if let detail {
            var opened = try Inside(detail, element: index, at: "/detail").opened(element: index, at: "/detail")
            opened.eventBridgeID = id?.identifier
            opened.timestamp = opened.timestamp ?? time?.time
            return opened
        }
        if isCloudEvent {
            guard let data else { throw EventDecodingError(element: index, pointer: "/data", reason: "missing") }
            var opened = try Inside(data, element: index, at: "/data").opened(element: index, at: "/data")
            opened.cloudEventID = id?.identifier
            opened.cloudEventSource = source?.identifier
            opened.timestamp = opened.timestamp ?? time?.time
            return opened
        }
        if bare.eventBody != nil {
            throw EventDecodingError(element: index, pointer: "/topicName", reason: "missing")
        }
        throw EventDecodingError(
            element: index,
            reason: "neither a notification (topicName, eventBody) nor an envelope (detail) around one"
        )
    }

    /// Genesys' own envelope: `topicName`, `eventBody`, and `timestamp` where EventBridge has put it.
    private struct Inside {
        var topicName: JSONValue?
        var eventBody: JSONValue?
        var timestamp: JSONValue?

        init() {}

        init(_ value: JSONValue, element index: Int, at pointer: String) throws(EventDecodingError) {
            guard value.isObject else {
                throw EventDecodingError(element: index, pointer: pointer, reason: "not an object")
            }
            for (name, value) in value.fields { _ = take(name, value) }
        }

        mutating func take(_ name: JSONValue.Key, _ value: JSONValue) -> Bool {
            switch name {
            case "topicName": topicName = value
            case "eventBody": eventBody = value
            case "timestamp": timestamp = value
            default: return false
            }
            return true
        }

        func opened(element index: Int, at pointer: String) throws(EventDecodingError) -> Opened {
            guard let topicName else {
                throw EventDecodingError(element: index, pointer: pointer + "/topicName", reason: "missing")
            }
            guard let name = topicName.text, !name.isEmpty else {
                throw EventDecodingError(element: index, pointer: pointer + "/topicName", reason: "not a text")
            }
            guard let eventBody else {
                throw EventDecodingError(element: index, pointer: pointer + "/eventBody", reason: "missing")
            }
            let topic = TopicName(utf8: name)
            guard eventBody.isObject || topic.kind == .other else {
                throw EventDecodingError(element: index, pointer: pointer + "/eventBody", reason: "not an object")
            }
            return Opened(
                topicName: String(decoding: name, as: UTF8.self),
                topic: topic,
                body: eventBody,
                timestamp: timestamp?.time
            )
        }
    }
}
