// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Amounts of bytes as configuration writes them: a whole number and a unit, `500MB`, `10GB`, `2TB`, `4GiB`.
///
/// Units are those of SI (1 kB = 1000 bytes, written `KB`) and, with an `i`, of IEC 80000-13 (1 KiB = 1024 bytes).
public enum ByteSizeSyntax {
    private static let units: [(name: String, bytes: Int64)] = [
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000),
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
    ]

    /// The units, for messages.
    public static let unitNames = "KB, MB, GB, TB, or KiB, MiB, GiB, TiB"

    /// The bytes of a text; `nil` when it is malformed, has no unit, or is too large to count.
    public static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), let unit = units.first(where: { $0.name == text.dropFirst(digits.count) })
        else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    /// The shortest text in SI units that ``parse(_:)`` reads back; what is no whole number of them is rounded down to KB.
    public static func format(_ bytes: Int64) -> String {
        let unit = units.prefix(3).first { bytes >= $0.bytes && bytes.isMultiple(of: $0.bytes) } ?? units[3]
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}
