// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Credentials
import GenesysEvents

extension RelayConfiguration.WebhookAuthentication {
    private static let schemes = ["apiKey", "basic", "bearer", "hmac", "standardWebhooks", "mutualTLS"]
    private static let path = "webhook.authentication"

    /// One element of the list: a mapping with the scheme as its only key.
    ///
    /// - Parameter hasClientCA: the server asks clients for certificates.
    static func parse(
        _ node: ConfigurationNode,
        hasClientCA: Bool,
        now: Timestamp,
        diagnostics: Diagnostics
    ) -> Self? {
        guard let reader = MappingReader(node, path: path, keys: schemes, diagnostics: diagnostics) else { return nil }
        guard reader.entries.count == 1 else {
            diagnostics.error(
                at: node.location,
                "webhook.authentication: write one scheme in each element of the list, each after a hyphen of its own"
            )
            return nil
        }
        switch reader.entries[0].key {
        case "apiKey":
            guard let scheme = reader.mapping("apiKey", keys: ["header", "values"]) else { return nil }
            let header = header(scheme, example: "X-API-Key")
            let values = ExpiringSecretReader(scheme: scheme, now: now).read("values")
            return header.flatMap { header in values.map { .apiKey(header: header, values: $0) } }
        case "basic":
            guard let scheme = reader.mapping("basic", keys: ["username", "passwords"]) else { return nil }
            let username = username(scheme)
            let passwords = ExpiringSecretReader(scheme: scheme, now: now).read("passwords")
            return username.flatMap { username in passwords.map { .basic(username: username, passwords: $0) } }
        case "bearer":
            guard let scheme = reader.mapping("bearer", keys: ["tokens"]) else { return nil }
            return ExpiringSecretReader(scheme: scheme, now: now).read("tokens").map { .bearer(tokens: $0) }
        case "hmac": return hmac(reader, now: now)
        case "standardWebhooks": return standardWebhooks(reader, now: now)
        case "mutualTLS": return mutualTLS(reader, hasClientCA: hasClientCA)
        default: return nil
        }
    }

    /// Whether a value of the scheme is accepted at a moment.
    func isAlive(at now: Timestamp) -> Bool {
        let values: [ExpiringSecret]
        switch self {
        case .apiKey(_, let keys): values = keys
        case .basic(_, let passwords): values = passwords
        case .bearer(let tokens): values = tokens
        case .hmac(_, _, _, _, let secrets): values = secrets
        case .standardWebhooks(let secrets, let publicKeys, _): values = secrets + publicKeys
        case .mutualTLS: return true
        }
        return values.contains { $0.notAfter.map { now <= $0 } ?? true }
    }

    private static func hmac(_ reader: MappingReader, now: Timestamp) -> Self? {
        let keys = ["header", "prefix", "algorithm", "encoding", "secrets"]
        guard let scheme = reader.mapping("hmac", keys: keys) else { return nil }
        let header = header(scheme, example: "X-Hub-Signature-256")
        let prefix = scheme.node("prefix") == nil ? "" : prefix(scheme)
        let algorithm = choice(scheme, "algorithm", default: HMACAlgorithm.sha256)
        let encoding = choice(scheme, "encoding", default: TagEncoding.hex)
        let secrets = ExpiringSecretReader(scheme: scheme, now: now).read("secrets")
        guard let header, let prefix, let algorithm, let encoding, let secrets else { return nil }
        return .hmac(header: header, prefix: prefix, algorithm: algorithm, encoding: encoding, secrets: secrets)
    }

    private static func standardWebhooks(_ reader: MappingReader, now: Timestamp) -> Self? {
        let keys = ["secrets", "publicKeys", "tolerance"]
        guard let scheme = reader.mapping("standardWebhooks", keys: keys) else { return nil }
        let tolerance =
            scheme.node("tolerance") == nil
            ? Duration.seconds(300) : scheme.duration("tolerance", in: .seconds(1)...DurationLimit.hour)
        if scheme.node("publicKeys") == nil {
            scheme.require("secrets", "write whsec_… there, or whpk_… under publicKeys")
        }
        let values = ExpiringSecretReader(scheme: scheme, now: now)
        let secrets =
            scheme.node("secrets") == nil
            ? []
            : values.read(
                "secrets",
                as: .key(
                    isValid: { WebhookSigningKey($0) != nil },
                    expected: "whsec_ and the base64 of 24 to 64 random bytes, as the sender shows it "
                        + "(whpk_ goes under publicKeys)"
                )
            )
        let publicKeys =
            scheme.node("publicKeys") == nil
            ? []
            : values.read(
                "publicKeys",
                as: .key(
                    isValid: { WebhookVerificationKey($0) != nil },
                    expected: "whpk_ and the base64 of the 32 bytes of an Ed25519 key, as the sender shows it"
                )
            )
        guard let tolerance, let secrets, let publicKeys, !(secrets.isEmpty && publicKeys.isEmpty) else { return nil }
        return .standardWebhooks(secrets: secrets, publicKeys: publicKeys, tolerance: tolerance)
    }

    private static func mutualTLS(_ reader: MappingReader, hasClientCA: Bool) -> Self? {
        guard let scheme = reader.mapping("mutualTLS", keys: ["subjects", "issuers"]) else { return nil }
        if !hasClientCA {
            scheme.diagnostics.error(
                at: reader.entries[0].keyLocation,
                "webhook.authentication.mutualTLS needs server.tls.clientCA: without it no client is asked for a certificate"
            )
        }
        let subjects = names(scheme, "subjects", "CN=sender,O=Acme or DNS:sender.example.com") {
            CertificateName($0) != nil
        }
        let issuers = names(scheme, "issuers", "CN=Acme CA,O=Acme") { DistinguishedName($0) != nil }
        guard let subjects, let issuers else { return nil }
        guard !subjects.isEmpty || !issuers.isEmpty else {
            scheme.diagnostics.error(
                at: scheme.location,
                "webhook.authentication.mutualTLS: write subjects, issuers or both; without them every certificate of "
                    + "server.tls.clientCA would do"
            )
            return nil
        }
        return .mutualTLS(subjects: subjects, issuers: issuers)
    }

    /// A list that may be missing; `nil` when something in it is wrong.
    private static func names(
        _ scheme: MappingReader,
        _ key: String,
        _ example: String,
        isValid: (String) -> Bool
    ) -> [String]? {
        guard let node = scheme.node(key) else { return [] }
        guard let texts = scheme.texts(key) else { return nil }
        guard !texts.isEmpty else {
            scheme.diagnostics.error(at: node.location, "\(scheme.name(key)) is empty; write at least one name")
            return nil
        }
        var areValid = true
        for (node, text) in zip(node.elements, texts) where node.provenance != .placeholder && !isValid(text) {
            areValid = false
            scheme.diagnostics.error(
                at: node.location,
                "\(scheme.name(key)): expected a name such as \(example), found \(node.kind); "
                    + "openssl x509 -noout -subject -issuer -nameopt RFC2253 -in FILE shows those of a certificate"
            )
        }
        return areValid ? texts : nil
    }

    /// The default where the key is missing; `nil` when its value is wrong.
    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ scheme: MappingReader,
        _ key: String,
        default standard: Choice
    ) -> Choice? {
        guard let node = scheme.node(key) else { return standard }
        return node.provenance == .placeholder ? standard : scheme.choice(key)
    }

    /// Visible characters and blanks inside: what a header field can have.
    private static func prefix(_ scheme: MappingReader) -> String? {
        guard let node = scheme.node("prefix"), let text = scheme.text("prefix", allowsEmpty: true) else { return nil }
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), text.first != " " else {
            scheme.diagnostics.error(
                at: node.location,
                "\(scheme.name("prefix")): expected what stands before the signature, such as \"sha256=\""
            )
            return nil
        }
        return text
    }

    private static func header(_ scheme: MappingReader, example: String) -> String? {
        guard scheme.require("header"), let node = scheme.node("header"), let header = scheme.text("header") else {
            return nil
        }
        guard node.provenance == .placeholder || header.utf8.allSatisfy(isTokenByte) else {
            scheme.diagnostics.error(
                at: node.location,
                "\(scheme.name("header")): not a valid header name; write one such as \(example)"
            )
            return nil
        }
        return header
    }

    private static func username(_ scheme: MappingReader) -> String? {
        guard scheme.require("username"), let node = scheme.node("username"), let name = scheme.text("username") else {
            return nil
        }
        guard !name.contains(":") else {
            scheme.diagnostics.error(at: node.location, "\(scheme.name("username")): may not have a colon (RFC 7617)")
            return nil
        }
        return name
    }

    /// RFC 9110, section 5.6.2: `tchar`.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
