// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The id under which a set of custom attributes is created.
enum ErrandSetID {
    /// The same for the same conversation and schema, so that a repeated PUT makes no second set: a UUID of version 8
    /// (RFC 9562 section 5.8) made of FNV-1a, 128 bits.
    static func make(conversationID: String, schemaID: String) -> String {
        var hash = fnv1a128([conversationID, schemaID])
        hash = hash & ~(0xF << 76) | (0x8 << 76)
        hash = hash & ~(0x3 << 62) | (0x2 << 62)
        let digits = String(hash, radix: 16)
        var text = String(repeating: "0", count: 32 - digits.count) + digits
        for offset in [20, 16, 12, 8] {
            text.insert("-", at: text.index(text.startIndex, offsetBy: offset))
        }
        return text
    }
}

/// FNV-1a (128 bits) of texts, equal on every machine. http://www.isthe.com/chongo/tech/comp/fnv/
func fnv1a128(_ parts: [String]) -> UInt128 {
    var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    for part in parts {
        // 0xFF is in no UTF-8 text: "a", "bc" is not "ab", "c".
        for byte in Array(part.utf8) + [0xFF] {
            hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
        }
    }
    return hash
}
