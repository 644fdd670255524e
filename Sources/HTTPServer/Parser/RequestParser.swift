// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A strict incremental HTTP/1.1 request parser (RFC 9112) as a value: no sockets, no clock.
///
/// Feed bytes as they come. Lines are judged whole, so any split of the same bytes gives the same result. After
/// `.failed` the parser stays failed: nothing after a framing error can be trusted.
struct RequestParser {
    /// What one request may cost.
    struct Limits: Equatable {
        var maxTargetBytes = 8 * 1024
        var maxHeaderBytes = 32 * 1024
        var maxHeaderCount = 100
        var maxBodyBytes = 1024 * 1024
    }

    /// What a call of `parse` came to.
    enum Progress: Equatable {
        /// All input is consumed and the request is not complete.
        case needsMore
        /// The header section is complete and accepted; call again for the content.
        case head
        /// The content is complete; `take` it before the next call.
        case complete
        case failed(RequestFailure)
    }

    enum Stage: Equatable {
        case requestLine, fields, content(remaining: Int), chunkSize, chunkData(remaining: Int), chunkEnd, trailers
        case complete
        case failed(RequestFailure)
    }

    /// A chunk-size line, without its extensions, never needs more.
    static let maxChunkLineBytes = 256

    let limits: Limits
    var stage = Stage.requestLine
    /// The head under construction, and the accepted one from `.head` on.
    var head = RequestHead()
    /// The content received so far.
    var body: [UInt8] = []
    /// The beginning of a line whose end has not come.
    private var partial: [UInt8] = []
    var sectionBytes = 0
    var fieldCount = 0
    var chunkOverhead = 0
    var sawEmptyLine = false
    var sawChunkReturn = false
    var fields = FramingFields()

    init(limits: Limits) { self.limits = limits }

    /// Whether a request has begun: a byte of its request line has been seen. The empty line that may come before it, whole
    /// or half, is none: else whoever sends it would get both the time of an idle connection and that of a header section.
    var hasBegun: Bool {
        guard stage == .requestLine else { return true }
        return !partial.isEmpty && (sawEmptyLine || partial != [UInt8(ascii: "\r")])
    }

    /// Whether the header section is complete and the content is not.
    var isReadingContent: Bool {
        switch stage {
        case .content, .chunkSize, .chunkData, .chunkEnd, .trailers: true
        case .requestLine, .fields, .complete, .failed: false
        }
    }

    /// Parses from `offset` on and moves it past what was consumed.
    mutating func parse(_ input: Span<UInt8>, from offset: inout Int) -> Progress {
        do throws(RequestFailure) {
            while true {
                switch stage {
                case .requestLine, .fields, .chunkSize, .trailers:
                    guard let newline = input.firstIndex(of: UInt8(ascii: "\n"), from: offset) else {
                        try keep(input.extracting(offset..<input.count))
                        offset = input.count
                        return .needsMore
                    }
                    let piece = input.extracting(offset..<newline)
                    offset = newline + 1
                    if try takeLine(endingWith: piece) { return .head }
                case .content(let remaining):
                    let left = remaining - take(remaining, of: input, from: &offset)
                    stage = left == 0 ? .complete : .content(remaining: left)
                    if left > 0 { return .needsMore }
                case .chunkData(let remaining):
                    let left = remaining - take(remaining, of: input, from: &offset)
                    stage = left == 0 ? .chunkEnd : .chunkData(remaining: left)
                    if left > 0 { return .needsMore }
                case .chunkEnd:
                    guard try takeChunkEnd(input, from: &offset) else { return .needsMore }
                    stage = .chunkSize
                case .complete: return .complete
                case .failed(let failure): return .failed(failure)
                }
            }
        } catch {
            stage = .failed(error)
            partial = []
            body = []
            return .failed(error)
        }
    }

    /// The complete request; the parser is then ready for the next one.
    mutating func take() -> (head: RequestHead, body: [UInt8]) {
        // Moved out, not copied.
        var done = RequestParser(limits: limits)
        swap(&self, &done)
        return (done.head, done.body)
    }

    // MARK: - Lines

    /// One whole line in; `true` when it ended the header section.
    private mutating func takeLine(endingWith piece: Span<UInt8>) throws(RequestFailure) -> Bool {
        if partial.isEmpty {
            return try judge(line: piece)
        }
        piece.withUnsafeBufferPointer { partial.append(contentsOf: $0) }
        var line: [UInt8] = []
        swap(&line, &partial)
        return try judge(line: line.span)
    }

    private mutating func judge(line: Span<UInt8>) throws(RequestFailure) -> Bool {
        let endsWithReturn = line.count > 0 && line[line.count - 1] == UInt8(ascii: "\r")
        let content = endsWithReturn ? line.extracting(0..<line.count - 1) : line
        try checkRoom(for: content)
        guard endsWithReturn else { throw .malformed("A line ends without a carriage return.") }
        switch stage {
        case .requestLine:
            if content.isEmpty, !sawEmptyLine {
                // RFC 9112 section 2.2: one empty line before a request is ignored, old clients send it after a POST.
                sawEmptyLine = true
                return false
            }
            try takeRequestLine(content)
            stage = .fields
        case .fields:
            if content.isEmpty { return try finishHead() }
            try takeField(content)
        case .chunkSize: try takeChunkSize(content)
        case .trailers:
            if content.isEmpty { stage = .complete } else { try takeTrailer(content) }
        case .content, .chunkData, .chunkEnd, .complete, .failed: break
        }
        return false
    }

    /// Keeps the beginning of a line, unless it is already too long.
    private mutating func keep(_ piece: Span<UInt8>) throws(RequestFailure) {
        guard !piece.isEmpty else { return }
        // Out of the value while it is judged, which may note its method.
        var line: [UInt8] = []
        swap(&line, &partial)
        defer { swap(&line, &partial) }
        piece.withUnsafeBufferPointer { line.append(contentsOf: $0) }
        let endsWithReturn = piece[piece.count - 1] == UInt8(ascii: "\r")
        try checkRoom(for: line.span.extracting(0..<line.count - (endsWithReturn ? 1 : 0)))
    }

    /// The length limits, the same for the beginning of a line as for the whole line.
    private mutating func checkRoom(for line: Span<UInt8>) throws(RequestFailure) {
        let lineBytes = line.count
        switch stage {
        case .requestLine:
            // Room for the method, two spaces and the version. What is said of a longer line depends on no byte after.
            let room = limits.maxTargetBytes + 64
            if lineBytes > room { throw overlongRequestLine(line.extracting(0...room)) }
        case .fields, .trailers:
            // With its line end; the empty line that ends the section counts nothing.
            if lineBytes > 0, sectionBytes + lineBytes + 2 > limits.maxHeaderBytes { throw .headerTooLarge }
        case .chunkSize:
            if lineBytes > Self.maxChunkLineBytes { throw .malformed("A chunk-size line is too long.") }
        case .content, .chunkData, .chunkEnd, .complete, .failed: break
        }
    }
}
