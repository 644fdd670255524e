// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Journal
import Testing

@testable import Ingest

@Suite("Content codings")
struct ContentCodingTests {
    private let decoder = ContentDecoder(limit: 300_000)
    private let text = Array(String(repeating: Sample.presence() + "\n", count: 40).utf8)

    @Test("gzip and deflate with and without its header give the content back")
    func decodes() throws {
        #expect(try decoder.decode(Compressed.gzip(text), .gzip) == text)
        #expect(try decoder.decode(Compressed.zlib(text), .deflate) == text)
        #expect(try decoder.decode(Compressed.bare(text), .deflate) == text)
        #expect(try decoder.decode(text, .identity) == text)
        #expect(try decoder.decode(Compressed.gzip([]), .gzip) == [])
        #expect(try decoder.decode(Compressed.zlib([]), .deflate) == [])
    }

    @Test("gzip members in a row are one content")
    func members() throws {
        let halves = [text[..<1000], text[1000...]].map { Compressed.gzip(Array($0)) }
        #expect(try decoder.decode(halves[0] + halves[1], .gzip) == text)
        #expect(throws: ContentDecoder.Failure.malformed) {
            try decoder.decode(Compressed.zlib(text) + Compressed.zlib(text), .deflate)
        }
    }

    @Test("content that is cut anywhere, longer than its end, or another coding, is malformed")
    func malformed() {
        let whole = Compressed.gzip(text)
        for end in 0..<whole.count {
            #expect(throws: ContentDecoder.Failure.malformed) { try decoder.decode(Array(whole[..<end]), .gzip) }
        }
        let zlib = Compressed.zlib(text)
        for end in 0..<zlib.count {
            #expect(throws: ContentDecoder.Failure.malformed) { try decoder.decode(Array(zlib[..<end]), .deflate) }
        }
        for bytes in [whole + [0], whole + [0x1f], Array("{}".utf8), zlib] {
            #expect(throws: ContentDecoder.Failure.malformed) { try decoder.decode(bytes, .gzip) }
        }
    }

    @Test("a byte that was changed on the way is found by the checksum")
    func damaged() {
        let whole = Compressed.gzip(text)
        // The header's time, flags and system (4 to 9) are nobody's checksum.
        for index in 10..<whole.count {
            var bytes = whole
            bytes[index] ^= 0x10
            #expect(throws: ContentDecoder.Failure.self) { try decoder.decode(bytes, .gzip) }
        }
    }

    /// Bytes that compress to about half.
    private func noise(_ count: Int) -> [UInt8] {
        var state: UInt32 = 7
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 28)
        }
    }

    @Test("up to the limit and not a byte more")
    func limit() throws {
        let most = noise(300_000)
        #expect(try decoder.decode(Compressed.gzip(most), .gzip) == most)
        #expect(throws: ContentDecoder.Failure.tooLarge) { try decoder.decode(Compressed.gzip(most + [1]), .gzip) }
        #expect(throws: ContentDecoder.Failure.tooLarge) {
            try ContentDecoder(limit: 100).decode(Compressed.zlib(noise(101)), .deflate)
        }
    }

    @Test("a small content that stands for a huge one is not unpacked, whatever the limit")
    func bomb() throws {
        let zeros = [UInt8](repeating: 0x20, count: 20_000_000)
        let decoder = ContentDecoder(limit: 100_000_000)
        let packed = Compressed.gzip(zeros)
        #expect(packed.count < 20_000)
        #expect(throws: ContentDecoder.Failure.bomb) { try decoder.decode(packed, .gzip) }
        // A bomb in many members is one too.
        let members = (0..<40).flatMap { _ in Compressed.gzip(Array(zeros[..<500_000])) }
        #expect(throws: ContentDecoder.Failure.bomb) { try decoder.decode(members, .gzip) }
        let small = Array(zeros[..<ContentDecoder.ratioIsFree])
        #expect(try decoder.decode(Compressed.gzip(small), .gzip) == small)
    }

    @Test(
        "codings as they are written",
        arguments: [
            ([], "identity"), (["identity"], "identity"), ([""], "identity"), (["gzip"], "gzip"), (["X-GZIP"], "gzip"),
            ([" Deflate "], "deflate"), (["identity, gzip"], "gzip"), (["br"], nil), (["gzip, gzip"], nil),
            (["gzip", "deflate"], nil), (["zstd"], nil), (["gzip;q=1"], nil),
        ]
    )
    func names(values: [String], expected: String?) {
        var headers: HTTPHeaders = [:]
        for value in values { headers.append(name: "Content-Encoding", value: value) }
        #expect(ContentCoding(headers).map { "\($0)" } == expected)
    }
}

@Suite("Events in a content coding")
struct CodedEventTests {
    private let test: TestIngest

    init() throws { test = try TestIngest() }

    @Test("the journal has the event, not what was sent; the same event uncoded is a duplicate")
    func takes() async throws {
        let ingest = test.ingest()
        let body = Array(Sample.envelope("e1").utf8)
        let headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Encoding": "gzip"]
        let response = await ingest.handle(.events(Compressed.gzip(body), headers: headers))
        #expect(response.text == #"{"accepted":1,"duplicate":0,"ignored":0}"#)
        #expect(try await test.stored().map(\.body) == [body])
        let again = await ingest.handle(.events(Sample.envelope("e1")))
        #expect(again.text == #"{"accepted":0,"duplicate":1,"ignored":0}"#)
        await test.journal.close()
    }

    @Test("a damaged coding is 400, an unknown one 415, one that grows too large 413; nothing is stored")
    func refuses() async throws {
        let ingest = test.ingest(maxBodyBytes: 2000)
        func status(_ body: [UInt8], _ coding: String) async -> Int {
            await ingest.handle(.events(body, headers: ["Content-Encoding": coding])).status.code
        }
        let event = Array(Sample.presence().utf8)
        let padded = event + [UInt8](repeating: 0x20, count: 2000 - event.count)
        #expect(await status(Compressed.gzip(padded + [0x20]), "gzip") == 413)
        #expect(await status(event, "gzip") == 400)
        #expect(await status(Array(Compressed.gzip(event).dropLast()), "gzip") == 400)
        #expect(await status(event, "br") == 415)
        #expect(await status(event, "gzip, deflate") == 415)
        let refused = await ingest.handle(.events(event, headers: ["Content-Encoding": "br"]))
        #expect(refused.headers["Accept-Encoding"] == "gzip, deflate, identity")
        #expect(try await test.stored().isEmpty)
        #expect(await status(Compressed.gzip(padded), "gzip") == 202)
        #expect(await status(event, "identity") == 202)
        await test.journal.close()
    }
}
