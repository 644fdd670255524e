// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import GenesysEvents
import Testing

@testable import Journal

@Suite("Bodies as rows hold them")
struct StoredBodyTests {
    private static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appendingPathComponent("Fixtures/Genesys/\(name).json")))
    }

    private static func decode(_ stored: [UInt8], _ compressor: BodyCompressor = .shared) throws -> [UInt8] {
        try stored.withUnsafeBytes { try StoredBody.decode($0, compressor) }
    }

    /// Bodies of one length: even ones, chance, text, and what begins as no JSON does.
    private static func bodies(_ count: Int) -> [[UInt8]] {
        let noise = [UInt8].noise(count, seed: UInt64(count))
        return [
            [UInt8](repeating: 0x20, count: count), noise, noise.map { 0x61 + $0 % 26 },
            noise.enumerated().map { UInt8($0.offset % 7 == 0 ? 0x22 : $0.element & 3 + 0x61) },
        ] + (0...9).map { first in count == 0 ? [] : [UInt8(first)] + noise.dropFirst() }
    }

    @Test("every body comes back byte for byte, whatever its length and whatever it begins with")
    func roundTrip() throws {
        let lengths = Array(0...300) + [511, 4095, 4096, 4097, 8192, 65_000, 65_536, 70_000, 131_072, 1_048_576]
        for count in lengths {
            for body in Self.bodies(count) {
                let stored = StoredBody.encode(body)
                #expect(stored.count <= body.count + 1)
                guard try Self.decode(stored) != body else { continue }
                Issue.record("\(count) bytes that begin with \(body.first ?? 0)")
            }
        }
    }

    @Test("what does not shrink is stored as it is, and what is longer than the limit too")
    func doesNotShrink() throws {
        for body in [Array("{}".utf8), Array(#"{"a":1}"#.utf8), [0x7B] + .noise(5000)] {
            #expect(StoredBody.encode(body) == body)
        }
        let long = [UInt8](repeating: 0x20, count: StoredBody.mostCompressed + 1)
        #expect(StoredBody.encode(long) == long)
        #expect(StoredBody.encode(Array(long.dropLast())).count < 10_000)
    }

    @Test(
        "an event of Genesys takes less than 60 %, and a short one less than 80 %",
        arguments: [("users.conversations", 60), ("users.presence", 80), ("users.workforcemanagement.adherence", 60)]
    )
    func shrinks(name: String, percent: Int) throws {
        let event = try Self.fixture(name)
        let stored = StoredBody.encode(event)
        #expect(stored.first == StoredBody.compressed)
        #expect(stored.count * 100 < event.count * percent, "\(event.count) to \(stored.count)")
        #expect(try Self.decode(stored) == event)
    }

    @Test("the dictionary is the one that frames are made with: it never changes")
    func dictionary() throws {
        // What version 0.2.0 has made of {"topicName":"v2.users..presence","eventBody":{"systemPresence":"AVAILABLE"}}.
        let body = Array(#"{"topicName":"v2.users..presence","eventBody":{"systemPresence":"AVAILABLE"}}"#.utf8)
        let frame = "0128b52ffd244dcd000060415641494c41424c45227d7d0350000db465764307ff41062e86213f"
        let stored = stride(from: 0, to: frame.utf8.count, by: 2).compactMap { index in
            UInt8(frame.dropFirst(index).prefix(2), radix: 16)
        }
        #expect(try Self.decode(stored) == body)
        let other = BodyCompressor(dictionary: BodyDictionary(Array("another dictionary ".utf8) + body))
        #expect(throws: StoredBody.Damage.damagedFrame) { try Self.decode(stored, other) }
        #expect(throws: StoredBody.Damage.damagedFrame) { try Self.decode(StoredBody.encode(body, other)) }
    }

    @Test("a changed bit, a cut frame, and bytes by chance are damage, never a crash nor another body")
    func damage() throws {
        let event = try Self.fixture("users.presence")
        let stored = StoredBody.encode(event)
        for bit in 8..<stored.count * 8 {
            var changed = stored
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            // Some bits say nothing: zstd passes over them.
            if let body = try? Self.decode(changed), body != event { Issue.record("bit \(bit)") }
        }
        for count in 1..<stored.count {
            #expect(throws: StoredBody.Damage.damagedFrame) { try Self.decode(Array(stored[..<count])) }
        }
        for seed in 0..<2000 as Range<UInt64> {
            let chance = [0x01, 0x28, 0xB5, 0x2F, 0xFD] + [UInt8].noise(Int(seed) % 60, seed: seed)
            #expect(throws: StoredBody.Damage.damagedFrame) { try Self.decode(chance) }
        }
        for first in 2...8 as ClosedRange<UInt8> {
            #expect(throws: StoredBody.Damage.unknownForm) { try Self.decode([first, 0x7B, 0x7D]) }
        }
    }

    @Test("a frame that promises more than a body may have is refused before memory is taken for it")
    func bomb() throws {
        // RFC 8878 section 3.1.1.1: a single segment with 8 bytes of content size, no checksum, an empty last block.
        for size in [UInt64(StoredBody.mostCompressed) + 1, 1 << 40, .max - 2, .max] {
            let bytes = withUnsafeBytes(of: size.littleEndian) { Array($0) }
            let frame: [UInt8] = [0x01, 0x28, 0xB5, 0x2F, 0xFD, 0xE0] + bytes + [0x01, 0x00, 0x00]
            #expect(throws: StoredBody.Damage.damagedFrame) { try Self.decode(frame) }
        }
    }

    @Test("many threads at once get what they gave")
    func threads() async throws {
        await withTaskGroup(of: Bool.self) { group in
            for seed in 0..<32 as Range<UInt64> {
                group.addTask {
                    (1..<60).allSatisfy { round in
                        // The beginning comes again and again, which is what the level in use finds.
                        let noise = [UInt8].noise(40, seed: seed)
                        let body = (0..<round * 50).map { noise[$0 % 40] % 0x40 + 0x20 }
                        let stored = StoredBody.encode(body)
                        return (try? Self.decode(stored)) == body && (round < 4 || stored.count < body.count)
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
