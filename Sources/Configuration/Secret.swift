// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

/// A secret value: prints as `<secret>`.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret itself; for comparing and sending only.
    public let value: String

    /// Wraps a value.
    public init(_ value: String) { self.value = value }

    /// `<secret>`
    public var description: String { "<secret>" }
    /// `<secret>`
    public var debugDescription: String { "<secret>" }
    /// Has no children, so that `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension MappingReader {
    /// A list of secrets with at least one; none of them empty.
    func secrets(_ key: String) -> [Secret]? {
        guard require(key), let node = node(key) else { return nil }
        guard !node.elements.isEmpty else {
            diagnostics.error(at: node.location, "\(name(key)) is empty; write at least one value")
            return nil
        }
        return texts(key)?.map(Secret.init)
    }
}
