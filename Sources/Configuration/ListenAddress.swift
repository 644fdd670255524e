// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

/// `address:port`, with an IPv6 address in brackets. No names: a server must not wait for DNS to know where it listens.
struct ListenAddress: Equatable {
    var host: String
    var port: Int

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        // UInt16("+80") is 80.
        guard digits.utf8.first != UInt8(ascii: "+"), let port = UInt16(digits) else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = String(host.dropFirst().dropLast())
            guard AddressBlock.family(of: address) == .v6 else { return nil }
            self.host = address
        } else {
            guard AddressBlock.family(of: String(host)) == .v4 else { return nil }
            self.host = String(host)
        }
        self.port = Int(port)
    }

    static func parse(_ node: ConfigurationNode, diagnostics: Diagnostics) -> ListenAddress? {
        guard let text = node.text("server.listen", diagnostics: diagnostics), node.provenance != .placeholder else {
            return nil
        }
        if let address = ListenAddress(text) { return address }
        let found = node.provenance == .written ? ", found '\(text)'" : ""
        diagnostics.error(
            at: node.location,
            "server.listen: expected address:port, such as 127.0.0.1:8080, 0.0.0.0:8080 or \"[::]:8080\"\(found)"
        )
        return nil
    }
}
