// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Synchronization

/// JSON that was written elsewhere and goes out byte for byte, numbers of any size and key order included.
///
/// Only ``ConsoleJSON`` can splice it in; another encoder writes it as a string.
public struct RawJSON: Encodable, Sendable, Equatable {
    /// The text: exactly one JSON value.
    public let text: String

    /// The caller vouches that `text` is one JSON value; the journal keeps nothing else.
    public init(_ text: String) { self.text = text }

    /// `{}`
    public static let emptyObject = RawJSON("{}")

    /// Leaves a mark that ``ConsoleJSON`` replaces with the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        guard let splices = encoder.userInfo[RawJSONSplices.key] as? RawJSONSplices else {
            return try container.encode(text)
        }
        try container.encode(splices.mark(for: text))
    }
}

/// The raw texts of one encoding and the mark that stands for them.
///
/// The mark is random, so no text that somebody sends in can contain it.
final class RawJSONSplices: Sendable {
    /// Constant and well-formed: `CodingUserInfoKey.init` fails for no raw value.
    static let key = CodingUserInfoKey(rawValue: "presence-relay.raw-json").unsafelyUnwrapped

    private let nonce = "raw-\(UInt64.random(in: .min ... .max))-\(UInt64.random(in: .min ... .max))"
    private let texts = Mutex<[String]>([])

    func mark(for text: String) -> String {
        texts.withLock { $0.append(text) }
        return nonce
    }

    /// Replaces every mark with its text. Encoding is depth first in document order only when keys are not sorted
    /// after the fact, which holds here: each object has one raw member, and arrays keep their order.
    func splice(into data: Data) -> [UInt8] {
        let texts = texts.withLock { $0 }
        guard !texts.isEmpty else { return [UInt8](data) }
        let mark = Data("\"\(nonce)\"".utf8)
        var out: [UInt8] = []
        out.reserveCapacity(data.count + texts.reduce(0) { $0 + $1.utf8.count })
        var rest = data.startIndex
        for text in texts {
            guard let found = data.range(of: mark, in: rest..<data.endIndex) else { break }
            out.append(contentsOf: data[rest..<found.lowerBound])
            out.append(contentsOf: text.utf8)
            rest = found.upperBound
        }
        out.append(contentsOf: data[rest...])
        return out
    }
}

/// The console's way to write JSON: stable key order, plain slashes, raw JSON spliced in.
enum ConsoleJSON {
    /// The bytes of a view.
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let splices = RawJSONSplices()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.userInfo[RawJSONSplices.key] = splices
        return splices.splice(into: try encoder.encode(value))
    }
}
