// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@testable import HTTPServer

/// The vectors, damaged in every way a generator thinks of: the short form of the targets `RequestFuzz` and `RouterFuzz`.
///
/// `MODEL_SEEDS` sets how many messages there are, `MODEL_SEED` picks one.
@Suite("Damaged requests")
struct RequestParserFuzzTests {
    private let seeds: ClosedRange<UInt64>

    init() {
        let environment = ProcessInfo.processInfo.environment
        let all = environment["MODEL_SEEDS"].flatMap(UInt64.init) ?? 3000
        seeds = environment["MODEL_SEED"].flatMap(UInt64.init).map { $0...$0 } ?? 1...max(1, all)
    }

    /// What breaks framing more often than chance would.
    private static let pieces = [
        "\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", ";", ",", "\"", "\\", "\0", "0", "f", "-", "%", "%00", "%2e",
        "/..",
        "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "chunked", "0\r\n\r\n", " \r\n",
    ].map { Array($0.utf8) }

    private static func damaged(_ generator: inout SeededGenerator) -> (bytes: [UInt8], limits: RequestParser.Limits) {
        // Large ones cost more than they tell.
        let vectors = RequestVector.requests.filter { (1..<1000).contains($0.bytes.count) }
        guard let first = vectors.randomElement(using: &generator),
            let second = vectors.randomElement(using: &generator)
        else { return ([], .init()) }
        var bytes = first.bytes
        if Bool.random(using: &generator) { bytes += second.bytes }
        for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...4, using: &generator)))
            case 2: bytes.insert(UInt8.random(in: 0...127, using: &generator), at: place)
            default: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: place)
            }
        }
        return (bytes, first.limits)
    }

    @Test("come to the same however they are cut, and within the limits")
    func cuts() {
        var accepted = 0
        for seed in seeds {
            var generator = SeededGenerator(state: seed)
            let (bytes, limits) = Self.damaged(&generator)
            let whole = RequestParser.trace([bytes[...]], limits: limits)
            var pieces: [ArraySlice<UInt8>] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...max(1, min(rest.count, 40)), using: &generator))
                pieces.append(piece)
                rest = rest.dropFirst(piece.count)
            }
            #expect(RequestParser.trace(pieces, limits: limits) == whole, "seed \(seed)")
            #expect(RequestParser.trace(pieces, limits: limits, placesContent: true) == whole, "seed \(seed)")
            let single = bytes.indices.map { bytes[$0...$0] }
            #expect(RequestParser.trace(single, limits: limits) == whole, "seed \(seed)")
            for request in whole.requests {
                accepted += 1
                #expect(request.target.utf8.count <= limits.maxTargetBytes, "seed \(seed)")
                #expect(request.fields.count <= limits.maxHeaderCount, "seed \(seed)")
                #expect(request.body.count <= limits.maxBodyBytes, "seed \(seed)")
            }
        }
        #expect(accepted >= seeds.count / 10)
    }

    /// Who reads the same bytes by the letter of the grammar, without our parser, must see the same requests.
    @Test("are read as they would be written, so that no two readers can differ")
    func written() {
        for seed in seeds {
            var generator = SeededGenerator(state: seed)
            let (bytes, limits) = Self.damaged(&generator)
            for request in RequestParser.trace([bytes[...]], limits: limits).requests {
                let again = RequestParser.trace([request.written[...]], limits: .init(maxHeaderCount: 1000))
                #expect(again.failure == nil && again.requests.count == 1, "seed \(seed): \(again)")
                guard let other = again.requests.first else { continue }
                #expect(other.method == request.method && other.target == request.target, "seed \(seed)")
                #expect(other.path == request.path && other.query == request.query, "seed \(seed)")
                #expect(other.body == request.body && other.ownFields == request.ownFields, "seed \(seed)")
            }
        }
    }

    /// As sent, and the text it stands for; `nil` where no route may match.
    private static let segments: [(sent: String, text: String?)] = [
        ("a", "a"), ("%61", "a"), ("b", "b"), ("%62", "b"), ("A", "A"), ("", ""), ("c%2Fd", "c/d"), ("%2541", "%41"),
        (".", nil), ("..", nil), ("%2e", nil), (".%2E", nil), ("%00", nil), ("a%00", nil), ("%ff", nil),
        ("%C0%AE", nil),
        ("...", "..."), ("%E2%84%AA", "\u{212A}"), ("K", "K"),
    ]

    @Test("come to the route whose segments they have, the static ones first")
    func routes() {
        let paths = ["/a", "/a/b", "/a/{x}", "/{x}/b", "/{x}/{y}", "/a/{x}/K", "/{x}/b/{y}", "/{x}/{y}/K"]
        var router = Router()
        for path in paths { router.on(.get, path) { _ in .text(path) } }
        for seed in seeds {
            var generator = SeededGenerator(state: seed)
            let chosen = (0..<Int.random(in: 1...3, using: &generator))
                .compactMap { _ in Self.segments.randomElement(using: &generator) }
            let target = chosen.map { "/" + $0.sent }.joined()
            let fitting = paths.filter { path in
                let parts = path.split(separator: "/")
                return parts.count == chosen.count
                    && zip(parts, chosen).allSatisfy { part, segment in
                        guard let text = segment.text else { return false }
                        return part.hasPrefix("{") ? !text.isEmpty : text.utf8.elementsEqual(part.utf8)
                    }
            }
            // A brace comes after all letters, so the first in order is the one that is static first.
            let expected = fitting.min()
            switch router.match(HTTPRequest(method: .get, target: target)) {
            case .route(let route, let values):
                let parts = expected?.split(separator: "/") ?? []
                let wanted = zip(parts, chosen).compactMap { $0.hasPrefix("{") ? $1.text : nil }
                #expect(expected != nil && values == wanted, "seed \(seed): \(target)")
                #expect(route.parameterNames.count == wanted.count, "seed \(seed): \(target)")
            default: #expect(expected == nil, "seed \(seed): \(target)")
            }
        }
    }
}

extension ParseTrace.Request {
    /// The fields without those of framing, and without Host, which a target in absolute-form replaces.
    fileprivate var ownFields: [String] {
        fields.filter { field in
            let name = field.prefix { $0 != ":" }.lowercased()
            return !["content-length", "transfer-encoding", "host"].contains(name)
        }
    }

    /// As a client would write it, with its content whole.
    fileprivate var written: [UInt8] {
        var text = "\(method) \(target) HTTP/1.1\r\n"
        for field in ownFields { text += field + "\r\n" }
        return Array("\(text)Host: a\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
    }
}
