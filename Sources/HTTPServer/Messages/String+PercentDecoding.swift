// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension String {
    /// Percent-decodes once; `nil` when an escape is malformed or the result is not UTF-8.
    public func percentDecoded(plusIsSpace: Bool = false) -> String? {
        guard utf8.contains(UInt8(ascii: "%")) || (plusIsSpace && utf8.contains(UInt8(ascii: "+"))) else { return self }
        var out: [UInt8] = []
        out.reserveCapacity(utf8.count)
        var iterator = utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next()?.hexValue, let low = iterator.next()?.hexValue else { return nil }
                out.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: out.append(UInt8(ascii: " "))
            default: out.append(byte)
            }
        }
        return String(validating: out, as: UTF8.self)
    }

    /// Percent-decodes a path or a segment of it once; `nil` as well when there is a NUL in it, which would end the text
    /// early for whoever hands it to C (RFC 3986 section 7.3).
    func decodedAsPath() -> String? {
        guard let text = percentDecoded(), !text.utf8.contains(0) else { return nil }
        return text
    }
}

extension UInt8 {
    var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}
