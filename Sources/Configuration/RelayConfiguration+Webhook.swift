// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension RelayConfiguration.Webhook {
    private static let keys = ["path", "allowedSources", "authentication", "allowUnauthenticated"]
    /// Paths the relay answers itself.
    private static let takenPaths = ["/", "/livez", "/readyz", "/healthz", "/metrics", "/v1/resync", "/v1/stream"]

    static func parse(_ root: MappingReader) -> Self {
        var webhook = Self()
        let location = root.entry("webhook")?.keyLocation ?? root.location
        let reader = root.mapping("webhook", keys: keys)
        guard reader != nil || root.node("webhook") == nil else { return webhook }
        if let reader {
            if let path = path(reader) { webhook.path = path }
            if let sources = reader.addressBlocks("allowedSources") {
                webhook.allowedSources = sources
                if sources.isEmpty, let node = reader.node("allowedSources") {
                    reader.diagnostics.error(
                        at: node.location,
                        "webhook.allowedSources is empty, so nobody could send; remove it for everyone"
                    )
                }
            }
            if let isOpen = reader.boolean("allowUnauthenticated") { webhook.allowUnauthenticated = isOpen }
        }
        let schemes = reader?.node("authentication")?.elements ?? []
        webhook.authentication = schemes.compactMap {
            RelayConfiguration.WebhookAuthentication.parse($0, diagnostics: root.diagnostics)
        }
        if schemes.isEmpty, !webhook.allowUnauthenticated {
            root.diagnostics.error(
                at: reader?.entry("authentication")?.keyLocation ?? location,
                "webhook.authentication is missing: anyone could set the status of your agents; "
                    + "write a scheme (apiKey, basic, bearer), or webhook.allowUnauthenticated: true"
            )
        }
        if !schemes.isEmpty, webhook.allowUnauthenticated, let entry = reader?.entry("allowUnauthenticated") {
            root.diagnostics.error(
                at: entry.keyLocation,
                "webhook.allowUnauthenticated: true contradicts webhook.authentication; remove one of the two"
            )
        }
        return webhook
    }

    private static func path(_ reader: MappingReader) -> String? {
        guard let node = reader.node("path"), let path = reader.text("path"), node.provenance != .placeholder else {
            return nil
        }
        let isPath = path.hasPrefix("/") && path.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        guard isPath, !path.contains(where: { "?#{}\\\"<>".contains($0) }), !path.contains("//") else {
            reader.diagnostics.error(at: node.location, "webhook.path: expected a path such as /v1/events")
            return nil
        }
        guard !takenPaths.contains(path), !path.hasPrefix("/v1/agents"), !path.hasPrefix("/v1/dead-letters"),
            !path.hasPrefix("/v1/resyncs")
        else {
            reader.diagnostics.error(
                at: node.location,
                "webhook.path: the relay answers this path itself; choose another"
            )
            return nil
        }
        return path
    }
}

extension RelayConfiguration.WebhookAuthentication {
    private static let schemes = ["apiKey", "basic", "bearer"]
    private static let path = "webhook.authentication"

    /// One element of the list: a mapping with the scheme as its only key.
    fileprivate static func parse(_ node: ConfigurationNode, diagnostics: Diagnostics) -> Self? {
        let reader = MappingReader(
            node,
            path: path,
            keys: schemes,
            unsupported: ["hmac", "standardWebhooks"],
            diagnostics: diagnostics
        )
        guard let reader else { return nil }
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
            let header = header(scheme)
            let values = scheme.secrets("values")
            return header.flatMap { header in values.map { .apiKey(header: header, values: $0) } }
        case "basic":
            guard let scheme = reader.mapping("basic", keys: ["username", "passwords"]) else { return nil }
            let username = username(scheme)
            let passwords = scheme.secrets("passwords")
            return username.flatMap { username in passwords.map { .basic(username: username, passwords: $0) } }
        case "bearer":
            return reader.mapping("bearer", keys: ["tokens"])?.secrets("tokens").map { .bearer(tokens: $0) }
        default:
            return nil
        }
    }

    private static func header(_ scheme: MappingReader) -> String? {
        guard scheme.require("header"), let node = scheme.node("header"), let header = scheme.text("header") else {
            return nil
        }
        guard node.provenance == .placeholder || header.utf8.allSatisfy(isTokenByte) else {
            scheme.diagnostics.error(
                at: node.location,
                "\(scheme.name("header")): not a valid header name; write one such as X-API-Key"
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

extension MappingReader {
    /// A list of secrets with at least one; none of them empty.
    func secrets(_ key: String) -> [Secret]? {
        guard require(key), let node = node(key) else { return nil }
        guard !node.elements.isEmpty else {
            diagnostics.error(at: node.location, "\(name(key)) is empty; write at least one value")
            return nil
        }
        return texts(key)?.map(Secret.init)
    }
}
