// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// The `limit` and `cursor` of a paged request, checked.
struct PageParameters {
    /// Elements on a page when the caller does not say.
    static let defaultLimit = 100
    /// Elements on a page at most.
    static let maximumLimit = 1000

    var limit: Int
    /// As handed in; opaque to callers.
    var cursor: String?

    /// Throws `ConsoleError.invalidRequest` for a limit out of 1…1000, a cursor that is not 1…128 characters, or either
    /// given twice.
    init(_ request: HTTPRequest) throws(ConsoleError) {
        limit = Self.defaultLimit
        if let text = try Self.single("limit", in: request) {
            guard let value = Self.positiveInteger(text), value <= Self.maximumLimit else {
                throw ConsoleError(.invalidRequest, "'limit' must be a whole number from 1 to \(Self.maximumLimit).")
            }
            limit = Int(value)
        }
        cursor = try Self.single("cursor", in: request)
        if let cursor, cursor.isEmpty || cursor.unicodeScalars.count > 128 { throw Self.badCursor }
    }

    /// The cursor as the sequence number it is.
    func sequence() throws(ConsoleError) -> Int64? {
        guard let cursor else { return nil }
        guard let value = Self.positiveInteger(cursor) else { throw Self.badCursor }
        return value
    }

    private static let badCursor = ConsoleError(
        .invalidRequest,
        "'cursor' must be the 'next' of an earlier page, or be left out for the first page."
    )

    private static func single(_ name: String, in request: HTTPRequest) throws(ConsoleError) -> String? {
        var found: [String] = []
        for pair in request.query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = String(parts[0]).percentDecoded(plusIsSpace: true),
                let value = String(parts.count > 1 ? parts[1] : "").percentDecoded(plusIsSpace: true)
            else { throw ConsoleError(.invalidRequest, "The query is not percent-encoded UTF-8.") }
            if key == name { found.append(value) }
        }
        guard found.count < 2 else { throw ConsoleError(.invalidRequest, "'\(name)' is given more than once.") }
        return found.first
    }

    /// Plain decimal digits without sign or leading zero, at most 18 of them.
    static func positiveInteger(_ text: String) -> Int64? {
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text.utf8.first != UInt8(ascii: "0")
        else { return nil }
        return Int64(text)
    }
}
