// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import StatusRules

/// A value that says nothing for most agents: then it takes a word instead of its size.
@propertyWrapper
public struct Seldom<Value: Silent & Sendable & Equatable>: Sendable, Equatable {
    /// At most one, and not the silent one. A list, since it is copied only when it is written.
    private var stored: [Value] = []

    /// Tells whether there is anything without a copy of it.
    public var projectedValue: Self { self }

    /// It says nothing.
    public var isSilent: Bool { stored.isEmpty }

    /// Something of the value, which is not copied for it; `nil` = it says nothing.
    public func peek<Part>(_ part: (Value) -> Part) -> Part? { stored.isEmpty ? nil : part(stored[0]) }

    /// A value of a property that is declared with it.
    public init(wrappedValue: Value) {
        if !wrappedValue.isSilent { stored = [wrappedValue] }
    }

    /// The value itself.
    public var wrappedValue: Value {
        get { stored.first ?? .silent }
        set { stored = newValue.isSilent ? [] : [newValue] }
        _modify {
            if stored.isEmpty { stored.append(.silent) }
            defer { if stored[0].isSilent { stored = [] } }
            yield &stored[0]
        }
    }
}

/// Has a value that says nothing.
public protocol Silent {
    /// The one that does.
    static var silent: Self { get }
    /// Equals that one.
    var isSilent: Bool { get }
}

extension Optional: Silent {
    /// Nothing.
    public static var silent: Self { nil }
    /// Nothing.
    public var isSilent: Bool { self == nil }
}

extension EpisodeState: Silent {
    /// No rule has ever matched.
    public static let silent = EpisodeState()
}
