// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension RequestParser {
    /// The end of the header section: what the fields mean together. Always `true`, the head is complete.
    mutating func finishHead() throws(RequestFailure) -> Bool {
        guard fields.hosts == 1 || head.minorVersion == 0 else { throw .malformed("The request has no Host.") }
        // RFC 9112 section 3.2.2: the target's authority counts, whatever Host says.
        if let host = fields.targetHost { head.headers["Host"] = host }
        try decideFraming()
        if fields.unknownExpectation { throw .unsupported(417, "This server knows only the expectation 100-continue.") }
        head.keepAlive = !fields.close && (head.minorVersion >= 1 || fields.keepAlive)
        // RFC 9110 section 10.1.1: an HTTP/1.0 client cannot read an interim answer.
        head.expectsContinue = fields.expectsContinue && head.minorVersion >= 1 && head.framing != .none
        sectionBytes = 0
        fieldCount = 0
        switch head.framing {
        case .none: stage = .complete
        case .length(let length):
            stage = .content(remaining: length)
            // Room is given as content comes: a claimed length must not cost memory.
            body.reserveCapacity(min(length, 16 * 1024))
        case .chunked: stage = .chunkSize
        }
        return true
    }

    /// RFC 9112 section 6.3. Whatever two readers could see differently is refused.
    private mutating func decideFraming() throws(RequestFailure) {
        guard fields.hasTransferEncoding else {
            guard let length = fields.contentLength else { return }
            guard length <= limits.maxBodyBytes else { throw .bodyTooLarge }
            head.framing = length == 0 ? .none : .length(length)
            return
        }
        guard fields.contentLength == nil else {
            throw .malformed("The request has both Content-Length and Transfer-Encoding.")
        }
        guard head.minorVersion >= 1 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
        let chunked = fields.codings.count(where: { $0 })
        guard chunked == 1, fields.codings.last == true else {
            throw .malformed("The last transfer coding must be chunked, and only that one.")
        }
        guard fields.codings.count == 1 else {
            throw .unsupported(501, "This server knows no transfer coding but chunked.")
        }
        head.framing = .chunked
    }

    /// Moves up to `wanted` bytes of content; returns how many.
    mutating func take(_ wanted: Int, of input: Span<UInt8>, from offset: inout Int) -> Int {
        let count = min(wanted, input.count - offset)
        guard count > 0 else { return 0 }
        input.extracting(offset..<offset + count).withUnsafeBufferPointer { body.append(contentsOf: $0) }
        offset += count
        return count
    }

    /// How much content comes next, whatever the bytes are; 0 = something else does.
    var awaitedContent: Int {
        switch stage {
        case .content(let remaining), .chunkData(let remaining): remaining
        case .requestLine, .fields, .chunkSize, .chunkEnd, .trailers, .complete, .failed: 0
        }
    }

    /// Takes content that is written where it stays, at most as much as is awaited; `parse` then tells what it came to.
    ///
    /// - Parameter read: writes the next bytes, and returns how many.
    mutating func takeContent(upTo most: Int, _ read: (UnsafeMutableRawBufferPointer) -> Int) {
        let remaining = awaitedContent
        var room = min(most, remaining)
        let free = body.capacity - body.count
        // What room there is is used up first.
        if free >= min(room, 4096) { room = min(room, free) } else { makeRoom(for: room, remaining) }
        var count = 0
        body.append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { buffer, initialized in
                count = read(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<room]))
                initialized = count
            }
        }
        switch stage {
        case .content: stage = count == remaining ? .complete : .content(remaining: remaining - count)
        case .chunkData: stage = count == remaining ? .chunkEnd : .chunkData(remaining: remaining - count)
        case .requestLine, .fields, .chunkSize, .chunkEnd, .trailers, .complete, .failed: break
        }
    }

    /// Room for all of the content once a quarter of it is here, and no sooner: a claimed length must not cost memory, and
    /// content that has to move for want of room is copied.
    private mutating func makeRoom(for count: Int, _ remaining: Int) {
        let length = body.count + remaining
        let needed = body.count >= length / 4 ? length : body.count + count
        // Doubled, or small pieces would move all of it again and again: `reserveCapacity` gives what is asked for.
        let most: Int = if case .content = stage { length } else { limits.maxBodyBytes }
        body.reserveCapacity(max(needed, min(2 * body.capacity, most)))
    }

    /// `chunk-size [ chunk-ext ]` (RFC 9112 section 7.1): digits first, no sign, no prefix, no blank before the end.
    mutating func takeChunkSize(_ line: Span<UInt8>) throws(RequestFailure) {
        var digits = 0
        var size = 0
        while digits < line.count, let value = line[digits].hexValue {
            guard size <= Int.max >> 4 else { throw .malformed("A chunk size is larger than any content.") }
            size = size << 4 | Int(value)
            digits += 1
        }
        guard digits > 0 else { throw .malformed("A chunk has no size.") }
        guard ChunkExtensions.isValid(line.extracting(digits..<line.count)) else {
            throw .malformed("A chunk size is followed by something else.")
        }
        // Extensions carry nothing we use; without a bound they are a way to send without end.
        chunkOverhead += line.count - digits
        guard chunkOverhead <= limits.maxHeaderBytes else { throw .malformed("The chunk extensions are too long.") }
        guard size <= limits.maxBodyBytes - body.count else { throw .bodyTooLarge }
        stage = size == 0 ? .trailers : .chunkData(remaining: size)
    }

    /// The CRLF after a chunk's data; `false` when it has not come whole.
    mutating func takeChunkEnd(_ input: Span<UInt8>, from offset: inout Int) throws(RequestFailure) -> Bool {
        while offset < input.count {
            let byte = input[offset]
            offset += 1
            if !sawChunkReturn {
                guard byte == UInt8(ascii: "\r") else { throw .malformed("A chunk is longer than its size.") }
                sawChunkReturn = true
            } else {
                guard byte == UInt8(ascii: "\n") else { throw .malformed("A chunk does not end with CRLF.") }
                sawChunkReturn = false
                return true
            }
        }
        return false
    }
}

/// `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )` (RFC 9112 section 7.1.1).
enum ChunkExtensions {
    static func isValid(_ text: Span<UInt8>) -> Bool {
        var index = 0
        while index < text.count {
            skipBlanks(text, &index)
            guard index < text.count, text[index] == UInt8(ascii: ";") else { return false }
            index += 1
            skipBlanks(text, &index)
            guard skipToken(text, &index) else { return false }
            var next = index
            skipBlanks(text, &next)
            guard next < text.count, text[next] == UInt8(ascii: "=") else { continue }
            index = next + 1
            skipBlanks(text, &index)
            guard skipToken(text, &index) || skipQuoted(text, &index) else { return false }
        }
        return true
    }

    private static func skipBlanks(_ text: Span<UInt8>, _ index: inout Int) {
        while index < text.count, Grammar.isBlank(text[index]) { index += 1 }
    }

    private static func skipToken(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        let start = index
        while index < text.count, Grammar.isToken(text[index]) { index += 1 }
        return index > start
    }

    private static func skipQuoted(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: "\"") else { return false }
        index += 1
        while index < text.count {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return true }
            if byte == UInt8(ascii: "\\") {
                guard index < text.count, Grammar.isFieldContent(text[index]) else { return false }
                index += 1
            } else if !Grammar.isFieldContent(byte) {
                return false
            }
        }
        return false
    }
}
