// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import GenesysEvents

/// The key by which the journal knows a notification again.
///
/// The envelope's own id goes before that of the delivery: whoever made the event gave it, so it stays the same when
/// somebody on the way, such as a middleware that itself got the event twice, sends it in two deliveries. The delivery's
/// goes before the content: it stays the same when a sender writes a body anew for a second attempt.
struct EventKey {
    /// Longer ones are nobody's ids and would swell the journal's index.
    static let longestID = 128
    /// UTF-8 never has this byte: what stands on its two sides cannot be shifted into each other.
    private static let border: UInt8 = 0xFF

    /// `eb:<id>` for an EventBridge envelope; `ce:<hash of source and id>` for a CloudEvent; `wh:<id>.<index>` for the id of
    /// a delivery (`wh:<hash of id>.<index>` for a long one); else `sha256:` and the hash of topic and content.
    let text: String
    /// It names a place in a delivery. What the body says of its time may differ from attempt to attempt then.
    let isOfDelivery: Bool

    /// - Parameters:
    ///   - index: the element's place in the body, from 0.
    ///   - deliveryID: what the sender proves that it calls the delivery; without a dot.
    init(_ heading: NotificationHeading, _ bytes: [UInt8], at index: Int = 0, ofDelivery deliveryID: String? = nil) {
        if let id = heading.eventBridgeID, !id.isEmpty, id.utf8.count <= Self.longestID {
            text = "eb:" + id
        } else if let id = heading.cloudEventID, let source = heading.cloudEventSource {
            text = "ce:" + Self.hash(source, id.utf8)
        } else if let id = deliveryID {
            // As it is where it can be: ids that grow with time keep the journal's index cheap to write, hashes do not.
            let name = id.utf8.count <= Self.longestID ? id : Hexadecimal.text(SHA256.digest(Array(id.utf8)))
            text = "wh:\(name).\(index)"
            isOfDelivery = true
            return
        } else {
            text = "sha256:" + Self.hash(heading.topicName, bytes)
        }
        isOfDelivery = false
    }

    private static func hash(_ text: String, _ rest: some Collection<UInt8>) -> String {
        var message = Array(text.utf8)
        message.reserveCapacity(message.count + 1 + rest.count)
        message.append(border)
        message += rest
        return Hexadecimal.text(SHA256.digest(message))
    }
}
