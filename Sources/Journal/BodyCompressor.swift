// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CZstd
import Foundation
import Synchronization

/// Bodies to Zstandard frames (RFC 8878) and back, with what zstd needs for it used again.
///
/// Level -5, with the content's size and checksum in the frame: it takes the least of processor and disk together. An event
/// of 4 KB alone holds too little to learn from: with a dictionary of field names it becomes a third shorter than
/// without, in the same time (docs/performance.md). Compression takes 10 to 25 µs and never suspends, so a lock is
/// enough; there is one for each processor, and nobody waits but when other threads than those of Swift concurrency
/// compress too.
final class BodyCompressor: Sendable {
    static let shared = BodyCompressor(dictionary: .one)

    private final class Slot: Sendable {
        let compression = Mutex(Compression())
        let decompression = Mutex(Decompression())
    }
    private let slots: [Slot]
    private let dictionary: BodyDictionary

    init(dictionary: BodyDictionary) {
        self.dictionary = dictionary
        slots = (0..<max(2, ProcessInfo.processInfo.activeProcessorCount)).map { _ in Slot() }
    }

    /// `nil` when it is not shorter than the body. Begins with ``StoredBody/compressed``.
    func compress(_ body: [UInt8]) -> [UInt8]? {
        for slot in slots {
            let outcome: [UInt8]?? = slot.compression.withLockIfAvailable { $0.compress(body, dictionary) }
            if let outcome { return outcome }
        }
        return slots[0].compression.withLock { $0.compress(body, dictionary) }
    }

    /// Never makes more than the frame promises, nor takes one that promises more than ``StoredBody/mostCompressed``.
    func decompress(_ frame: UnsafeRawBufferPointer) throws(StoredBody.Damage) -> [UInt8] {
        guard let body = decompressed(frame) else { throw .damagedFrame }
        return body
    }

    private func decompressed(_ frame: UnsafeRawBufferPointer) -> [UInt8]? {
        let frame = Frame(bytes: frame)
        for slot in slots {
            let outcome: [UInt8]?? = slot.decompression.withLockIfAvailable { $0.decompress(frame, dictionary) }
            if let outcome { return outcome }
        }
        return slots[0].decompression.withLock { $0.decompress(frame, dictionary) }
    }
}

/// Compressed bytes of a caller. Sendable since they are only read, and only while the caller waits.
private struct Frame: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
}

/// What bodies have in common, made ready for zstd.
struct BodyDictionary: Sendable {
    /// The events of `Tests/Fixtures/Genesys` without the values of an organization. Part of the format: it never changes,
    /// another one gets another first byte in ``StoredBody``.
    static let one = BodyDictionary(PackageResources.events_1_ndjson)

    // Only read once they are made, as zstd allows to any number of threads (zstd.h, "Bulk processing dictionary API");
    // never freed, as there is one for the life of the process.
    nonisolated(unsafe) fileprivate let compression: OpaquePointer?
    nonisolated(unsafe) fileprivate let decompression: OpaquePointer?

    init(_ content: [UInt8]) {
        compression = ZSTD_createCDict(content, content.count, -5)
        decompression = ZSTD_createDDict(content, content.count)
    }
}

/// A context for compression, made when it is first used.
private struct Compression: ~Copyable {
    /// What is kept between two bodies; a longer one gets memory of its own.
    private static let mostRoom = 64 * 1024

    private var context: OpaquePointer?
    private var room: [UInt8] = []

    init() {}

    deinit { ZSTD_freeCCtx(context) }

    mutating func compress(_ body: [UInt8], _ dictionary: BodyDictionary) -> [UInt8]? {
        if context == nil {
            context = ZSTD_createCCtx()
            ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
            ZSTD_CCtx_refCDict(context, dictionary.compression)
        }
        // Without a context or a dictionary, for lack of memory, bodies are stored as they are.
        guard context != nil, dictionary.compression != nil else { return nil }
        let needed = 1 + ZSTD_compressBound(body.count)
        guard needed <= Self.mostRoom else {
            var room = [UInt8](repeating: 0, count: body.count)
            return Self.compress(body, context, into: &room)
        }
        if room.count < needed { room = [UInt8](repeating: 0, count: max(needed, 2 * room.count)) }
        return Self.compress(body, context, into: &room)
    }

    private static func compress(_ body: [UInt8], _ context: OpaquePointer?, into room: inout [UInt8]) -> [UInt8]? {
        room.withUnsafeMutableBytes { room in
            let count = ZSTD_compress2(context, room.baseAddress.map { $0 + 1 }, room.count - 1, body, body.count)
            guard ZSTD_isError(count) == 0, 1 + count < body.count else { return nil }
            room[0] = StoredBody.compressed
            return Array(room[...count])
        }
    }
}

/// A context for decompression, made when it is first used.
private struct Decompression: ~Copyable {
    private var context: OpaquePointer?

    init() {}

    deinit { ZSTD_freeDCtx(context) }

    /// `nil` when the frame is damaged, or made with another dictionary.
    mutating func decompress(_ frame: Frame, _ dictionary: BodyDictionary) -> [UInt8]? {
        let frame = frame.bytes
        if context == nil { context = ZSTD_createDCtx() }
        let size = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
        // What stands for "unknown" and "no frame" is larger than any size.
        guard context != nil, dictionary.decompression != nil, size > 0, size <= StoredBody.mostCompressed else {
            return nil
        }
        var isWhole = false
        let body = [UInt8](unsafeUninitializedCapacity: Int(size)) { room, count in
            let written = ZSTD_decompress_usingDDict(
                context,
                room.baseAddress,
                room.count,
                frame.baseAddress,
                frame.count,
                dictionary.decompression
            )
            isWhole = ZSTD_isError(written) == 0 && written == room.count
            count = isWhole ? written : 0
        }
        return isWhole ? body : nil
    }
}
