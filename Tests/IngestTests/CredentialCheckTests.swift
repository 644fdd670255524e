// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import GenesysEvents
import HTTPServer
import Testing

@testable import Ingest

@Suite("Credentials of a sender")
struct CredentialCheckTests {
    private let check = CredentialCheck([
        .apiKey(header: "X-API-Key", values: ["old key", "new key"]),
        .basic(username: "genesys", passwords: ["pass:word", "zweites ü"]),
        .bearer(tokens: ["token-1", "token-2"]),
    ])

    private func basic(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    @Test("each way in suffices, with each of its values")
    func accepts() {
        #expect(check.accepts(["x-api-key": "old key"]))
        #expect(check.accepts(["X-API-Key": "new key"]))
        #expect(check.accepts(["Authorization": "Basic " + basic("genesys:pass:word")]))
        #expect(check.accepts(["Authorization": "bAsIc  " + basic("genesys:zweites ü")]))
        #expect(check.accepts(["Authorization": "Bearer token-1"]))
        #expect(check.accepts(["authorization": "bearer token-2"]))
        #expect(check.accepts(["X-API-Key": "wrong", "Authorization": "Bearer token-2"]))
    }

    @Test(
        "anything else is refused: shorter, longer, other case, another way's value",
        arguments: [
            ("X-API-Key", ""), ("X-API-Key", "old ke"), ("X-API-Key", "old key "), ("X-API-Key", "Old key"),
            ("X-API-Key", "old key, new key"), ("X-API-Key", "token-1"), ("X-API-Key", "Bearer token-1"),
            ("X-Other", "old key"), ("Authorization", ""), ("Authorization", "token-1"), ("Authorization", "Bearer"),
            ("Authorization", "Bearer "), ("Authorization", "Bearer token-"), ("Authorization", "Bearer token-11"),
            ("Authorization", "Bearertoken-1"), ("Authorization", "Token token-1"), ("Authorization", "Basic token-1"),
            ("Authorization", "Basic genesys:pass:word"),
        ]
    )
    func refuses(name: String, value: String) {
        var headers = HTTPHeaders()
        headers.append(name: name, value: value)
        #expect(!check.accepts(headers))
    }

    @Test(
        "user and password of Basic belong together",
        arguments: [
            "genesys:pass", "genesys:", "other:pass:word", ":pass:word", "genesyspass:word", "genesys:pass:word\n",
        ]
    )
    func refusesBasic(credentials: String) {
        #expect(!check.accepts(["Authorization": "Basic " + basic(credentials)]))
    }

    @Test("a field that comes twice proves nothing")
    func refusesTwice() {
        var headers: HTTPHeaders = ["X-API-Key": "old key"]
        headers.append(name: "X-API-Key", value: "wrong")
        #expect(!check.accepts(headers))
        headers = ["Authorization": "Bearer wrong"]
        headers.append(name: "Authorization", value: "Bearer token-1")
        #expect(!check.accepts(headers))
    }

    @Test("no way configured: open; a way without values: closed")
    func handlesEmpty() {
        #expect(CredentialCheck([]).accepts([:]))
        #expect(!CredentialCheck([.bearer(tokens: [])]).accepts(["Authorization": "Bearer x"]))
        #expect(!CredentialCheck([.apiKey(header: "K", values: [])]).accepts([:]))
        #expect(!CredentialCheck([.apiKey(header: "K", values: [""])]).accepts(["K": ""]))
    }

    @Test("a way named twice is one challenge")
    func challengesOnce() {
        let check = CredentialCheck([.bearer(tokens: ["a"]), .bearer(tokens: ["b"])])
        #expect(check.challenges == [#"Bearer realm="presence-relay""#])
        #expect(check.accepts(["Authorization": "Bearer b"]))
    }

    @Test("digests are SHA-256 (FIPS 180-4 examples)")
    func digests() {
        #expect(
            Hexadecimal.text(SHA256.digest(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            Hexadecimal.text(SHA256.digest([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
        #expect(SecretDigest("a".utf8).matches(SecretDigest("a".utf8)))
        #expect(!SecretDigest("a".utf8).matches(SecretDigest("b".utf8)))
    }
}

extension CredentialCheck {
    /// Whether a request with these fields and an empty body is accepted, in 2026.
    fileprivate func accepts(_ headers: HTTPHeaders) -> Bool {
        let request = HTTPRequest(method: .post, target: "/v1/events", headers: headers)
        return finding(on: request, body: [], now: Timestamp(milliseconds: 1_773_151_560_000)).verdict == .accepted
    }
}
