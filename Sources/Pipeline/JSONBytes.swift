// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// JSON written straight into bytes, for what the pipeline stores with every event: several times as fast as
/// Foundation's encoder, which builds a tree first, and read by its decoder.
///
/// For the relay's own values: keys in the order in which they are encoded, no dates, data or non-finite numbers.
final class JSONBytes {
    // Unchecked is safe: no method of JSONText calls anything that could come back here, and the checks were a seventh
    // of the whole work.
    @exclusivity(unchecked) var text: JSONText

    private init(capacity: Int) { text = JSONText(capacity: capacity) }

    /// The JSON of a value. Throws what the value throws.
    static func encode(_ value: some Encodable, capacity: Int = 256) throws -> [UInt8] {
        let json = JSONBytes(capacity: capacity)
        try json.write(value)
        return json.text.bytes
    }

    /// A value, and the end of whatever it has opened.
    func write<Value: Encodable>(_ value: Value) throws {
        if try writeScalar(value) { return }
        let depth = text.depth
        let before = text.bytes.count
        try value.encode(to: self)
        text.close(to: depth)
        if text.bytes.count == before { text.write(raw: "{}") }
    }

    /// A text or texts, a number, a flag, a time or attributes: to compare types costs next to nothing, a cast or a container much.
    private func writeScalar<Value>(_ value: Value) throws -> Bool {
        if Value.self == String.self, let value = value as? String {
            text.write(value)
        } else if Value.self == Timestamp.self, let time = value as? Timestamp {
            text.write(time.description)
        } else if Value.self == Int64.self, let number = value as? Int64 {
            text.write(number: number)
        } else if Value.self == Int.self, let number = value as? Int {
            text.write(number: number)
        } else if Value.self == Bool.self, let flag = value as? Bool {
            text.write(raw: flag ? "true" : "false")
        } else if Value.self == Attributes.self, let attributes = value as? Attributes {
            text.write(attributes)
        } else if Value.self == [String].self, let texts = value as? [String] {
            text.write(texts)
        } else if MemoryLayout<Value>.size <= 8 {
            return try writeRareScalar(value)
        } else {
            return false
        }
        return true
    }

    /// All others that encode themselves through a single value.
    private func writeRareScalar<Value>(_ value: Value) throws -> Bool {
        if Value.self == Double.self, let number = value as? Double {
            try text.write(real: number)
        } else if Value.self == Float.self, let number = value as? Float {
            try text.write(real: number)
        } else if Value.self == UInt64.self, let number = value as? UInt64 {
            text.write(number: number)
        } else if Value.self == UInt.self, let number = value as? UInt {
            text.write(number: number)
        } else if Value.self == Int32.self, let number = value as? Int32 {
            text.write(number: number)
        } else if Value.self == UInt32.self, let number = value as? UInt32 {
            text.write(number: number)
        } else if Value.self == Int16.self, let number = value as? Int16 {
            text.write(number: number)
        } else if Value.self == UInt16.self, let number = value as? UInt16 {
            text.write(number: number)
        } else if Value.self == Int8.self, let number = value as? Int8 {
            text.write(number: number)
        } else if Value.self == UInt8.self, let number = value as? UInt8 {
            text.write(number: number)
        } else {
            return false
        }
        return true
    }
}
