// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Status and headers of the final answer, from header lines as libcurl hands them over one by one.
///
/// Interim answers (1xx) start over; what follows the final blank line are trailers and is left out.
struct ResponseHead {
    /// All header lines of one call together. The largest a Genesys endpoint sends is about 2 KB.
    static let maxBytes = 256 * 1024

    private(set) var status = 0
    private(set) var headers: [(name: String, value: String)] = []
    private var bytes = 0
    /// Whether the blank line of a final answer was seen.
    private(set) var isComplete = false

    /// Whether the first line of an answer was seen, be it an interim one.
    var hasBegun: Bool { bytes > 0 }

    /// Takes one line with its line end; false when there are too many bytes.
    mutating func consume(_ rawLine: UnsafeRawBufferPointer) -> Bool {
        bytes += rawLine.count
        guard bytes <= Self.maxBytes else { return false }
        let line = rawLine.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        if line.starts(with: "HTTP/".utf8) {
            begin(statusLine: line)
        } else if line.isEmpty {
            isComplete = status >= 200
        } else if !isComplete {
            add(line)
        }
        return true
    }

    private mutating func begin(statusLine: Slice<UnsafeRawBufferPointer>) {
        let code = statusLine.drop { $0 != UInt8(ascii: " ") }.dropFirst().prefix(3)
        status = Int(String(decoding: code, as: UTF8.self)) ?? 0
        headers = []
        isComplete = false
    }

    private mutating func add(_ line: Slice<UnsafeRawBufferPointer>) {
        let isFolded = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
        if isFolded, let last = headers.indices.last {
            // obs-fold (RFC 9112 section 5.2): one space in its place.
            headers[last].value += " " + Self.trimmed(line)
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            headers.append((Self.trimmed(line[..<colon]), Self.trimmed(line[line.index(after: colon)...])))
        }
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return String(decoding: rest, as: UTF8.self)
    }
}
