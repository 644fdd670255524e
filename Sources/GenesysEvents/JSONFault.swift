// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Finds the place of an error in a body that simdjson has refused: simdjson only says that there is one.
///
/// A strict RFC 8259 reader that keeps nothing but its path. Its recursion is bounded by `JSONParser.maxDepth`.
struct JSONFault {
    private enum Step {
        case name(Range<Int>)
        case index(Int)
    }

    private struct Stop: Error {
        var reason: String
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var path: [Step] = []

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The first error of a body that is one JSON array, or one or more JSON objects; `nil` when there is none.
    static func locate(in body: UnsafeBufferPointer<UInt8>) -> EventDecodingError? {
        var reader = JSONFault(bytes: body)
        var document = 0
        let isArray = body.first == UInt8(ascii: "[")
        do throws(Stop) {
            repeat {
                if document > 0 {
                    guard !isArray else { throw Stop(reason: "content after the end of the array") }
                    guard reader.current == UInt8(ascii: "{") else { throw Stop(reason: "unexpected character") }
                }
                try reader.value(depth: 1)
                let end = reader.position
                reader.skipSpace()
                document += 1
                if reader.position < body.count, !isArray, !body[end..<reader.position].contains(UInt8(ascii: "\n")) {
                    throw Stop(reason: "no line break before this element")
                }
            } while reader.position < body.count
            return nil
        } catch {
            var path = reader.path[...]
            // The first index of an array body is the number of the element.
            if isArray, case .index(let index) = path.first {
                document = index
                path = path.dropFirst()
            } else if isArray {
                document = 0
            }
            let pointer = path.map { reader.token($0) }.joined()
            return EventDecodingError(element: document, pointer: pointer, reason: error.reason)
        }
    }

    private func token(_ step: Step) -> String {
        switch step {
        case .index(let index): return "/\(index)"
        case .name(let range):
            return Self.token(String(decoding: bytes[range].prefix(Self.longestToken), as: UTF8.self))
        }
    }

    /// Long enough for any name of Genesys, short enough for a log line.
    private static let longestToken = 64

    /// A name as a step of a JSON pointer.
    static func token(_ name: String) -> String {
        name.prefix(longestToken).reduce(into: "/") { token, character in
            switch character {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.append(character)
            }
        }
    }
}

// MARK: - Values

extension JSONFault {
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
    }

    private mutating func value(depth: Int) throws(Stop) {
        skipSpace()
        switch current {
        case nil: throw Stop(reason: "the body ends too early")
        case UInt8(ascii: "{"): try object(depth: depth)
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        case let byte? where byte == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte: try number()
        default: throw Stop(reason: "unexpected character")
        }
    }

    private mutating func object(depth: Int) throws(Stop) {
        try enter(depth)
        guard current != UInt8(ascii: "}") else { return position += 1 }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else {
                throw Stop(reason: current == nil ? "the body ends too early" : "expected a name in quotes")
            }
            path.append(.name(try string()))
            skipSpace()
            try expect(UInt8(ascii: ":"), "expected ':'")
            try value(depth: depth + 1)
            path.removeLast()
            if try isLast(closing: UInt8(ascii: "}"), "expected ',' or '}'") { return }
        }
    }

    private mutating func array(depth: Int) throws(Stop) {
        try enter(depth)
        guard current != UInt8(ascii: "]") else { return position += 1 }
        for index in 0... {
            path.append(.index(index))
            try value(depth: depth + 1)
            path.removeLast()
            if try isLast(closing: UInt8(ascii: "]"), "expected ',' or ']'") { return }
        }
    }

    private mutating func enter(_ depth: Int) throws(Stop) {
        guard depth <= JSONParser.maxDepth else {
            throw Stop(reason: "nested deeper than \(JSONParser.maxDepth) levels")
        }
        position += 1
        skipSpace()
    }

    private mutating func isLast(closing: UInt8, _ reason: String) throws(Stop) -> Bool {
        skipSpace()
        if current == closing {
            position += 1
            return true
        }
        try expect(UInt8(ascii: ","), reason)
        return false
    }

    private mutating func expect(_ byte: UInt8, _ reason: String) throws(Stop) {
        guard let current else { throw Stop(reason: "the body ends too early") }
        guard current == byte else { throw Stop(reason: reason) }
        position += 1
    }
}

// MARK: - Scalars

extension JSONFault {
    private mutating func literal(_ text: StaticString) throws(Stop) {
        for offset in 0..<text.utf8CodeUnitCount {
            guard let current else { throw Stop(reason: "the body ends too early") }
            guard current == text.utf8Start[offset] else { throw Stop(reason: "unknown literal") }
            position += 1
        }
    }

    private mutating func digits() throws(Stop) {
        let start = position
        while let byte = current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        guard position > start else {
            throw Stop(reason: current == nil ? "the body ends too early" : "invalid number")
        }
    }

    private mutating func number() throws(Stop) {
        let start = position
        var isInteger = true
        if current == UInt8(ascii: "-") { position += 1 }
        let first = current
        let integer = position
        try digits()
        guard first != UInt8(ascii: "0") || position == integer + 1 else { throw Stop(reason: "invalid number") }
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let isInRange = isInteger ? Int64(text) != nil || UInt64(text) != nil : Double(text)?.isFinite == true
        guard isInRange else { throw Stop(reason: "number out of range") }
    }

    /// The bytes between the quotes.
    private mutating func string() throws(Stop) -> Range<Int> {
        position += 1
        let start = position
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return start..<position - 1
            case UInt8(ascii: "\\"): try escape()
            case ..<0x20: throw Stop(reason: "control character in a string")
            case ..<0x80: position += 1
            default: try multibyte(byte)
            }
        }
        throw Stop(reason: "the body ends inside a string")
    }

    private mutating func escape() throws(Stop) {
        position += 1
        guard let byte = current else { throw Stop(reason: "the body ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            // A high surrogate needs its low one, in another escape right behind it.
            guard 0xd800...0xdbff ~= (try hexadecimal()) else { return }
            guard current == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u")
            else { throw Stop(reason: "half a surrogate pair") }
            position += 2
            guard 0xdc00...0xdfff ~= (try hexadecimal()) else { throw Stop(reason: "half a surrogate pair") }
        default: throw Stop(reason: "unknown escape")
        }
    }

    private mutating func hexadecimal() throws(Stop) -> Int {
        var value = 0
        for _ in 0..<4 {
            guard let byte = current else { throw Stop(reason: "the body ends inside a string") }
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { throw Stop(reason: "unknown escape") }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    /// RFC 3629, section 4.
    private mutating func multibyte(_ lead: UInt8) throws(Stop) {
        let second: ClosedRange<UInt8>
        let count: Int
        switch lead {
        case 0xc2...0xdf: (second, count) = (0x80...0xbf, 2)
        case 0xe0: (second, count) = (0xa0...0xbf, 3)
        case 0xed: (second, count) = (0x80...0x9f, 3)
        case 0xe1...0xef: (second, count) = (0x80...0xbf, 3)
        case 0xf0: (second, count) = (0x90...0xbf, 4)
        case 0xf1...0xf3: (second, count) = (0x80...0xbf, 4)
        case 0xf4: (second, count) = (0x80...0x8f, 4)
        default: throw Stop(reason: "not UTF-8")
        }
        guard position + count <= bytes.count, second ~= bytes[position + 1],
            bytes[(position + 2)..<(position + count)].allSatisfy({ 0x80...0xbf ~= $0 })
        else { throw Stop(reason: "not UTF-8") }
        position += count
    }
}
