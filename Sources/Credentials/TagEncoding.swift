// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// How the bytes of a signature are written in a header field.
public enum TagEncoding: String, Sendable, CaseIterable {
    /// Two digits for each byte, of either case (RFC 4648 section 8).
    case hex
    /// With padding (RFC 4648 section 4), in the one way in which bytes can be written: no bits are left over.
    case base64

    /// The bytes of a text; `nil` when it is anything but exactly `count` bytes.
    public func decode(_ text: some Collection<UInt8>, count: Int) -> [UInt8]? {
        switch self {
        case .hex:
            let digits = Array(text)
            guard digits.count == count * 2 else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count)
            for index in stride(from: 0, to: digits.count, by: 2) {
                guard let high = Hexadecimal.value(of: digits[index]),
                    let low = Hexadecimal.value(of: digits[index + 1])
                else { return nil }
                bytes.append(high << 4 | low)
            }
            return bytes
        case .base64:
            // The length first: what a stranger sends may be long. Written again, because other decoders take texts
            // whose unused bits are set, which would make several texts out of one tag.
            guard text.count == (count + 2) / 3 * 4, let data = Data(base64Encoded: Data(text)), data.count == count,
                data.base64EncodedData().elementsEqual(text)
            else { return nil }
            return Array(data)
        }
    }
}
