// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import GenesysEvents
import HTTPServer
import Testing

@testable import Ingest

/// Signatures as they come, and damaged in every way a generator thinks of: none of the damaged ones is accepted, all of
/// the others are, and nothing crashes.
///
/// `MODEL_SEEDS` sets how many senders there are, `MODEL_SEED` picks one.
@Suite("Damaged signatures")
struct SignatureFuzzTests {
    private let seeds: ClosedRange<UInt64>
    private let now = Timestamp(milliseconds: 1_700_000_000_000)

    init() {
        let environment = ProcessInfo.processInfo.environment
        let all = environment["MODEL_SEEDS"].flatMap(UInt64.init) ?? 300
        seeds = environment["MODEL_SEED"].flatMap(UInt64.init).map { $0...$0 } ?? 1...max(1, all)
    }

    private func verdict(_ scheme: Authentication, _ fields: [(String, String)], _ body: [UInt8]) -> CredentialVerdict {
        var headers = HTTPHeaders()
        for (name, value) in fields { headers.append(name: name, value: value) }
        let request = HTTPRequest(method: .post, target: "/", headers: headers, body: body)
        return CredentialCheck([scheme]).finding(on: request, body: body, now: now).verdict
    }

    @Test("HMAC: the tag of the body as it stands, and no other text, is accepted")
    func hmac() {
        for seed in seeds {
            var damage = Damage(seed: seed)
            let algorithm = HMACAlgorithm.allCases.randomElement(using: &damage.generator) ?? .sha256
            let encoding = TagEncoding.allCases.randomElement(using: &damage.generator) ?? .hex
            let prefix = ["", "sha256=", "v0:", "t ", "=", "ü="].randomElement(using: &damage.generator) ?? ""
            let key = damage.bytes(1...200)
            let body = damage.bytes(0...300)
            let tag = algorithm.tag(of: body, key: key)
            let written = prefix + Self.text(of: tag, encoding)
            let scheme = Authentication.hmac(
                HMACScheme(
                    header: "X-Signature",
                    prefix: prefix,
                    algorithm: algorithm,
                    encoding: encoding,
                    secrets: [Credential(bytes: damage.bytes(1...64)), Credential(bytes: key)]
                )
            )
            #expect(verdict(scheme, [("X-Signature", written)], body) == .accepted, "seed \(seed)")
            for _ in 0..<40 {
                let damaged = damage.text(written)
                guard !Self.areSameTag(damaged, written, prefix, encoding) else { continue }
                let found = verdict(scheme, [("X-Signature", damaged)], body)
                #expect(found != .accepted, "seed \(seed): \(damaged)")
            }
            let other = damage.content(body)
            if other != body {
                #expect(verdict(scheme, [("X-Signature", written)], other) == .wrong, "seed \(seed)")
            }
        }
    }

    @Test("Standard Webhooks: one signature as it stands in the list, and nothing else, is accepted")
    func standardWebhooks() throws {
        for seed in seeds {
            var damage = Damage(seed: seed)
            let keys = (0..<3).map { _ in "whsec_" + Data(damage.bytes(24...64)).base64EncodedString() }
            let body = damage.bytes(0...300)
            let id = "msg_\(damage.generator.next())"
            let signing = try keys.map { try required(WebhookSigningKey($0)) }
            let signatures = signing.map { $0.signature(id: id, timestamp: now, body: body) }
            // The last key is not ours.
            let scheme = Authentication.standardWebhooks(
                StandardWebhooksScheme(secrets: keys.dropLast().map { Credential($0) })
            )
            let ours = Set(signatures.dropLast())
            func fields(_ list: String) -> [(String, String)] {
                [("webhook-id", id), ("webhook-timestamp", "\(now.unixSeconds)"), ("webhook-signature", list)]
            }
            let list = signatures.shuffled(using: &damage.generator).joined(separator: " ")
            #expect(verdict(scheme, fields(list), body) == .accepted, "seed \(seed)")
            for _ in 0..<40 {
                var damaged = list
                for _ in 0..<Int.random(in: 1...6, using: &damage.generator) { damaged = damage.text(damaged) }
                let elements = damaged.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
                let isRight = elements.count <= SignatureList.most && elements.contains(where: ours.contains)
                let found = verdict(scheme, fields(damaged), body)
                #expect((found == .accepted) == isRight, "seed \(seed): \(damaged)")
            }
            // What is signed beside the body.
            for name in ["webhook-id", "webhook-timestamp"] {
                let changed = fields(list).map { field in
                    field.0 == name ? (field.0, damage.text(field.1)) : field
                }
                guard changed.map(\.1) != fields(list).map(\.1) else { continue }
                #expect(verdict(scheme, changed, body) != .accepted, "seed \(seed): \(changed)")
            }
            let other = damage.content(body)
            if other != body { #expect(verdict(scheme, fields(list), other) == .wrong, "seed \(seed)") }
        }
    }

    @Test("noise is refused, and names of certificates made of it are read or not, without a crash")
    func noise() {
        let schemes: [Authentication] = [
            .hmac(HMACScheme(header: "X-Signature", prefix: "sha256=", secrets: ["secret"])),
            .standardWebhooks(
                StandardWebhooksScheme(
                    secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
                    publicKeys: ["whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]
                )
            ),
            .basic(username: "u", passwords: ["password"]), .bearer(tokens: ["token"]),
        ]
        for seed in seeds {
            var damage = Damage(seed: seed)
            let fields = [
                "X-Signature", "webhook-id", "webhook-timestamp", "webhook-signature", "Authorization",
            ].map { ($0, damage.noise()) }
            for scheme in schemes { #expect(verdict(scheme, fields, []) != .accepted, "seed \(seed)") }
            let text = damage.noise()
            if let name = DistinguishedName(text) { #expect(DistinguishedName(" \(text)") == name, "seed \(seed)") }
            _ = CertificateName(text)
            _ = SignatureList(text)
        }
    }

    private static func text(of bytes: [UInt8], _ encoding: TagEncoding) -> String {
        switch encoding {
        case .hex: Hexadecimal.text(bytes)
        case .base64: Data(bytes).base64EncodedString()
        }
    }

    /// Hexadecimal digits have two cases.
    private static func areSameTag(_ a: String, _ b: String, _ prefix: String, _ encoding: TagEncoding) -> Bool {
        guard encoding == .hex, a.utf8.starts(with: prefix.utf8), a.utf8.count == b.utf8.count else {
            return a.utf8.elementsEqual(b.utf8)
        }
        let (left, right) = (a.utf8.dropFirst(prefix.utf8.count), b.utf8.dropFirst(prefix.utf8.count))
        return zip(left, right).allSatisfy { a, b in a == b || ((0x41...0x46).contains(a) && a | 0x20 == b) }
    }
}

/// Changes to texts and bytes, the same for the same seed.
private struct Damage {
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        /// SplitMix64.
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    var generator: Generator

    init(seed: UInt64) { generator = Generator(state: seed) }

    private static let letters = Array("abcdefABCDEFxyzXYZ0189+/=-_,. \t\"v1\u{0}ü٣\u{FEFF}")

    private mutating func letter() -> Character { Self.letters.randomElement(using: &generator) ?? "a" }

    mutating func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: count, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    mutating func noise() -> String {
        String((0..<Int.random(in: 0...90, using: &generator)).map { _ in letter() })
    }

    /// One change; by chance none.
    mutating func text(_ text: String) -> String {
        var letters = Array(text)
        guard !letters.isEmpty else { return String(letter()) }
        let at = letters.indices.randomElement(using: &generator) ?? 0
        let to = (at...letters.count).randomElement(using: &generator) ?? at
        switch Int.random(in: 0..<9, using: &generator) {
        case 0: letters[at] = letter()
        case 1: letters.insert(letter(), at: at)
        case 2: letters.remove(at: at)
        case 3: letters.removeSubrange(at..<to)
        case 4: letters += letters[at..<to]
        case 5: letters.append(letter())
        case 6: letters.swapAt(at, letters.indices.randomElement(using: &generator) ?? at)
        case 7: letters[at] = Character(letters[at].isUppercase ? letters[at].lowercased() : letters[at].uppercased())
        default: letters = Array(letters[at...] + letters[..<at])
        }
        return String(letters)
    }

    /// One bit, a byte more or a byte less.
    mutating func content(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        guard let at = bytes.indices.randomElement(using: &generator) else { return [0] }
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: at)
        default: bytes.remove(at: at)
        }
        return bytes
    }
}
