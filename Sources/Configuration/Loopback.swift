// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// Hosts that are this machine, whatever the network says.
enum Loopback {
    /// A name or an address, as it stands in a URL.
    static func contains(_ host: String) -> Bool {
        let name = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")).lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" { return true }
        return AddressBlock.family(of: name) == .v4 && name.hasPrefix("127.")
    }
}
