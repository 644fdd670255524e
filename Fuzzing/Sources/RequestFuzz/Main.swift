// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CLibFuzzer
import FuzzRunner

@testable import HTTPServer

/// Any bytes as requests on one connection: never a crash, never over a limit, the same however they are cut, and what is
/// accepted reads the same when it is written again by the letter of the grammar.
///
/// An input is one byte that chooses the limits, eight that decide the cuts, and what is sent.
@main
struct Main {
    static func main() { runFuzzer(take) }

    private static let take: clibfuzzer_target = { data, size in
        let input = UnsafeBufferPointer(start: data, count: size)
        guard input.count > 9 else { return 0 }
        let seed = input[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        check(Array(input[9...]), limits: limits[Int(input[0]) % limits.count], cuts: Cuts(state: seed))
        return 0
    }

    private static let limits = [
        RequestParser.Limits(),
        RequestParser.Limits(maxTargetBytes: 20, maxHeaderBytes: 60, maxHeaderCount: 3, maxBodyBytes: 10),
        RequestParser.Limits(maxTargetBytes: 1, maxHeaderBytes: 9, maxHeaderCount: 1, maxBodyBytes: 0),
    ]

    private static func check(_ bytes: [UInt8], limits: RequestParser.Limits, cuts: Cuts) {
        let whole = Reading(of: bytes, limits: limits) { _ in .max }
        var cuts = cuts
        precondition(whole == Reading(of: bytes, limits: limits) { cuts.next(upTo: $0) }, "the cuts matter")
        let placed = Reading(of: bytes, limits: limits, placesContent: true) { cuts.next(upTo: $0) }
        precondition(whole == placed, "content in its place is something else")
        if bytes.count <= 4096 {
            precondition(whole == Reading(of: bytes, limits: limits) { _ in 1 }, "byte by byte it is something else")
        }
        for request in whole.requests { check(request, limits: limits) }
    }

    private static func check(_ request: Reading.Request, limits: RequestParser.Limits) {
        precondition(request.target.utf8.count <= limits.maxTargetBytes, "the target is over its limit")
        precondition(request.fields.count <= limits.maxHeaderCount + 1, "more fields than the limit")
        precondition(request.body.count <= limits.maxBodyBytes, "the content is over its limit")
        precondition(request.method.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == 0x2D }, "an odd method")
        precondition(request.path == "*" || request.path.utf8.first == 0x2F, "a path without a slash")
        precondition((request.path + request.query).utf8.allSatisfy { (0x21...0x7E).contains($0) }, "an odd target")
        for (name, value) in request.fields {
            precondition(!name.isEmpty && name.utf8.allSatisfy(Grammar.isToken), "an odd name")
            precondition(value.utf8.allSatisfy { $0 == 9 || $0 >= 32 && $0 != 127 }, "a control character")
        }
        precondition(request.values("host").count <= 1, "two hosts")
        precondition(request.values("content-length").count <= 1, "two lengths")
        precondition(
            request.values("content-length").isEmpty || request.values("transfer-encoding").isEmpty,
            "two ways of framing"
        )
        let generous = RequestParser.Limits(maxHeaderBytes: 1 << 20, maxHeaderCount: 1000)
        let again = Reading(of: request.written, limits: generous) { _ in .max }
        precondition(again.failure == nil && again.requests.count == 1, "not accepted again")
        precondition(again.requests[0].meaning == request.meaning, "something else when it is written again")
    }
}

/// What bytes come to, cut into pieces of the lengths that `piece` says.
struct Reading: Equatable {
    struct Request: Equatable {
        var method: String
        var target: String
        var path: String
        var query: String
        var keepAlive: Bool
        var minorVersion: Int
        var fields: [(name: String, value: String)]
        var body: [UInt8]

        static func == (left: Request, right: Request) -> Bool {
            left.meaning == right.meaning && left.keepAlive == right.keepAlive
                && left.fields.map(\.value) == right.fields.map(\.value)
        }

        func values(_ name: String) -> [String] { fields.filter { $0.name.lowercased() == name }.map(\.value) }

        /// What a second reader has to see as well.
        var meaning: [String] {
            [method, target, path, query, "\(keepAlive)", "\(body)"] + ownFields.map { "\($0.name): \($0.value)" }
        }

        /// Without the fields of framing, and without Host, which a target in absolute-form replaces.
        private var ownFields: [(name: String, value: String)] {
            fields.filter { !["content-length", "transfer-encoding", "host"].contains($0.name.lowercased()) }
        }

        var written: [UInt8] {
            var text = "\(method) \(target) HTTP/1.\(minorVersion)\r\nHost: a\r\nContent-Length: \(body.count)\r\n"
            for (name, value) in ownFields { text += "\(name): \(value)\r\n" }
            return Array("\(text)\r\n".utf8) + body
        }
    }

    var requests: [Request] = []
    var failure: RequestFailure?
    var isPartial = false

    /// - Parameter placesContent: content is written where it stays instead of being parsed.
    init(of bytes: [UInt8], limits: RequestParser.Limits, placesContent: Bool = false, piece: (Int) -> Int) {
        var parser = RequestParser(limits: limits)
        var start = 0
        while start < bytes.count {
            let end = start + min(bytes.count - start, max(1, piece(bytes.count - start)))
            let input = bytes.span.extracting(start..<end)
            start = end
            var offset = 0
            reading: while true {
                if placesContent, parser.awaitedContent > 0, offset < input.count {
                    parser.takeContent(upTo: input.count - offset) { room in
                        for place in room.indices { room[place] = input[offset + place] }
                        offset += room.count
                        return room.count
                    }
                }
                switch parser.parse(input, from: &offset) {
                case .needsMore:
                    precondition(offset == input.count, "bytes are left")
                    precondition(parser.body.count <= limits.maxBodyBytes, "more content than the limit")
                    break reading
                case .head: continue
                case .complete:
                    let (head, body) = parser.take()
                    requests.append(Request(head, body))
                case .failed(let failure):
                    self.failure = failure
                    return
                }
            }
        }
        isPartial = parser.hasBegun
    }
}

extension Reading.Request {
    init(_ head: RequestHead, _ body: [UInt8]) {
        self.init(
            method: head.method.rawValue,
            target: head.target,
            path: head.rawPath,
            query: head.query,
            keepAlive: head.keepAlive,
            minorVersion: head.minorVersion,
            fields: head.headers.map { ($0.name, $0.value) },
            body: body
        )
    }
}

/// Lengths of pieces, most of them short (SplitMix64).
struct Cuts {
    var state: UInt64

    mutating func next(upTo most: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        word ^= word >> 31
        return Int(word >> 8 % 64) % (word & 7 == 0 ? most : min(most, 24)) + 1
    }
}
