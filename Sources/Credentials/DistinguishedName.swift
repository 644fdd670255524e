// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The name of a certificate's subject or issuer (RFC 4514, RFC 2253), compared by what it says, not by how it is written.
///
/// Blanks around separators, the case of attribute types and the way of escaping do not matter; the order and the
/// values do, byte for byte. `openssl x509 -noout -subject -nameopt RFC2253` prints a name in this form.
public struct DistinguishedName: Sendable, Hashable {
    private struct Attribute: Hashable {
        var type: String
        /// UTF-8. No text: texts are equal when Unicode says so, as the Kelvin sign and `K` are.
        var value: [UInt8]
    }
    /// The most specific one first, as written; the attributes of one have no order.
    private let relativeNames: [Set<Attribute>]

    /// Reads `CN=client,O=Acme\, Inc.,C=US`; `nil` when malformed or empty.
    public init?(_ text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        var names: [Set<Attribute>] = []
        var current: Set<Attribute> = []
        while true {
            guard let attribute = reader.attribute() else { return nil }
            current.insert(attribute)
            switch reader.next() {
            case UInt8(ascii: "+"): continue
            case UInt8(ascii: ","):
                names.append(current)
                current = []
            case nil:
                names.append(current)
                relativeNames = names
                return
            default: return nil
            }
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

        mutating func next() -> UInt8? {
            guard let byte else { return nil }
            index += 1
            return byte
        }

        private mutating func skipBlanks() {
            while byte == UInt8(ascii: " ") { index += 1 }
        }

        mutating func attribute() -> Attribute? {
            skipBlanks()
            let start = index
            while let byte, Self.isTypeByte(byte) { index += 1 }
            let type = String(decoding: bytes[start..<index], as: UTF8.self).uppercased()
            skipBlanks()
            guard !type.isEmpty, next() == UInt8(ascii: "=") else { return nil }
            skipBlanks()
            return value().map { Attribute(type: type, value: $0) }
        }

        /// RFC 4514 section 2.4. Stops before the separator.
        private mutating func value() -> [UInt8]? {
            var value: [UInt8] = []
            // Blanks at the end count only when they are escaped.
            var kept = 0
            while let byte, byte != UInt8(ascii: ","), byte != UInt8(ascii: "+") {
                index += 1
                switch byte {
                case UInt8(ascii: "\\"):
                    guard let escaped = escaped() else { return nil }
                    value.append(escaped)
                    kept = value.count
                case UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"), 0: return nil
                default:
                    value.append(byte)
                    if byte != UInt8(ascii: " ") { kept = value.count }
                }
            }
            value.removeSubrange(kept...)
            return String(validating: value, as: UTF8.self) == nil ? nil : value
        }

        private mutating func escaped() -> UInt8? {
            guard let first = next() else { return nil }
            guard let high = Hexadecimal.value(of: first) else {
                return " \"#+,;<=>\\".utf8.contains(first) ? first : nil
            }
            guard let low = next().flatMap(Hexadecimal.value) else { return nil }
            return high << 4 | low
        }

        private static func isTypeByte(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
