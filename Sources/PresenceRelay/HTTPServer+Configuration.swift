// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import HTTPServer
import Ingest

extension HTTPServerConfiguration {
    init(_ server: RelayConfiguration.Server) {
        self.init()
        listen = server.listen.map { address in
            switch address {
            case .ip(let host, let port): .ip(host, port: port)
            case .unix(let path): .unix(path: path)
            case .systemd(let name): .systemd(name: name)
            }
        }
        ipv6Only = server.ipv6Only
        unixSocketMode = server.unixSocketMode
        maxBodyBytes = server.maxBodyBytes
        minBodyRate = server.minBodyRate
        maxConnections = server.maxConnections
        maxConnectionsPerAddress = server.maxConnectionsPerAddress
        // Behind a proxy are many clients, and what comes from this machine is a proxy on it or a test.
        let ours = (server.trustedProxies + ["127.0.0.0/8", "::1"]).compactMap(AddressBlock.init)
        mayExceedConnectionsPerAddress = { address in ours.contains { $0.contains(address) } }
        headerTimeout = server.headerTimeout
        bodyTimeout = server.bodyTimeout
        idleTimeout = server.idleTimeout
        handlerTimeout = server.handlerTimeout
        tls = server.tls.map(TLSFiles.init)
    }
}

extension HTTPServerConfiguration.TLSFiles {
    init(_ tls: RelayConfiguration.TLS) {
        self.init(
            certificate: tls.certificate,
            privateKey: tls.privateKey,
            clientCA: tls.clientCA,
            allowsMissingClientCertificate: tls.clientCertificatesAreOptional
        )
    }
}
