// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPClient

/// The elements of an array that can be read; the others cost only themselves. Missing or `null` = empty.
struct Readable<Element: Decodable>: Decodable {
    var elements: [Element]
    /// How many could not be read.
    var leftOut: Int

    private struct Attempt: Decodable {
        var element: Element?
        init(from decoder: any Decoder) throws { element = try? Element(from: decoder) }
    }

    init(from decoder: any Decoder) throws {
        let attempts = try decoder.singleValueContainer().decode([Attempt].self)
        elements = attempts.compactMap(\.element)
        leftOut = attempts.count - elements.count
    }
}

/// `{"id": …}`, the usual form of a reference.
struct Reference: Decodable {
    var id: String
}

/// A string-to-string map of which other values are left out.
struct StringMap: Decodable {
    var values: [String: String]

    private struct Attempt: Decodable {
        var text: String?
        init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }

    init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: Attempt].self).compactMapValues(\.text)
    }
}

extension KeyedDecodingContainer {
    /// `nil` for what is missing, null or of another type: a field we can do without must not cost the others.
    func tolerant<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
        try? decodeIfPresent(type, forKey: key)
    }

    /// The readable elements of an array; none when it is missing.
    func elements<Value: Decodable>(_ type: Value.Type, _ key: Key) -> [Value] {
        tolerant(Readable<Value>.self, key)?.elements ?? []
    }

    /// A time in RFC 3339; `nil` when missing or malformed.
    func time(_ key: Key) -> Timestamp? { tolerant(String.self, key).flatMap { Timestamp($0) } }

    /// A text that is not empty.
    func text(_ key: Key) -> String? { tolerant(String.self, key).flatMap { $0.isEmpty ? nil : $0 } }

    /// An id, without which the element is of no use.
    func id(_ key: Key) throws -> String {
        guard let id = text(key) else {
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "no id")
        }
        return id
    }
}

extension GenesysAPI {
    func decode<Body: Decodable>(
        _ type: Body.Type,
        _ response: ClientResponse,
        _ endpoint: Endpoint,
        expected: String
    ) throws(GenesysAPIError) -> Body {
        guard let body = try? JSONDecoder().decode(type, from: Data(response.body)) else {
            throw .unexpectedBody(response, from: endpoint, expected: expected)
        }
        return body
    }

    func encode(_ body: some Encodable, for endpoint: Endpoint) throws(GenesysAPIError) -> [UInt8] {
        guard let data = try? JSONEncoder().encode(body) else { throw endpoint.invalid("the body cannot be encoded") }
        return Array(data)
    }
}
