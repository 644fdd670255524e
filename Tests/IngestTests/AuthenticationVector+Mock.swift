// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import GenesysEvents
import HTTPServer
import Testing

@testable import Ingest

/// One request of Tests/Fixtures/Authentication with what comes of it.
struct AuthenticationVector: Decodable, Sendable, CustomTestStringConvertible {
    struct Value: Decodable {
        var text: String?
        var hex: String?
        var notAfter: String?

        var credential: Credential {
            get throws {
                let end = try notAfter.map { try required(Timestamp($0)) }
                return try Credential(bytes: text.map { Array($0.utf8) } ?? bytes(ofHex: required(hex)), notAfter: end)
            }
        }
    }

    struct Scheme: Decodable {
        struct APIKey: Decodable {
            var header: String
            var values: [Value]
        }
        struct Basic: Decodable {
            var username: String
            var passwords: [Value]
        }
        struct Bearer: Decodable {
            var tokens: [Value]
        }
        struct HMAC: Decodable {
            var header: String
            var prefix: String?
            var algorithm: String?
            var encoding: String?
            var secrets: [Value]
        }
        struct StandardWebhooks: Decodable {
            var secrets: [Value]?
            var publicKeys: [Value]?
            var tolerance: String?
        }
        var apiKey: APIKey?
        var basic: Basic?
        var bearer: Bearer?
        var hmac: HMAC?
        var standardWebhooks: StandardWebhooks?
    }

    var name: String
    var source: String
    var scheme: Scheme
    var headers: [[String]]
    var body: String?
    var bodyHex: String?
    var now: String?
    var expect: String

    var testDescription: String { "\(source): \(name)" }

    /// What the check says: `accepted`, or the kind of refusal.
    func outcome() throws -> String {
        let now = try required(Timestamp(now ?? "2026-01-01T00:00:00Z"))
        var fields = HTTPHeaders()
        for field in headers { fields.append(name: field[0], value: field[1]) }
        let content = try body.map { Array($0.utf8) } ?? bytes(ofHex: required(bodyHex))
        let request = HTTPRequest(method: .post, target: "/v1/events", headers: fields, body: content)
        let verdict = CredentialCheck([try authentication()]).finding(on: request, body: content, now: now).verdict
        return verdict.refusal?.rawValue ?? "accepted"
    }

    func authentication() throws -> Authentication {
        if let key = scheme.apiKey {
            return .apiKey(header: key.header, values: try key.values.map { try $0.credential })
        }
        if let basic = scheme.basic {
            return .basic(username: basic.username, passwords: try basic.passwords.map { try $0.credential })
        }
        if let bearer = scheme.bearer { return .bearer(tokens: try bearer.tokens.map { try $0.credential }) }
        if let hmac = scheme.hmac {
            return .hmac(
                HMACScheme(
                    header: hmac.header,
                    prefix: hmac.prefix ?? "",
                    algorithm: try required(HMACAlgorithm(rawValue: hmac.algorithm ?? "sha256")),
                    encoding: try required(TagEncoding(rawValue: hmac.encoding ?? "hex")),
                    secrets: try hmac.secrets.map { try $0.credential }
                )
            )
        }
        let webhooks = try required(scheme.standardWebhooks)
        let seconds = try webhooks.tolerance.map { try required(Int64($0.dropLast())) } ?? 300
        return .standardWebhooks(
            StandardWebhooksScheme(
                secrets: try (webhooks.secrets ?? []).map { try $0.credential },
                publicKeys: try (webhooks.publicKeys ?? []).map { try $0.credential },
                tolerance: .seconds(seconds)
            )
        )
    }

    private struct File: Decodable {
        var vectors: [AuthenticationVector]
    }

    /// All of a file; a missing or unreadable one is an empty list, which a test of its own finds.
    static func all(_ file: String) -> [AuthenticationVector] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/Authentication/\(file)")
        guard let data = try? Data(contentsOf: url) else { return [] }
        return (try? JSONDecoder().decode(File.self, from: data))?.vectors ?? []
    }
}

struct VectorError: Error {}

/// The value, or an error instead of a crash.
func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw VectorError() }
    return value
}

func bytes(ofHex text: String) throws -> [UInt8] {
    try required(TagEncoding.hex.decode(text.utf8, count: text.utf8.count / 2))
}
