// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CZlib

/// Content as a sender codes it, by zlib itself.
enum Compressed {
    static func gzip(_ content: [UInt8]) -> [UInt8] { deflated(content, windowBits: 15 + 16) }

    static func zlib(_ content: [UInt8]) -> [UInt8] { deflated(content, windowBits: 15) }

    /// Without header and trailer.
    static func bare(_ content: [UInt8]) -> [UInt8] { deflated(content, windowBits: -15) }

    private static func deflated(_ content: [UInt8], windowBits: Int32) -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard deflateInit2_(&stream, 9, Z_DEFLATED, windowBits, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
        else { return [] }
        defer { deflateEnd(&stream) }
        var content = content
        let most = Int(deflateBound(&stream, UInt(content.count))) + 32
        return [UInt8](unsafeUninitializedCapacity: most) { out, count in
            content.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = out.baseAddress
                stream.avail_out = UInt32(out.count)
                _ = deflate(&stream, Z_FINISH)
            }
            count = Int(stream.total_out)
        }
    }
}
