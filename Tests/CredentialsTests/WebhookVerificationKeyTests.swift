// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import Testing

@Suite("WebhookVerificationKey")
struct WebhookVerificationKeyTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var publicKey: String
        var message: String
        var signature: String
        var valid: Bool
        var testDescription: String { name }
    }

    private struct File: Decodable {
        var vectors: [Vector]
    }

    static let vectors: [Vector] = {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/Authentication/ed25519.json")
        guard let data = try? Data(contentsOf: url) else { return [] }
        return (try? JSONDecoder().decode(File.self, from: data))?.vectors ?? []
    }()

    private func bytes(_ hex: String) throws -> [UInt8] {
        try #require(TagEncoding.hex.decode(hex.utf8, count: hex.utf8.count / 2))
    }

    @Test("the fixtures are there")
    func fixtures() { #expect(Self.vectors.count >= 17) }

    @Test("signatures of RFC 8032, and what is none", arguments: vectors)
    func vector(vector: Vector) throws {
        let key = try #require(WebhookVerificationKey(bytes: try bytes(vector.publicKey)))
        #expect(key.isValid(try bytes(vector.signature), of: try bytes(vector.message)) == vector.valid)
    }

    @Test("a key is whpk_ and the base64 of 32 bytes, written in the one way there is")
    func keys() throws {
        let text = "whpk_" + Data(try bytes(Self.vectors[0].publicKey)).base64EncodedString()
        let key = try #require(WebhookVerificationKey(text))
        #expect(key.isValid(try bytes(Self.vectors[0].signature), of: []))
        #expect(WebhookVerificationKey(text.replacing("whpk_", with: "whsec_")) == nil)
        #expect(WebhookVerificationKey(text.replacing("whpk_", with: "")) == nil)
        #expect(WebhookVerificationKey(String(text.dropLast())) == nil)
        #expect(WebhookVerificationKey("whpk_" + Data(repeating: 7, count: 31).base64EncodedString()) == nil)
        #expect(WebhookVerificationKey("whpk_" + Data(repeating: 7, count: 33).base64EncodedString()) == nil)
        #expect(WebhookVerificationKey(bytes: []) == nil)
    }
}
