// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import StatusRules

extension DirectoryKind {
    /// Several of them.
    var nouns: String { noun + "s" }

    /// Genesys finds one by its name, or reads one by its id; of the others it only has a list, which is short.
    var hasSearch: Bool {
        switch self {
        case .queue, .wrapupCode, .team, .group: true
        case .managementUnit, .presence: false
        }
    }

    /// Users belong to it.
    var hasMembers: Bool {
        switch self {
        case .queue, .managementUnit, .team, .group: true
        case .wrapupCode, .presence: false
        }
    }
}

extension String {
    /// In the form of a UUID (RFC 9562 section 4), which is the form of all ids that rules may name.
    var isIdentifier: Bool {
        let groups = split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.utf8.allSatisfy(\.isHexDigit) }
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
