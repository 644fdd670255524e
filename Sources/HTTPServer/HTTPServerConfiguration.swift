// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Limits and deadlines of one server.
///
/// A deadline runs from its beginning; bytes that drip in do not start it anew.
public struct HTTPServerConfiguration: Sendable {
    /// The addresses; all of them have to be free, or nothing starts.
    public var listen: [ListenAddress] = [.ip("127.0.0.1", port: 0)]
    /// Whether an IPv6 address takes IPv6 only. When `false`, `::` takes IPv4 as well (dual-stack, RFC 3493 section 5.3);
    /// `0.0.0.0` of the same port is then taken. Sockets that were passed are as they are.
    public var ipv6Only = true
    /// The mode of the files of Unix sockets: who may connect.
    public var unixSocketMode: UInt32 = 0o660
    /// Event loops; `nil` = one per core.
    public var loops: Int?
    /// The longest request target in bytes; longer is 414.
    public var maxTargetBytes = 8 * 1024
    /// All header field lines together, and all trailer lines together, in bytes with line ends; more is 431.
    public var maxHeaderBytes = 32 * 1024
    /// Header fields in a request; more is 431.
    public var maxHeaderCount = 100
    /// The content of a request in bytes; more is 413, before it is read when Content-Length says so.
    public var maxBodyBytes = 1024 * 1024
    /// Content of unfinished requests over all connections, in bytes; a request that does not fit is 503. Otherwise
    /// strangers could take `maxBodyBytes` for every connection, before anyone has asked who they are.
    public var maxUnfinishedBytes = 256 * 1024 * 1024
    /// Open connections over all loops; more wait in the kernel's queue.
    public var maxConnections = 10_000
    /// Open connections of one IPv4 address or one IPv6 /64 network, over all loops; one more is reset. `nil` = no limit.
    public var maxConnectionsPerAddress: Int?
    /// Addresses that may have more, such as one's own proxies: asked with a numeric address once the limit is reached.
    public var mayExceedConnectionsPerAddress: @Sendable (_ address: String) -> Bool = { _ in false }
    /// The whole TLS handshake.
    public var handshakeTimeout: Duration = .seconds(10)
    /// The whole header section, from its first byte, or for the first request from the connection's beginning; 408.
    public var headerTimeout: Duration = .seconds(10)
    /// The whole content, from the end of the header section; 408.
    public var bodyTimeout: Duration = .seconds(20)
    /// Bytes of content that must come in each second, on average over `minBodyRateGrace`; less is 408. 0 = no minimum.
    /// With the total alone a client could hold its place for `bodyTimeout` with a byte now and then.
    public var minBodyRate = 240
    /// How long content may come slower than `minBodyRate`.
    public var minBodyRateGrace: Duration = .seconds(5)
    /// Between an answer and the first byte of the next request; the connection is then closed.
    public var idleTimeout: Duration = .seconds(60)
    /// From a complete request to its answer; 503, and the handler's task is cancelled. Not for a stream once begun.
    public var handlerTimeout: Duration = .seconds(5)
    /// For a client to take each further 64 KiB of an answer, or the rest of it; the connection is then reset.
    public var writeTimeout: Duration = .seconds(20)
    /// How long, after an answer that ends the connection, what the client still sends is read and dropped.
    public var lingerTimeout: Duration = .seconds(1)
    /// Certificate and key; `nil` = plain HTTP.
    public var tls: TLSFiles?
    /// The defaults: this machine only, a port chosen by the kernel, plain HTTP.
    public init() {}

    /// PEM files: certificate chain, private key, and the CA of client certificates (mutual TLS) or `nil`.
    public struct TLSFiles: Sendable {
        /// The server's certificate, then the intermediate ones.
        public var certificate: String
        /// The certificate's key, without a passphrase.
        public var privateKey: String
        /// When set, only clients with a certificate of one of these CAs are served, unless missing ones are allowed.
        public var clientCA: String?
        /// With a client CA: clients without a certificate are served as well. One that is not of the CA never is.
        public var allowsMissingClientCertificate: Bool
        /// Paths; the files are read by `HTTPServer.start` and `HTTPServer.reloadTLS`.
        public init(
            certificate: String,
            privateKey: String,
            clientCA: String? = nil,
            allowsMissingClientCertificate: Bool = false
        ) {
            self.certificate = certificate
            self.privateKey = privateKey
            self.clientCA = clientCA
            self.allowsMissingClientCertificate = allowsMissingClientCertificate
        }
    }
}

extension HTTPServerConfiguration {
    var parserLimits: RequestParser.Limits {
        RequestParser.Limits(
            maxTargetBytes: maxTargetBytes,
            maxHeaderBytes: maxHeaderBytes,
            maxHeaderCount: maxHeaderCount,
            maxBodyBytes: maxBodyBytes
        )
    }

    var bodyPace: BodyPace.Rule {
        BodyPace.Rule(
            total: bodyTimeout.clampedNanoseconds,
            grace: minBodyRateGrace.clampedNanoseconds,
            bytesPerSecond: minBodyRate
        )
    }

    func nanoseconds(of kind: DeadlineQueue.Kind) -> Int64 {
        switch kind {
        case .handshake: handshakeTimeout.clampedNanoseconds
        case .header: headerTimeout.clampedNanoseconds
        case .body: bodyPace.window
        case .idle: idleTimeout.clampedNanoseconds
        case .handler: handlerTimeout.clampedNanoseconds
        case .write: writeTimeout.clampedNanoseconds
        case .linger: lingerTimeout.clampedNanoseconds
        }
    }
}

extension Duration {
    /// Nanoseconds from 0 to a hundred years, so that adding one to a clock never overflows.
    var clampedNanoseconds: Int64 {
        let century: Int64 = 100 * 366 * 86_400
        let (seconds, attoseconds) = components
        return min(max(seconds, 0), century) * 1_000_000_000 + max(attoseconds / 1_000_000_000, 0)
    }
}
