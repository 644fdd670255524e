// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import GenesysEvents

/// The key by which the journal knows a notification again.
enum EventKey {
    /// Longer ones are not EventBridge's and would swell the journal's index.
    static let longestID = 128
    /// UTF-8 never has this byte: what stands on its two sides cannot be shifted into each other.
    private static let border: UInt8 = 0xFF

    /// `eb:<id>` for an EventBridge envelope and `ce:<hash of source and id>` for a CloudEvent, which are sent again with
    /// the same id; else the content's own hash.
    static func key(of heading: NotificationHeading, _ bytes: [UInt8]) -> String {
        if let id = heading.eventBridgeID, !id.isEmpty, id.utf8.count <= longestID { return "eb:" + id }
        if let id = heading.cloudEventID, let source = heading.cloudEventSource {
            return "ce:" + hash(source, id.utf8)
        }
        return "sha256:" + hash(heading.topicName, bytes)
    }

    private static func hash(_ text: String, _ rest: some Collection<UInt8>) -> String {
        var message = Array(text.utf8)
        message.reserveCapacity(message.count + 1 + rest.count)
        message.append(border)
        message += rest
        return Hexadecimal.text(SHA256.digest(message))
    }
}
