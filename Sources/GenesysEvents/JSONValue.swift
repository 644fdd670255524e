// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Glibc

/// A value on simdjson's tape (doc/tape.md there): a word with the type in its top byte and a payload below.
///
/// Nothing is copied until `string` is asked for. Valid only until the parser reads its next document, therefore never
/// stored. A value of another type than the one asked for is `nil`: every field of Genesys is optional.
struct JSONValue {
    let tape: UnsafePointer<UInt64>
    let strings: UnsafePointer<UInt8>
    let index: Int

    var kind: UInt8 { UInt8(truncatingIfNeeded: tape[index] >> 56) }
    private var payload: Int { Int(tape[index] & 0x00ff_ffff_ffff_ffff) }

    /// Where the value after this one begins.
    fileprivate var next: Int {
        switch kind {
        // The end of a container stands in the lower half, the upper one is a count of its elements.
        case UInt8(ascii: "{"), UInt8(ascii: "["): Int(tape[index] & 0xffff_ffff)
        case UInt8(ascii: "l"), UInt8(ascii: "u"), UInt8(ascii: "d"): index + 2
        default: index + 1
        }
    }

    fileprivate func at(_ index: Int) -> JSONValue { JSONValue(tape: tape, strings: strings, index: index) }

    var isObject: Bool { kind == UInt8(ascii: "{") }
    var isArray: Bool { kind == UInt8(ascii: "[") }
}

// MARK: - Scalars

extension JSONValue {
    /// The bytes of a string with its escapes resolved.
    var text: UnsafeBufferPointer<UInt8>? {
        guard kind == UInt8(ascii: "\"") else { return nil }
        let start = strings + payload
        let count = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
        return UnsafeBufferPointer(start: start + 4, count: Int(count))
    }

    var string: String? { text.map { String(decoding: $0, as: UTF8.self) } }

    /// A string that is not empty: an empty id is no id. Nor is one with a NUL, which SQLite would take for its end.
    var identifier: String? {
        guard let text, let start = text.baseAddress, !text.isEmpty, memchr(start, 0, text.count) == nil else {
            return nil
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The id of a user: no longer than one may be, since agents are paged by theirs.
    var userID: String? { text.flatMap { $0.count <= TopicName.longestID ? identifier : nil } }

    /// In lower case: enums of the notifications are, those of detail events are not.
    var lowercased: String? {
        guard let text, !text.isEmpty else { return nil }
        if !text.contains(where: { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }) {
            return String(decoding: text, as: UTF8.self)
        }
        return String(decoding: text, as: UTF8.self).lowercased()
    }

    var bool: Bool? {
        switch kind {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    var integer: Int? {
        switch kind {
        case UInt8(ascii: "l"): Int(Int64(bitPattern: tape[index + 1]))
        // simdjson uses this kind only above Int64.max.
        default: nil
        }
    }

    /// From RFC 3339 text.
    var time: Timestamp? { text.flatMap { Timestamp(utf8: $0) } }

    /// From milliseconds since 1970, as in detail events.
    var epochMilliseconds: Timestamp? {
        guard let integer, Timestamp.textRange.contains(Int64(integer)) else { return nil }
        return Timestamp(milliseconds: Int64(integer))
    }
}

// MARK: - Containers

extension JSONValue {
    /// How many fields or elements there are; simdjson counts no further than 16,777,215.
    var count: Int { Int((tape[index] >> 32) & 0xff_ffff) }

    /// The fields of an object in order; none for any other value.
    var fields: Fields { Fields(object: self, position: index + 1, end: isObject ? next - 1 : index + 1) }

    /// The elements of an array in order; none for any other value.
    var elements: Elements { Elements(array: self, position: index + 1, end: isArray ? next - 1 : index + 1) }

    /// The field with this name; for objects of which only one field is wanted.
    subscript(name: StaticString) -> JSONValue? {
        for (key, value) in fields where name ~= key { return value }
        return nil
    }

    /// A name in an object.
    struct Key {
        /// Its bytes with escapes resolved.
        let text: UnsafeBufferPointer<UInt8>

        var string: String { String(decoding: text, as: UTF8.self) }

        @inline(__always)
        static func ~= (name: StaticString, key: Key) -> Bool {
            guard name.utf8CodeUnitCount == key.text.count else { return false }
            for index in 0..<key.text.count where name.utf8Start[index] != key.text[index] { return false }
            return true
        }
    }

    struct Fields: Sequence, IteratorProtocol {
        fileprivate let object: JSONValue
        fileprivate var position: Int
        fileprivate let end: Int

        mutating func next() -> (Key, JSONValue)? {
            // The tape of a valid document has a string before every value of an object.
            guard position < end, let name = object.at(position).text else { return nil }
            let value = object.at(position + 1)
            position = value.next
            return (Key(text: name), value)
        }
    }

    struct Elements: Sequence, IteratorProtocol {
        fileprivate let array: JSONValue
        fileprivate var position: Int
        fileprivate let end: Int

        mutating func next() -> JSONValue? {
            guard position < end else { return nil }
            let value = array.at(position)
            position = value.next
            return value
        }
    }
}
