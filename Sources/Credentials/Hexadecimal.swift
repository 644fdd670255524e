// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Bytes as hexadecimal digits (RFC 4648 section 8).
public enum Hexadecimal {
    /// Two lower-case digits for each byte.
    public static func text(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (index, byte) in bytes.enumerated() {
                text[index * 2] = digit(of: byte >> 4)
                text[index * 2 + 1] = digit(of: byte & 15)
            }
            return bytes.count * 2
        }
    }

    private static func digit(of value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

    /// What a digit of either case stands for; `nil` = it is none.
    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
