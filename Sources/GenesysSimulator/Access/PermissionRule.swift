// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The permissions an endpoint asks for (facts 1.4).
struct PermissionRule: Sendable, Equatable {
    var names: [String]
    /// One of them is enough; otherwise all are needed.
    var isAny: Bool

    static func all(_ names: String...) -> PermissionRule { PermissionRule(names: names, isAny: false) }
    static func any(_ names: String...) -> PermissionRule { PermissionRule(names: names, isAny: true) }

    /// `missing`: permissions the client has lost.
    func isMet(without missing: Set<String>) -> Bool {
        isAny ? names.contains { !missing.contains($0) } : names.allSatisfy { !missing.contains($0) }
    }
}
