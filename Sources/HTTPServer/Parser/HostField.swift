// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The grammar of `Host` and of the authority of a target: `uri-host [ ":" port ]` (RFC 9110 section 7.2).
enum HostField {
    /// Not empty, no user information, a port of at most five digits.
    static func isValid(_ value: Span<UInt8>) -> Bool {
        guard !value.isEmpty else { return false }
        var end = 0
        if value[0] == UInt8(ascii: "[") {
            guard let close = value.firstIndex(of: UInt8(ascii: "]")), close > 2,
                value.extracting(1..<close).allSatisfy(Grammar.isAddressLiteral)
            else { return false }
            end = close + 1
        } else {
            while end < value.count, value[end] != UInt8(ascii: ":") { end += 1 }
            let name = value.extracting(0..<end)
            guard end > 0, name.allSatisfy(Grammar.isRegisteredName), name.hasWholeEscapes else { return false }
        }
        guard end < value.count else { return true }
        guard value[end] == UInt8(ascii: ":") else { return false }
        // An empty port is allowed by the grammar and means the default one.
        let port = value.extracting(end + 1..<value.count)
        guard port.count <= 5, port.allSatisfy(Grammar.isDigit) else { return false }
        var number = 0
        for index in port.indices { number = number * 10 + Int(port[index] - 0x30) }
        return number <= 65535
    }
}
