// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension RelayConfiguration.Server {
    private static let keys = [
        "listen", "tls", "maxBodyBytes", "maxConnections", "timeouts", "drainDelay", "trustedProxies",
    ]

    static func parse(_ root: MappingReader, file: String) -> Self {
        var server = Self()
        guard let reader = root.mapping("server", keys: keys) else { return server }
        if let node = reader.node("listen"), let address = ListenAddress.parse(node, diagnostics: reader.diagnostics) {
            server.host = address.host
            server.port = address.port
        }
        server.tls = RelayConfiguration.TLS.parse(reader, file: file)
        if let bytes = reader.integer("maxBodyBytes", in: 1...1_073_741_824) { server.maxBodyBytes = bytes }
        if let connections = reader.integer("maxConnections", in: 1...1_000_000) { server.maxConnections = connections }
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
