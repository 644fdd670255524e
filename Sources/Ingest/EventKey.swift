// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The key by which the journal knows a notification again.
enum EventKey {
    /// Longer ones are not EventBridge's and would swell the journal's index.
    static let longestID = 128

    /// `eb:<id>` for an EventBridge envelope, which is sent again with the same id; else the content's own hash.
    static func key(of notification: Notification, _ bytes: [UInt8]) -> String {
        if let id = notification.eventBridgeID, !id.isEmpty, id.utf8.count <= longestID { return "eb:" + id }
        var message = Array(notification.topicName.utf8)
        message.reserveCapacity(message.count + 1 + bytes.count)
        // A byte that UTF-8 never has: topic and content cannot be shifted into each other.
        message.append(0xFF)
        message += bytes
        return "sha256:" + SHA256.hex(SHA256.digest(message))
    }
}
