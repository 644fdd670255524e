// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// JSON in the making: bytes, and the containers that are open.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    /// What ends the containers that are open.
    private var closers: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
        closers.reserveCapacity(16)
    }

    /// Containers that are open.
    var depth: Int { closers.count }

    // MARK: Containers

    /// Begins an object or a list; returns how deep its members are.
    mutating func open(_ opener: UInt8, _ closer: UInt8) -> Int {
        bytes.append(opener)
        closers.append(closer)
        return closers.count
    }

    /// Ends containers inside the one of that depth.
    mutating func close(to depth: Int) {
        while closers.count > depth, let closer = closers.popLast() { bytes.append(closer) }
    }

    /// Before a member of the container of that depth.
    mutating func next(in depth: Int) {
        if closers.count > depth { close(to: depth) }
        // A text never ends in one of these bytes, but in its quotation mark.
        if let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") {
            bytes.append(UInt8(ascii: ","))
        }
    }

    /// Before the value of a key.
    mutating func key(_ key: String, in depth: Int) {
        next(in: depth)
        write(key)
        bytes.append(UInt8(ascii: ":"))
    }

    /// A key and its text.
    mutating func member(_ name: String, _ value: String, in depth: Int) {
        key(name, in: depth)
        write(value)
    }

    // MARK: Values

    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { write(utf8: $0) }
    }

    private mutating func write(utf8: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var hasEscapes = false
        for byte in utf8 { hasEscapes = hasEscapes || Self.needsEscape(byte) }
        if hasEscapes {
            for byte in utf8 {
                if Self.needsEscape(byte) { escape(byte) } else { bytes.append(byte) }
            }
        } else {
            bytes.append(contentsOf: utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func write(_ texts: [String]) {
        let depth = open(UInt8(ascii: "["), UInt8(ascii: "]"))
        for text in texts {
            next(in: depth)
            write(text)
        }
        close(to: depth - 1)
    }

    /// An object of them. No text is made of any.
    mutating func write(_ attributes: Attributes) {
        let depth = open(UInt8(ascii: "{"), UInt8(ascii: "}"))
        attributes.forEachUTF8 { name, value in
            next(in: depth)
            write(utf8: name)
            bytes.append(UInt8(ascii: ":"))
            write(utf8: value)
        }
        close(to: depth - 1)
    }

    private static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5C }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        guard byte < 0x20 else { return bytes.append(byte) }
        let digits = StaticString("0123456789abcdef")
        write(raw: "u00")
        digits.withUTF8Buffer { digits in
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }

    mutating func write(number: some FixedWidthInteger) {
        var rest = UInt64(truncatingIfNeeded: number.magnitude)
        // The longest has 20 digits.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 21) { digits in
            var start = digits.count
            func put(_ byte: UInt8) {
                start -= 1
                digits.initializeElement(at: start, to: byte)
            }
            repeat {
                put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
                rest /= 10
            } while rest > 0
            if number < 0 { put(UInt8(ascii: "-")) }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    mutating func write(real number: some BinaryFloatingPoint & CustomStringConvertible) throws {
        guard number.isFinite else {
            let context = EncodingError.Context(codingPath: [], debugDescription: "JSON has no \(number)")
            throw EncodingError.invalidValue(number, context)
        }
        write(raw: number.description)
    }

    /// Text that is JSON already.
    mutating func write(raw json: StaticString) { json.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    private mutating func write(raw json: String) { bytes.append(contentsOf: json.utf8) }
}
