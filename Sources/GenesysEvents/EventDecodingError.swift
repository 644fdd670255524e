// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Why a body was refused: names the element and the place, never the content.
public struct EventDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Index in the array or NDJSON; 0 for a single object.
    public var element: Int
    /// JSON pointer (RFC 6901) inside the element; empty = the element itself.
    public var pointer: String
    /// What is wrong there.
    public var reason: String

    /// An error at a place.
    public init(element: Int = 0, pointer: String = "", reason: String) {
        self.element = element
        self.pointer = pointer
        self.reason = reason
    }

    /// `element 2 at /detail/topicName: missing`
    public var description: String { "element \(element)\(pointer.isEmpty ? "" : " at \(pointer)"): \(reason)" }
}
