// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension JSONBytes: Encoder {
    /// Nobody looks at it: where an error is, its own text says.
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(JSONObject(json: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { JSONArray(json: self) }

    func singleValueContainer() -> any SingleValueEncodingContainer { JSONScalar(json: self) }
}

/// `{…}`; ended when something outside of it is written.
private struct JSONObject<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let json: JSONBytes
    let depth: Int
    var codingPath: [any CodingKey] { [] }

    init(json: JSONBytes) {
        self.json = json
        depth = json.text.open(UInt8(ascii: "{"), UInt8(ascii: "}"))
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        json.text.key(key.stringValue, in: depth)
        try json.write(value)
    }

    // Most members by far: without the generic way.
    func encode(_ value: String, forKey key: Key) {
        json.text.member(key.stringValue, value, in: depth)
    }

    func encodeNil(forKey key: Key) {
        json.text.key(key.stringValue, in: depth)
        json.text.write(raw: "null")
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        json.text.key(key.stringValue, in: depth)
        return json.container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        json.text.key(key.stringValue, in: depth)
        return json.unkeyedContainer()
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        json.text.key(key.stringValue, in: depth)
        return json
    }

    func superEncoder() -> any Encoder {
        json.text.key("super", in: depth)
        return json
    }
}

/// `[…]`; ended when something outside of it is written.
private struct JSONArray: UnkeyedEncodingContainer {
    let json: JSONBytes
    let depth: Int
    var count = 0
    var codingPath: [any CodingKey] { [] }

    init(json: JSONBytes) {
        self.json = json
        depth = json.text.open(UInt8(ascii: "["), UInt8(ascii: "]"))
    }

    private mutating func next() {
        json.text.next(in: depth)
        count += 1
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        next()
        try json.write(value)
    }

    mutating func encode(_ value: Int64) {
        next()
        json.text.write(number: value)
    }

    mutating func encodeNil() {
        next()
        json.text.write(raw: "null")
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        next()
        return json.container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        next()
        return json.unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        next()
        return json
    }
}

/// One value by itself.
private struct JSONScalar: SingleValueEncodingContainer {
    let json: JSONBytes
    var codingPath: [any CodingKey] { [] }

    func encode<Value: Encodable>(_ value: Value) throws { try json.write(value) }
    func encode(_ value: String) { json.text.write(value) }
    func encodeNil() { json.text.write(raw: "null") }
}
