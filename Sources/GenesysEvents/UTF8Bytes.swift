// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Glibc

/// UTF-8 where it lies in memory, without the checks of a collection: tens of such texts are looked at for every event.
struct UTF8Bytes {
    let start: UnsafePointer<UInt8>
    let count: Int

    @inline(__always)
    init(start: UnsafePointer<UInt8>, count: Int) {
        self.start = start
        self.count = count
    }

    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        start = bytes.baseAddress ?? Self.nothing
        count = bytes.count
    }

    // Never read, for what begins there has no bytes; immutable, and there for the life of the process.
    private nonisolated(unsafe) static let nothing = UnsafePointer(UnsafeMutablePointer<UInt8>.allocate(capacity: 1))

    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
    var string: String { String(decoding: buffer, as: UTF8.self) }

    /// The first eight bytes as a number, the first byte in its lowest bits; behind the end of the text are zeros.
    @inline(__always)
    var head: UInt64 {
        let bytes = UnsafeRawPointer(start)
        if count >= 8 { return UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) }
        if count >= 4 {
            let first = UInt64(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
            let last = UInt64(
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
            )
            // Where the two overlap they are the same.
            return first | last << UInt64(8 * (count - 4))
        }
        guard count > 0 else { return 0 }
        return UInt64(start[0]) | UInt64(start[count / 2]) << UInt64(8 * (count / 2))
            | UInt64(start[count - 1]) << UInt64(8 * (count - 1))
    }

    /// The last eight bytes, or all of fewer.
    @inline(__always)
    var tail: UInt64 {
        count > 8 ? UTF8Bytes(start: start + (count - 8), count: 8).head : head
    }

    @inline(__always)
    func isSame(as other: UTF8Bytes) -> Bool {
        count == other.count && memcmp(start, other.start, count) == 0
    }

    /// Below 0 = it comes before the other: by bytes, which is the order of the characters' numbers; a text before those
    /// that it begins.
    @inline(__always)
    func order(_ other: UTF8Bytes) -> Int {
        let order = memcmp(start, other.start, min(count, other.count))
        return order == 0 ? count - other.count : Int(order)
    }
}
