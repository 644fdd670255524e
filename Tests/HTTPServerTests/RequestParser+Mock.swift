// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

@testable import HTTPServer

/// What a byte sequence comes to, in a form that two ways of feeding it can be compared by.
struct ParseTrace: Equatable, CustomStringConvertible {
    struct Request: Equatable {
        var method: String
        var target: String
        var path: String
        var query: String
        var fields: [String]
        var body: [UInt8]
        var keepAlive: Bool
        var expectsContinue: Bool
    }

    var requests: [Request] = []
    var failure: RequestFailure?
    /// A request has begun and not ended.
    var isPartial = false

    var description: String {
        let parts = requests.map { "\($0.method) \($0.target) (\($0.body.count) bytes)" }
        return (parts + [failure.map { "\($0.status): \($0.detail)" } ?? (isPartial ? "partial" : "end")])
            .joined(separator: ", ")
    }
}

extension RequestParser {
    /// Feeds `pieces` one after the other.
    ///
    /// - Parameter placesContent: content is written where it stays, a few bytes at a time, instead of being parsed.
    static func trace(_ pieces: [ArraySlice<UInt8>], limits: Limits, placesContent: Bool = false) -> ParseTrace {
        var parser = RequestParser(limits: limits)
        var trace = ParseTrace()
        for piece in pieces {
            let bytes = Array(piece)
            var offset = 0
            feeding: while true {
                if placesContent, parser.awaitedContent > 0, offset < bytes.count {
                    parser.takeContent(upTo: 3) { room in
                        let count = min(room.count, bytes.count - offset)
                        room.copyBytes(from: bytes[offset..<offset + count])
                        offset += count
                        return count
                    }
                }
                switch parser.parse(bytes.span, from: &offset) {
                case .needsMore: break feeding
                case .head: continue
                case .complete:
                    let (head, body) = parser.take()
                    trace.requests.append(
                        .init(
                            method: head.method.rawValue,
                            target: head.target,
                            path: head.rawPath,
                            query: head.query,
                            fields: head.headers.map { "\($0.name): \($0.value)" },
                            body: body,
                            keepAlive: head.keepAlive,
                            expectsContinue: head.expectsContinue
                        )
                    )
                case .failed(let failure):
                    trace.failure = failure
                    return trace
                }
            }
        }
        trace.isPartial = parser.hasBegun
        return trace
    }

    /// The result of `text`, and every way of cutting it that gives another one: at each place in two, and in bytes.
    static func traceAllSplits(
        _ bytes: [UInt8],
        limits: Limits = Limits()
    ) -> (whole: ParseTrace, different: [String]) {
        let whole = trace([bytes[...]], limits: limits)
        var different: [String] = []
        for cut in 1..<max(bytes.count, 1) where trace([bytes[..<cut], bytes[cut...]], limits: limits) != whole {
            different.append("cut at \(cut)")
        }
        let single = bytes.indices.map { bytes[$0...$0] }
        if trace(single, limits: limits) != whole { different.append("byte by byte") }
        for cut in 0..<max(bytes.count, 1)
        where trace([bytes[..<cut], bytes[cut...]], limits: limits, placesContent: true) != whole {
            different.append("content in its place, cut at \(cut)")
        }
        return (whole, different)
    }
}
