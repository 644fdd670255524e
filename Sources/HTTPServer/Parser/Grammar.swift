// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Glibc

/// The character classes of RFC 9110 and RFC 3986 as 128-bit masks; bytes over 127 belong to none.
enum Grammar {
    /// `tchar` (RFC 9110 section 5.6.2): letters, digits and ``!#$%&'*+-.^_`|~``.
    static func isToken(_ byte: UInt8) -> Bool { contains(0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE, byte) }

    /// `pchar`, `/` and `%` (RFC 3986 section 3.3); escapes are checked apart.
    static func isPath(_ byte: UInt8) -> Bool { contains(0x2FFF_FFF2_0000_0000, 0x47FF_FFFE_87FF_FFFF, byte) }

    /// The query of RFC 3986 and the characters ``[]{}|\^` `` that browsers leave as they are in a query.
    static func isQuery(_ byte: UInt8) -> Bool { contains(0xAFFF_FFF2_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, byte) }

    /// `reg-name` with `%` (RFC 3986 section 3.2.2), but no comma: no host has one, and a proxy that joins two Host
    /// fields makes one. Escapes are checked apart.
    static func isRegisteredName(_ byte: UInt8) -> Bool { contains(0x2BFF_6FF2_0000_0000, 0x47FF_FFFE_87FF_FFFE, byte) }

    /// `field-vchar`, SP and HTAB (RFC 9110 section 5.5): all but control characters; obs-text is allowed.
    static func isFieldContent(_ byte: UInt8) -> Bool { byte >= 0x20 ? byte != 0x7F : byte == 0x09 }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    static func isLowercase(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func contains(_ low: UInt64, _ high: UInt64, _ byte: UInt8) -> Bool {
        byte < 64 ? (low >> UInt64(byte)) & 1 == 1 : byte < 128 && (high >> UInt64(byte - 64)) & 1 == 1
    }
}

extension Span<UInt8> {
    /// The position of the first `byte` from `start` on.
    func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        guard start < count else { return nil }
        return withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base + start, Int32(byte), count - start) else {
                return nil
            }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    func allSatisfy(_ belongs: (UInt8) -> Bool) -> Bool {
        for index in indices where !belongs(self[index]) { return false }
        return true
    }

    func contains(where belongs: (UInt8) -> Bool) -> Bool { !allSatisfy { !belongs($0) } }

    /// Equal to an ASCII text written in lower case, without regard to case.
    func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { expected in
            for index in indices {
                let byte = self[index]
                let folded = byte &- 0x41 < 26 ? byte | 0x20 : byte
                if folded != expected[index] { return false }
            }
            return true
        }
    }

    /// `range` without the blanks at both ends (OWS of RFC 9110 section 5.6.3).
    func trimmingBlanks(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, Grammar.isBlank(self[start]) { start += 1 }
        while end > start, Grammar.isBlank(self[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Every `%` is followed by two hexadecimal digits.
    var hasWholeEscapes: Bool {
        var index = 0
        while let escape = firstIndex(of: UInt8(ascii: "%"), from: index) {
            guard escape + 2 < count, self[escape + 1].hexValue != nil, self[escape + 2].hexValue != nil else {
                return false
            }
            index = escape + 3
        }
        return true
    }

    /// The bytes as text: UTF-8, or Latin-1 where it is not UTF-8 (obs-text of old clients).
    var text: String {
        withUnsafeBufferPointer { bytes in
            // Nearly all text is ASCII, for which decoding is far cheaper than validating. Without a way out, so that the
            // compiler can take many bytes at once.
            var bits: UInt8 = 0
            for byte in bytes { bits |= byte }
            if bits < 0x80 { return String(decoding: bytes, as: UTF8.self) }
            return String(validating: bytes, as: UTF8.self)
                ?? String(decoding: bytes.map { UInt16($0) }, as: UTF16.self)
        }
    }
}
