// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Testing

@Suite("suggestion(for:among:)")
struct SuggestionTests {
    @Test(
        "the nearest name, when one is near",
        arguments: [
            ("listn", "listen"), ("lisetn", "listen"), ("LISTEN", "listen"), ("on-queue", "On Queue"),
            ("trustedProxys", "trustedProxies"), ("tsl", "tls"), ("zebra", nil), ("", nil), ("x", nil), ("tl", "tls"),
        ]
    )
    func nearest(written: String, known: String?) {
        let names = ["listen", "tls", "trustedProxies", "On Queue"]
        #expect(suggestion(for: written, among: names) == known)
    }

    @Test("of two equally near names the first wins")
    func first() {
        #expect(suggestion(for: "bat", among: ["cat", "hat"]) == "cat")
    }
}
