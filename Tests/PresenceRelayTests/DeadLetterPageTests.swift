// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Console
import GenesysEvents
import Journal
import Testing

@testable import PresenceRelay

@Suite("A page of dead letters")
struct DeadLetterPageTests {
    private func page(_ sizes: [Int], limit: Int) -> DeadLetterPage {
        let letters = sizes.enumerated().map { place, size in
            DeadLetter(
                id: Int64(100 - place),
                at: Timestamp(milliseconds: 1),
                reason: "r",
                agentID: nil,
                event: [UInt8](repeating: 0x20, count: size)
            )
        }
        return DeadLetterPage(letters, limit: limit)
    }

    @Test("tells where the next one begins when there may be more: past its limit, or with its bytes")
    func next() {
        #expect(page([], limit: 2).next == nil)
        #expect(page([9, 9], limit: 2).next == nil)
        #expect(page([9, 9, 9], limit: 2).next == "99")
        #expect(page([9, 9, 9], limit: 2).deadLetters.count == 2)
        let half = DeadLetterPage.mostBytes / 2
        #expect(page([half, half], limit: 9).next == "99")
        #expect(page([half, half - 1], limit: 9).next == nil)
        #expect(page([half, half], limit: 2).next == "99")
    }
}
