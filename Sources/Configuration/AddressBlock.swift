// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Foundation

/// The syntax of IP addresses and CIDR blocks (RFC 4632, RFC 4291).
enum AddressBlock {
    enum Family {
        case v4, v6
        var bits: Int { self == .v4 ? 32 : 128 }
    }

    /// The family of an address; `nil` = not an address.
    static func family(of address: String) -> Family? {
        var v4 = in_addr()
        if inet_pton(AF_INET, address, &v4) == 1 { return .v4 }
        var v6 = in6_addr()
        return inet_pton(AF_INET6, address, &v6) == 1 ? .v6 : nil
    }

    /// `10.0.0.0/8`, `::1`
    static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let family = family(of: String(parts[0])) else { return false }
        guard parts.count == 2 else { return true }
        // Int("+8") is 8.
        guard parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let length = Int(parts[1])
        else { return false }
        return length <= family.bits
    }
}

extension MappingReader {
    /// A list of addresses and blocks.
    func addressBlocks(_ key: String) -> [String]? {
        guard let elements = node(key)?.elements, let blocks = texts(key) else { return nil }
        for (node, block) in zip(elements, blocks) where node.provenance != .placeholder && !AddressBlock.isValid(block)
        {
            let found = node.provenance == .written ? ", found '\(block)'" : ""
            diagnostics.error(
                at: node.location,
                "\(name(key)): expected an IP address or a block such as 10.0.0.0/8\(found)"
            )
        }
        return blocks
    }
}
