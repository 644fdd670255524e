// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CZlib
import HTTPServer

/// How the content of a request is coded (RFC 9110 section 8.4.1).
enum ContentCoding: Sendable {
    case identity
    /// RFC 1952; several members in a row are one content (section 2.2).
    case gzip
    /// RFC 1950. Some senders leave out its header and trailer and send bare RFC 1951, which is read too.
    case deflate

    /// What senders may use, for `Accept-Encoding`.
    static let accepted = "gzip, deflate, identity"

    /// `nil` when the content has a coding that we do not read, or more than one.
    init?(_ headers: HTTPHeaders) {
        let names = headers.all("Content-Encoding")
            .flatMap { $0.split(separator: ",") }
            .map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
            .filter { !$0.isEmpty && $0 != "identity" }
        switch (names.first, names.count) {
        case (nil, _): self = .identity
        case ("gzip", 1), ("x-gzip", 1): self = .gzip
        case ("deflate", 1): self = .deflate
        default: return nil
        }
    }
}

/// Takes the coding off a content, and no more than a limit: a few bytes may stand for a thousand times as many.
struct ContentDecoder: Sendable {
    /// A content that is longer than this times what came counts as a bomb, once it is longer than ``ratioIsFree``. Events of
    /// Genesys come to about 6, a batch of much the same ones to about 60.
    static let largestRatio = 200
    static let ratioIsFree = 64 * 1024

    /// Bytes without the coding.
    let limit: Int

    enum Failure: Error, Equatable {
        /// Longer than the limit.
        case tooLarge
        /// Far longer than what came.
        case bomb
        /// Not in that coding, damaged, or cut off.
        case malformed
    }

    /// The content, without a copy when it has no coding.
    func decode(_ body: [UInt8], _ coding: ContentCoding) throws(Failure) -> [UInt8] {
        switch coding {
        case .identity: return body
        // 16 asks zlib for a gzip header, 15 is the largest window, a minus sign says that there is no header.
        case .gzip: return try inflate(body, windowBits: 15 + 16, mayFollow: true)
        case .deflate: return try inflate(body, windowBits: Self.hasZlibHeader(body) ? 15 : -15, mayFollow: false)
        }
    }

    /// RFC 1950 section 2.2: method 8, and the first two bytes are a multiple of 31.
    private static func hasZlibHeader(_ body: [UInt8]) -> Bool {
        guard body.count >= 2 else { return false }
        return body[0] & 0x0f == 8 && (Int(body[0]) << 8 | Int(body[1])) % 31 == 0
    }

    /// - Parameter mayFollow: another member may begin where one ends.
    private func inflate(_ body: [UInt8], windowBits: Int32, mayFollow: Bool) throws(Failure) -> [UInt8] {
        var stream = z_stream()
        guard czlib_inflate_init(&stream, windowBits) == Z_OK else { throw .malformed }
        defer { inflateEnd(&stream) }
        // One byte more than allowed, so that "just at the limit" and "over it" differ.
        let most = min(limit, max(Self.ratioIsFree, Self.largestRatio * body.count)) + 1
        var content = [UInt8](repeating: 0, count: min(most, max(4096, body.count * 8)))
        var count = 0
        // zlib reads only, but its field is not const.
        let end: Int32 = body.withUnsafeBufferPointer { input in
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            while true {
                let code = content.withUnsafeMutableBufferPointer { output in
                    stream.next_out = output.baseAddress.map { $0 + count }
                    stream.avail_out = UInt32(output.count - count)
                    let code = CZlib.inflate(&stream, Z_NO_FLUSH)
                    count = output.count - Int(stream.avail_out)
                    return code
                }
                if code == Z_STREAM_END, stream.avail_in > 0, mayFollow, inflateReset(&stream) == Z_OK { continue }
                // Nothing more comes in: what is not at its end now never will be.
                guard code == Z_OK, count == content.count, count < most else { return code }
                content.append(contentsOf: repeatElement(0, count: min(most - count, content.count)))
            }
        }
        guard count < most else { throw most > limit ? .tooLarge : .bomb }
        guard end == Z_STREAM_END, stream.avail_in == 0 else { throw .malformed }
        content.removeLast(content.count - count)
        return content
    }
}
