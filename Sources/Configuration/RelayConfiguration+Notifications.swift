// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Credentials
import Foundation
import StatusRules

extension RelayConfiguration.NotificationEndpoint {
    /// By name; what is wrong is reported and left out.
    static func parse(_ root: MappingReader) -> [String: Self] {
        guard let node = root.node("notifications"), !node.isNull else { return [:] }
        guard case .mapping(let entries) = node.content else {
            root.diagnostics.error(
                at: node.location,
                "notifications: expected a mapping such as { wallboard: { url: …, secrets: [whsec_…] } }, found \(node.kind)"
            )
            return [:]
        }
        var endpoints: [String: Self] = [:]
        for entry in entries {
            let path = "notifications.\(entry.key)"
            // What stands here is not repeated: the address of a webhook often has a token in it.
            guard entry.value.isNull || entry.value.isMapping else {
                root.diagnostics.error(
                    at: entry.value.location,
                    "\(path): expected a mapping such as { url: https://…, secrets: whsec_… }"
                )
                continue
            }
            let keys = ["url", "secrets", "timeout", "allowInsecure"]
            guard
                let reader = MappingReader(entry.value, path: path, keys: keys, diagnostics: root.diagnostics)
            else { continue }
            reader.require("url")
            let secrets = signingSecrets(reader)
            let timeout = reader.duration("timeout", in: .milliseconds(100)...(.seconds(60)))
            guard let url = url(reader), let secrets else { continue }
            var endpoint = Self(url: url, secrets: secrets)
            if let timeout { endpoint.timeout = timeout }
            endpoints[entry.key] = endpoint
        }
        return endpoints
    }

    /// The text is not repeated in messages either.
    private static func url(_ reader: MappingReader) -> String? {
        let allowsInsecure = reader.boolean("allowInsecure") ?? false
        guard let node = reader.node("url"), let text = reader.text("url") else { return nil }
        guard node.provenance != .placeholder else { return "https://placeholder.invalid" }
        guard let components = URLComponents(string: text), let host = components.host, !host.isEmpty,
            let scheme = components.scheme?.lowercased(), ["http", "https"].contains(scheme),
            components.fragment == nil, components.user == nil, components.password == nil,
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            reader.diagnostics.error(
                at: node.location,
                "\(reader.name("url")): expected an address such as https://example.com/hook, without a user in it"
            )
            return nil
        }
        if scheme == "http", !allowsInsecure, !Loopback.contains(host) {
            reader.diagnostics.error(
                at: node.location,
                "\(reader.name("url")): plain http shows who does what to everyone on the way; use https, "
                    + "or write allowInsecure: true"
            )
        }
        return text
    }

    private static func signingSecrets(_ reader: MappingReader) -> [Secret]? {
        guard let secrets = reader.secrets("secrets"), let elements = reader.node("secrets")?.elements else {
            return nil
        }
        for (node, secret) in zip(elements, secrets) {
            guard node.provenance != .placeholder, WebhookSigningKey(secret.value) == nil else { continue }
            reader.diagnostics.error(
                at: node.location,
                "\(reader.name("secrets")): expected whsec_ and the base64 of 24 to 64 random bytes, such as from: "
                    + "echo whsec_$(openssl rand -base64 32)"
            )
        }
        return secrets
    }

    /// Whether endpoints and the rules that name them belong together.
    static func check(_ endpoints: MappingReader, _ sources: RuleSources) {
        var written: [ConfigurationNode.Entry] = []
        if case .mapping(let entries) = endpoints.node("notifications")?.content { written = entries }
        let known = written.map(\.key)
        let names = NotifiedEndpoints.names(in: sources.rules)
        var used: Set<String> = []
        for name in names {
            guard case .scalar(let text, _) = name.content, name.provenance != .placeholder else { continue }
            used.insert(text)
            guard !known.contains(text) else { continue }
            let shown = name.provenance == .written
            let clause =
                known.isEmpty
                ? "; none is configured under 'notifications'"
                : shown ? suggestionClause(for: text, among: known, called: "endpoints") : ""
            endpoints.diagnostics.error(
                at: name.location,
                "then.notify: unknown endpoint\(shown ? " '\(text)'" : "")\(clause)"
            )
        }
        // A name that is not known here may be any of them, and so may one in a file that cannot be read.
        guard sources.isComplete, !names.contains(where: { $0.provenance == .placeholder }) else { return }
        for entry in written where !used.contains(entry.key) {
            endpoints.diagnostics.warning(
                at: entry.keyLocation,
                "notifications.\(entry.key): no rule notifies this endpoint"
            )
        }
    }
}

extension ConfigurationNode {
    fileprivate var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }
}
