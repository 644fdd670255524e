// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Why a body was refused: names the element and the place, never the content.
public struct EventDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Index in the array or NDJSON; 0 for a single object.
    public var element: Int
    /// JSON pointer (RFC 6901) inside the element; empty = the element itself.
    public var pointer: String
    public var reason: String
    public init(element: Int = 0, pointer: String = "", reason: String) {
        self.element = element
        self.pointer = pointer
        self.reason = reason
    }
    public var description: String { "element \(element)\(pointer.isEmpty ? "" : " at \(pointer)"): \(reason)" }
}

/// A decoded element and where it stands in the body.
public struct ReceivedNotification: Sendable, Equatable {
    public var notification: Notification
    /// The element's own bytes in the body, for the journal and for the content hash.
    public var bytes: Range<Int>
    public init(notification: Notification, bytes: Range<Int>) {
        self.notification = notification
        self.bytes = bytes
    }
}

/// Bytes to events (EventBridge envelope, bare notification, array of either, NDJSON).
public struct NotificationDecoder {
    public init() {}
    public mutating func decode(_ body: [UInt8]) throws(EventDecodingError) -> [ReceivedNotification] { [] }
}
