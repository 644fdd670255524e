// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The grammar of `Host` and of the authority of a target: `uri-host [ ":" port ]` (RFC 9110 section 7.2).
enum HostField {
    /// Not empty, no user information, a port that exists.
    static func isValid(_ value: Span<UInt8>) -> Bool {
        guard !value.isEmpty else { return false }
        var end = 0
        if value[0] == UInt8(ascii: "[") {
            guard let close = value.firstIndex(of: UInt8(ascii: "]")),
                IPv6Literal.isValid(value.extracting(1..<close))
            else { return false }
            end = close + 1
        } else {
            while end < value.count, value[end] != UInt8(ascii: ":") { end += 1 }
            let name = value.extracting(0..<end)
            guard end > 0, name.allSatisfy(Grammar.isRegisteredName), name.hasWholeEscapes else { return false }
        }
        guard end < value.count else { return true }
        guard value[end] == UInt8(ascii: ":") else { return false }
        // An empty port is allowed by the grammar and means the default one; so are leading zeros.
        let port = value.extracting(end + 1..<value.count)
        var number = 0
        for index in port.indices {
            guard Grammar.isDigit(port[index]) else { return false }
            number = number * 10 + Int(port[index] - 0x30)
            guard number <= 65535 else { return false }
        }
        return true
    }
}

/// `IPv6address` (RFC 3986 section 3.2.2): eight groups of up to four hexadecimal digits, a run of which may be `::`, and
/// the last two of which may be an IPv4 address. No zone: that has a meaning on the client's machine only.
enum IPv6Literal {
    static func isValid(_ text: Span<UInt8>) -> Bool {
        var groups = 0
        var isShortened = false
        var index = 0
        if text.count >= 2, isColon(text, 0), isColon(text, 1) {
            isShortened = true
            index = 2
        }
        while index < text.count {
            let start = index
            while index < text.count, text[index].hexValue != nil { index += 1 }
            guard index > start else { return false }
            if index < text.count, text[index] == UInt8(ascii: ".") {
                guard isIPv4(text.extracting(start..<text.count)) else { return false }
                groups += 2
                break
            }
            guard index - start <= 4 else { return false }
            groups += 1
            guard index < text.count else { break }
            guard isColon(text, index) else { return false }
            index += 1
            if isColon(text, index) {
                guard !isShortened else { return false }
                isShortened = true
                index += 1
            } else if index == text.count {
                return false
            }
        }
        return isShortened ? groups <= 7 : groups == 8
    }

    private static func isColon(_ text: Span<UInt8>, _ index: Int) -> Bool {
        index < text.count && text[index] == UInt8(ascii: ":")
    }

    /// `dec-octet` four times, without leading zeros.
    private static func isIPv4(_ text: Span<UInt8>) -> Bool {
        var index = 0
        for octet in 0..<4 {
            if octet > 0 {
                guard index < text.count, text[index] == UInt8(ascii: ".") else { return false }
                index += 1
            }
            let start = index
            var number = 0
            while index < text.count, index - start < 3, Grammar.isDigit(text[index]) {
                number = number * 10 + Int(text[index] - 0x30)
                index += 1
            }
            guard index > start, number <= 255, index - start == 1 || text[start] != UInt8(ascii: "0") else {
                return false
            }
        }
        return index == text.count
    }
}
