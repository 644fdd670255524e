// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Synchronization

/// Decoders that are used again: each holds buffers the size of the largest body it has seen.
///
/// Decoding takes microseconds and never suspends, so a lock per decoder is enough; with all taken, a request uses one
/// of its own instead of waiting.
final class DecoderSlots: Sendable {
    private final class Slot: Sendable {
        let decoder = Mutex(NotificationDecoder())
    }
    private let slots = (0..<4).map { _ in Slot() }

    func headings(of body: [UInt8]) throws(EventDecodingError) -> [ReceivedHeading] {
        typealias Outcome = Result<[ReceivedHeading], EventDecodingError>
        for slot in slots {
            let outcome = slot.decoder.withLockIfAvailable { decoder -> Outcome in
                Outcome { () throws(EventDecodingError) in try decoder.headings(of: body) }
            }
            if let outcome { return try outcome.get() }
        }
        var decoder = NotificationDecoder()
        return try decoder.headings(of: body)
    }
}
