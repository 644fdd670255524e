// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import GenesysEvents

extension RelayConfiguration.Webhook {
    private static let keys = [
        "path", "retiredPaths", "allowedSources", "allowedOrigins", "authentication", "allowUnauthenticated",
    ]
    /// Paths the relay answers itself.
    private static let takenPaths = ["/", "/livez", "/readyz", "/healthz", "/metrics", "/v1/resync", "/v1/stream"]

    /// - Parameter now: for values that have run out.
    static func parse(_ root: MappingReader, now: Timestamp) -> Self {
        var webhook = Self()
        let location = root.entry("webhook")?.keyLocation ?? root.location
        let reader = root.mapping("webhook", keys: keys)
        guard reader != nil || root.node("webhook") == nil else { return webhook }
        if let reader {
            if let node = reader.node("path"), let path = path(node, "webhook.path", reader) { webhook.path = path }
            webhook.retiredPaths = retiredPaths(reader, current: webhook.path)
            if let sources = reader.addressBlocks("allowedSources") {
                webhook.allowedSources = sources
                if sources.isEmpty, let node = reader.node("allowedSources") {
                    reader.diagnostics.error(
                        at: node.location,
                        "webhook.allowedSources is empty, so nobody could send; remove it for everyone"
                    )
                }
            }
            if let origins = allowedOrigins(reader) { webhook.allowedOrigins = origins }
            if let isOpen = reader.boolean("allowUnauthenticated") { webhook.allowUnauthenticated = isOpen }
        }
        let schemes = reader?.node("authentication")?.elements ?? []
        let hasClientCA = root.node("server")?["tls"]?["clientCA"].map { !$0.isNull } ?? false
        webhook.authentication = schemes.compactMap {
            RelayConfiguration.WebhookAuthentication.parse(
                $0,
                hasClientCA: hasClientCA,
                now: now,
                diagnostics: root.diagnostics
            )
        }
        let place = reader?.entry("authentication")?.keyLocation ?? location
        if schemes.isEmpty, !webhook.allowUnauthenticated {
            root.diagnostics.error(
                at: place,
                "webhook.authentication is missing: anyone could set the status of your agents; write a scheme "
                    + "(apiKey, basic, bearer, hmac, standardWebhooks, mutualTLS), or webhook.allowUnauthenticated: true"
            )
        }
        if !schemes.isEmpty, webhook.authentication.count == schemes.count,
            !webhook.authentication.contains(where: { $0.isAlive(at: now) })
        {
            // One scheme that has run out beside others that have not is no reason to stop; here a start would be in vain.
            root.diagnostics.error(
                at: place,
                "webhook.authentication: all values have run out (notAfter), so nobody could send; write a new one"
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

    private static func retiredPaths(_ reader: MappingReader, current: String) -> [String] {
        guard let node = reader.node("retiredPaths") else { return [] }
        var paths: [String] = []
        for element in node.elements {
            guard let path = path(element, "webhook.retiredPaths", reader) else { continue }
            if path == current {
                reader.diagnostics.error(
                    at: element.location,
                    "webhook.retiredPaths: this is where the webhook is (webhook.path); a path is one or the other"
                )
            } else if !paths.contains(path) {
                paths.append(path)
            }
        }
        return paths
    }

    private static func path(_ node: ConfigurationNode, _ name: String, _ reader: MappingReader) -> String? {
        guard let path = node.text(name, diagnostics: reader.diagnostics), node.provenance != .placeholder else {
            return nil
        }
        let isPath = path.hasPrefix("/") && path.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        guard isPath, !path.contains(where: { "?#{}\\\"<>".contains($0) }), !path.contains("//") else {
            reader.diagnostics.error(at: node.location, "\(name): expected a path such as /v1/events")
            return nil
        }
        guard !takenPaths.contains(path), !path.hasPrefix("/v1/agents"), !path.hasPrefix("/v1/dead-letters"),
            !path.hasPrefix("/v1/resyncs")
        else {
            reader.diagnostics.error(
                at: node.location,
                "\(name): the relay answers this path itself; choose another"
            )
            return nil
        }
        return path
    }

    private static func allowedOrigins(_ reader: MappingReader) -> [String]? {
        guard let elements = reader.node("allowedOrigins")?.elements, let origins = reader.texts("allowedOrigins")
        else {
            return nil
        }
        for (node, origin) in zip(elements, origins) where node.provenance != .placeholder && !isOrigin(origin) {
            reader.diagnostics.error(
                at: node.location,
                "webhook.allowedOrigins: expected the name of a sending system such as eventgrid.azure.net, or \"*\", "
                    + "found \(node.kind)"
            )
        }
        return origins
    }

    /// A DNS name, or `*`.
    private static func isOrigin(_ text: String) -> Bool {
        text == "*"
            || text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
