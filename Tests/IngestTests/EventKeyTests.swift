// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Testing

@testable import Ingest

@Suite("Keys of events")
struct EventKeyTests {
    private func key(_ topic: String, id: String? = nil, _ bytes: String = "{}") -> String {
        var heading = NotificationHeading(topicName: topic)
        heading.eventBridgeID = id
        return EventKey(heading, Array(bytes.utf8)).text
    }

    @Test("EventBridge's own id is the key")
    func usesID() { #expect(key("t", id: "e1") == "eb:e1") }

    @Test("a CloudEvent's source and id are the key together, and nothing is shifted between them")
    func usesCloudEvent() {
        func key(_ source: String?, _ id: String?) -> String {
            var heading = NotificationHeading(topicName: "t")
            heading.cloudEventSource = source
            heading.cloudEventID = id
            return EventKey(heading, []).text
        }
        // printf '/s\377a' | sha256sum
        #expect(key("/s", "a") == "ce:a37dcab5cc9d2596f0ea3d9418aa8ae955a4759391c8d3338d170cf4870e6897")
        #expect(Set([key("/s", "a"), key("/sa", ""), key("/", "sa"), key("/s", "b"), key(nil, "a")]).count == 5)
        #expect(key(nil, "a").hasPrefix("sha256:"))
    }

    @Test("without a usable id the key is the hash of topic and content")
    func hashesContent() {
        // printf 't\377{}' | sha256sum
        let expected = "sha256:5a853aa26944281c26ff8d3924e72636"
        #expect(key("t").count == "sha256:".count + 64)
        #expect(key("t") == key("t", id: ""))
        #expect(key("t") == key("t", id: String(repeating: "x", count: 129)))
        #expect(key("t").hasPrefix(expected))
        #expect(key("t", "{ }") != key("t"))
        #expect(key("t{", "}") != key("t"))
    }

    @Test("the id of a delivery and the place in it are the key before the content, and a long id is hashed")
    func usesDelivery() {
        var heading = NotificationHeading(topicName: "t")
        #expect(EventKey(heading, [], at: 12, ofDelivery: "msg_1").text == "wh:msg_1.12")
        #expect(EventKey(heading, [], at: 2, ofDelivery: "msg_1").isOfDelivery)
        // printf '%0.sx' $(seq 129) | sha256sum
        let long = EventKey(heading, [], at: 1, ofDelivery: String(repeating: "x", count: 129)).text
        #expect(long == "wh:0ec9eb33e74510bcdd1f2ea55206e82f21649c5c2becbf2b433eb475b34c01bd.1")
        heading.cloudEventID = "a"
        #expect(EventKey(heading, [], ofDelivery: "msg_1").text == "wh:msg_1.0")
        heading.cloudEventSource = "/s"
        #expect(EventKey(heading, [], ofDelivery: "msg_1").text.hasPrefix("ce:"))
        #expect(!EventKey(heading, [], ofDelivery: "msg_1").isOfDelivery)
    }
}
