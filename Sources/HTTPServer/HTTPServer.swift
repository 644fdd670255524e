// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import Logging

/// Where a server listens.
public enum ListenAddress: Hashable, Sendable {
    /// A numeric IPv4 or IPv6 address and a port; port 0 lets the kernel choose.
    case ip(String, port: Int)
}

/// Limits and deadlines of one server.
public struct HTTPServerConfiguration: Sendable {
    public var listen: [ListenAddress] = [.ip("127.0.0.1", port: 0)]
    /// Event loops; `nil` = one per core.
    public var loops: Int?
    public var maxHeaderBytes = 32 * 1024
    public var maxHeaderCount = 100
    public var maxBodyBytes = 1024 * 1024
    public var maxConnections = 10_000
    public var headerTimeout: Duration = .seconds(10)
    public var bodyTimeout: Duration = .seconds(20)
    public var idleTimeout: Duration = .seconds(60)
    public var handlerTimeout: Duration = .seconds(5)
    public var tls: TLSFiles?
    public init() {}

    /// PEM files: certificate chain, private key, and the CA of client certificates (mutual TLS) or `nil`.
    public struct TLSFiles: Sendable {
        public var certificate: String
        public var privateKey: String
        public var clientCA: String?
        public init(certificate: String, privateKey: String, clientCA: String? = nil) {
            self.certificate = certificate
            self.privateKey = privateKey
            self.clientCA = clientCA
        }
    }
}

/// A small HTTP/1.1 server: one epoll loop per core, each a `TaskExecutor` that runs its handlers.
public final class HTTPServer: Sendable {
    public init(configuration: HTTPServerConfiguration, logger: Logger, handler: @escaping HTTPHandler) {}
    /// Binds and listens; returns the bound addresses (real ports). Throws `HTTPServerError`.
    public func start() async throws -> [ListenAddress] { [] }
    /// Stops accepting, lets requests in flight finish until `deadline` from now, then closes all and ends the loops.
    public func shutdown(deadline: Duration) async {}
    /// From now on every answer carries `Connection: close` and idle connections are closed; listeners stay.
    public func beginDrain() {}
}
