// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CSimdJSON

/// Owns a simdjson parser and its memory, which is used again for every document.
final class JSONParser {
    /// simdjson's own refusal; where it is in the document is found by `JSONFault`.
    struct Failure: Error {
        var code: Int32
        /// The start of every token, when the tokens themselves could be told apart.
        var structurals: [Int]
        var reason: String { String(cString: csimdjson_error_message(code)) }
    }

    /// Containers inside each other, more than four times what Genesys sends.
    static let maxDepth = 63
    /// Above this the memory of a parser is given back after use: a rare large body must not stay for ever.
    static let keptCapacity = 1 << 18
    /// simdjson's offsets have 32 bits.
    private static let maxCapacity = 0xffff_ff00

    private var handle: OpaquePointer?

    deinit { csimdjson_parser_destroy(handle) }

    /// The root of the document, and the start of every token in it. Both live until the next call.
    func parse(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Result<(root: JSONValue, structurals: UnsafeBufferPointer<UInt32>), Failure> {
        if let handle, csimdjson_parser_capacity(handle) > max(Self.keptCapacity, bytes.count) {
            csimdjson_parser_destroy(handle)
            self.handle = nil
        }
        if handle == nil { handle = csimdjson_parser_create(Self.maxCapacity, Self.maxDepth + 1) }
        var document = csimdjson_document()
        // 2 is simdjson's "out of memory".
        guard let handle else { return .failure(Failure(code: 2, structurals: [])) }
        let code = csimdjson_parse(handle, bytes.baseAddress, bytes.count, &document)
        let structurals = UnsafeBufferPointer(start: document.structurals, count: document.structural_count)
        guard code == CSIMDJSON_SUCCESS, let tape = document.tape, let strings = document.strings else {
            return .failure(Failure(code: code, structurals: structurals.map(Int.init)))
        }
        // Word 0 of a tape is the root mark, the document itself begins at word 1.
        return .success((JSONValue(tape: tape, strings: strings, index: 1), structurals))
    }
}
