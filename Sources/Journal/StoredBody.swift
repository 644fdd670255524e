// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// How a row holds the body of its entry. The first byte tells:
///
/// | First byte | The rest |
/// |---|---|
/// | `00` | the body as it came |
/// | `01` | the body as a Zstandard frame; see ``BodyCompressor`` |
/// | `02` to `08` | not written yet, and refused |
/// | any other | this byte and the rest are the body as it came |
///
/// No JSON text begins with a byte below `09` (RFC 8259 section 2), so rows that were written before bodies were
/// compressed are of the last kind, and need not be touched. A column for it would have SQLite read the whole table
/// while it is added: the table is STRICT.
enum StoredBody {
    private static let plain: UInt8 = 0x00
    static let compressed: UInt8 = 0x01
    private static let lastReserved: UInt8 = 0x08

    /// Longer ones are not compressed, and no frame may promise more.
    static let mostCompressed = 16 * 1024 * 1024

    /// Why a body cannot be had again; says nothing of its content.
    struct Damage: Error, Equatable, CustomStringConvertible {
        let description: String

        static let unknownForm = Damage(description: "the stored body has a form that this version does not know")
        static let damagedFrame = Damage(description: "the stored body is damaged")
    }

    /// What the row gets: compressed where that is shorter.
    static func encode(_ body: [UInt8], _ compressor: BodyCompressor = .shared) -> [UInt8] {
        guard let first = body.first else { return body }
        if body.count <= mostCompressed, let compressed = compressor.compress(body) { return compressed }
        return first > lastReserved ? body : [plain] + body
    }

    /// The body, byte for byte as it came.
    static func decode(
        _ stored: UnsafeRawBufferPointer,
        _ compressor: BodyCompressor = .shared
    ) throws(Damage) -> [UInt8] {
        guard let first = stored.first, first <= lastReserved else { return Array(stored) }
        let rest = UnsafeRawBufferPointer(rebasing: stored.dropFirst())
        switch first {
        case plain: return Array(rest)
        case compressed: return try compressor.decompress(rest)
        default: throw .unknownForm
        }
    }
}

/// An entry on its way into a row.
struct StoredEntry: Sendable {
    let entry: JournalEntry
    /// What the row gets.
    let body: [UInt8]
    /// Bytes that are held for it. The body as it came may be hundreds of times as large as the row's.
    var weight: Int { entry.weight + body.count }

    /// Compresses: not for the writer's turn.
    init(_ entry: JournalEntry) {
        self.entry = entry
        body = StoredBody.encode(entry.body)
    }
}

extension JournalEntry {
    /// Bytes of its texts and its body.
    var weight: Int { key.utf8.count + topic.utf8.count + (agentID?.utf8.count ?? 0) + body.count }
}
