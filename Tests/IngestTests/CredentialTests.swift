// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Ingest
import Testing

@Suite("Credential")
struct CredentialTests {
    @Test("it is accepted until its last moment, and for good without one")
    func end() {
        let credential = Credential("secret", notAfter: Timestamp(milliseconds: 1000))
        #expect(credential.isAccepted(at: Timestamp(milliseconds: 1000)))
        #expect(!credential.isAccepted(at: Timestamp(milliseconds: 1001)))
        #expect(Credential("secret").isAccepted(at: Timestamp(milliseconds: .max)))
    }

    @Test("nothing that prints it shows it")
    func secrecy() {
        let credential: Credential = "hush-hush"
        var dumped = ""
        dump(credential, to: &dumped)
        for text in ["\(credential)", String(reflecting: credential), dumped, "\([credential])"] {
            #expect(!text.contains("hush") && !text.contains("104"), "\(text)")
        }
        #expect(credential.text == "hush-hush")
    }
}
