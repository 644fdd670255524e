// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension RelayConfiguration.Server {
    private static let keys = [
        "listen", "ipv6Only", "unixSocketMode", "tls", "maxBodyBytes", "minBodyRate", "maxConnections",
        "maxConnectionsPerAddress", "timeouts", "drainDelay", "trustedProxies",
    ]

    static func parse(_ root: MappingReader, file: String) -> Self {
        var server = Self()
        guard let reader = root.mapping("server", keys: keys) else { return server }
        if let addresses = RelayConfiguration.ListenAddress.parse(reader, file: file) { server.listen = addresses }
        if let only = reader.boolean("ipv6Only") { server.ipv6Only = only }
        if let mode = fileMode("unixSocketMode", of: reader) { server.unixSocketMode = mode }
        server.tls = RelayConfiguration.TLS.parse(reader, file: file)
        if let bytes = reader.integer("maxBodyBytes", in: 1...1_073_741_824) { server.maxBodyBytes = bytes }
        if let connections = reader.integer("maxConnections", in: 1...1_000_000) { server.maxConnections = connections }
        if let connections = reader.integer("maxConnectionsPerAddress", in: 1...1_000_000) {
            server.maxConnectionsPerAddress = connections
        }
        if let rate = reader.integer("minBodyRate", in: 0...1_073_741_824) { server.minBodyRate = rate }
        if let timeouts = reader.mapping("timeouts", keys: ["header", "body", "idle", "handler"]) {
            let range = Duration.milliseconds(1)...DurationLimit.hour
            if let header = timeouts.duration("header", in: range) { server.headerTimeout = header }
            if let body = timeouts.duration("body", in: range) { server.bodyTimeout = body }
            if let idle = timeouts.duration("idle", in: range) { server.idleTimeout = idle }
            if let handler = timeouts.duration("handler", in: range) { server.handlerTimeout = handler }
        }
        if let delay = reader.duration("drainDelay", in: .zero...DurationLimit.hour) { server.drainDelay = delay }
        if let proxies = reader.addressBlocks("trustedProxies") {
            server.trustedProxies = proxies
            warnOfTrustInAll(reader, proxies)
        }
        return server
    }

    /// Three or four octal digits, as for chmod(1).
    private static func fileMode(_ key: String, of reader: MappingReader) -> UInt32? {
        guard let text = reader.text(key), let node = reader.node(key), node.provenance != .placeholder else {
            return nil
        }
        let digits = text.utf8.count == 4 ? text.dropFirst(text.hasPrefix("0") ? 1 : 0) : text[...]
        if digits.utf8.count == 3, digits.utf8.allSatisfy({ (0x30...0x37).contains($0) }) {
            return UInt32(digits, radix: 8)
        }
        let found = node.provenance == .written ? ", found '\(text)'" : ""
        reader.diagnostics.error(
            at: node.location,
            "\(reader.name(key)): expected three octal digits such as 660\(found)"
        )
        return nil
    }

    private static func warnOfTrustInAll(_ reader: MappingReader, _ proxies: [String]) {
        let elements = reader.node("trustedProxies")?.elements ?? []
        for (node, block) in zip(elements, proxies) where block.hasSuffix("/0") {
            reader.diagnostics.warning(
                at: node.location,
                "server.trustedProxies: with this block every sender is believed about where it comes from, so "
                    + "webhook.allowedSources keeps nobody out; write the addresses of your proxies"
            )
        }
    }
}

extension RelayConfiguration.TLS {
    fileprivate static func parse(_ server: MappingReader, file: String) -> Self? {
        guard
            let reader = server.mapping("tls", keys: ["certificate", "privateKey", "clientCA", "clientCertificates"]),
            !reader.entries.isEmpty
        else { return nil }
        reader.require("certificate")
        reader.require("privateKey")
        let clientCA = reader.text("clientCA")
        let clientCertificates = reader.choice("clientCertificates", of: ClientCertificates.self)
        if let entry = reader.entry("clientCertificates"), reader.node("clientCA") == nil {
            reader.diagnostics.error(
                at: entry.keyLocation,
                "server.tls.clientCertificates: no client is asked for a certificate without server.tls.clientCA"
            )
        }
        guard let certificate = reader.text("certificate"), let privateKey = reader.text("privateKey") else {
            return nil
        }
        return Self(
            certificate: path(certificate, besides: file),
            privateKey: path(privateKey, besides: file),
            clientCA: clientCA.map { path($0, besides: file) },
            clientCertificatesAreOptional: clientCertificates == .optional
        )
    }

    private enum ClientCertificates: String, CaseIterable {
        case required, optional
    }
}
