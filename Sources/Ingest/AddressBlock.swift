// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A block of addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3): `10.0.0.0/8`, `2001:db8::/32`, or a single
/// address.
public struct AddressBlock: Sendable, Hashable {
    private let base: Address
    private let length: Int

    /// `nil` when malformed. Bits after the prefix are ignored.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = Address(String(parts[0])) else { return nil }
        var length = address.bitCount
        if parts.count > 1 {
            guard !parts[1].isEmpty, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let value = Int(parts[1])
            else { return nil }
            // `::ffff:10.0.0.0/104` and `10.0.0.0/8` are the same block.
            length = address.isMapped ? value - 96 : value
        }
        guard (0...address.bitCount).contains(length) else { return nil }
        base = address
        self.length = length
    }

    /// Whether a numeric address lies in the block; `false` for anything that is not one.
    ///
    /// An IPv4 address in IPv6 form (`::ffff:192.0.2.1`, as a dual-stack socket shows it) counts as IPv4.
    public func contains(_ address: String) -> Bool {
        Address(address).map(contains) ?? false
    }

    func contains(_ address: Address) -> Bool {
        guard address.bitCount == base.bitCount else { return false }
        // Shifting by the whole width gives zero: `/0` takes all.
        let mask = ~UInt128(0) << UInt128(base.bitCount - length)
        return (address.bits ^ base.bits) & mask == 0
    }
}

/// A numeric IPv4 or IPv6 address.
struct Address: Sendable, Hashable, CustomStringConvertible {
    var bits: UInt128
    var bitCount: Int
    /// Written as `::ffff:a.b.c.d`.
    var isMapped = false

    /// In the form of RFC 5952, without a zone; one that was written as `::ffff:a.b.c.d` as IPv4.
    var description: String {
        if bitCount == 32 {
            return (0..<4).reversed().map { String(bits >> (UInt128($0) * 8) & 0xFF) }.joined(separator: ".")
        }
        var v6 = in6_addr()
        withUnsafeMutableBytes(of: &v6) { bytes in
            for index in 0..<16 { bytes[index] = UInt8(truncatingIfNeeded: bits >> UInt128(120 - index * 8)) }
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &v6, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    init?(_ text: String) {
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            bits = UInt128(UInt32(bigEndian: v4.s_addr))
            bitCount = 32
            return
        }
        // A zone (`fe80::1%eth0`) says where, not who.
        let withoutZone = text.utf8.firstIndex(of: UInt8(ascii: "%")).map { String(text[..<$0]) } ?? text
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, withoutZone, &v6) == 1 else { return nil }
        let value = withUnsafeBytes(of: &v6) { bytes in bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } }
        isMapped = value >> 32 == 0xFFFF
        bits = isMapped ? value & 0xFFFF_FFFF : value
        bitCount = isMapped ? 32 : 128
    }
}
