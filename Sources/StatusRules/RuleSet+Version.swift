// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax

extension RuleSet {
    /// FNV-1a (64 bits) of the statuses and rules as text, in hexadecimal: equal on every machine and in every build.
    ///
    /// Comments, quotes, places and the order of keys do not change it; anything that can change a decision does.
    public static func version(statuses: ConfigurationNode?, rules: ConfigurationNode?) -> String {
        var hash = FNV1a()
        for node in [statuses, rules] {
            if let node, !node.isNull { hash.add(node) } else { hash.add("-") }
        }
        let digits = String(hash.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// http://www.isthe.com/chongo/tech/comp/fnv/
struct FNV1a {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ text: String) {
        for byte in text.utf8 {
            value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
    }

    /// Lengths before texts, so that two different trees never give the same text.
    mutating func add(_ node: ConfigurationNode) {
        switch node.content {
        case .scalar(let text, _):
            add("s\(text.utf8.count):\(text)\(node.holdsTemplate ? "t" : "")")
        case .sequence(let elements):
            add("l\(elements.count):")
            for element in elements { add(element) }
        case .mapping(let entries):
            add("m\(entries.count):")
            for entry in entries.sorted(by: { $0.key < $1.key }) {
                add("k\(entry.key.utf8.count):\(entry.key)")
                add(entry.value)
            }
        }
    }
}
