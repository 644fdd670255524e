// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// One complete request as a handler sees it: the body is collected under the server's limit.
public struct HTTPRequest: Sendable {
    /// The method; a HEAD stays a HEAD when the GET handler answers it.
    public var method: HTTPMethod
    /// The request target as received, with its query; in absolute-form with scheme and authority, which is then also the
    /// value of `Host`.
    public var target: String
    /// The path, percent-decoded once, without the query. As received when its escapes are not UTF-8 or have a
    /// NUL.
    public var path: String
    /// The part after `?`, still encoded; empty when there is none.
    public var query: String
    /// The header fields as received; trailer fields are dropped.
    public var headers: HTTPHeaders
    /// The content, with the chunked coding taken off.
    public var body: [UInt8]
    /// Values of the `{name}` segments of the matched route, percent-decoded.
    public var parameters: [String: String]
    /// The peer's address in numeric form, without the port.
    public var remoteAddress: String
    /// The peer's certificate when it has shown one that a client CA has issued; of the nearest proxy, where there is one.
    public var clientCertificate: ClientCertificate?
    /// The path as received: routes are matched on it, so that `%2F` stays inside its segment.
    var rawPath: String

    /// A request for a handler under test; the server makes its own.
    public init(
        method: HTTPMethod,
        target: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1",
        clientCertificate: ClientCertificate? = nil
    ) {
        self.method = method
        self.target = target
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        rawPath = String(parts[0])
        path = rawPath.decodedAsPath() ?? rawPath
        query = parts.count > 1 ? String(parts[1]) : ""
        self.headers = headers
        self.body = body
        parameters = [:]
        self.remoteAddress = remoteAddress
        self.clientCertificate = clientCertificate
    }

    init(head: RequestHead, body: [UInt8], remoteAddress: String, clientCertificate: ClientCertificate?) {
        method = head.method
        target = head.target
        rawPath = head.rawPath
        path = head.hasEscapes ? head.rawPath.decodedAsPath() ?? head.rawPath : head.rawPath
        query = head.query
        headers = head.headers
        self.body = body
        parameters = [:]
        self.remoteAddress = remoteAddress
        self.clientCertificate = clientCertificate
    }

    /// The first value of a query parameter, percent-decoded (`+` is a space).
    public func queryValue(_ name: String) -> String? { queryValues(name).first }

    /// All values of a query parameter, percent-decoded, in order.
    public func queryValues(_ name: String) -> [String] {
        query.split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard String(parts[0]).percentDecoded(plusIsSpace: true) == name else { return nil }
            return parts.count > 1 ? String(parts[1]).percentDecoded(plusIsSpace: true) : ""
        }
    }
}

/// Answers a request. It never throws: an error is an answer.
///
/// It runs on the thread of the connection's event loop, so it must not block; its task is cancelled when the client
/// goes away, when `handlerTimeout` passes and, for a stream, when the server shuts down.
public typealias HTTPHandler = @Sendable (HTTPRequest) async -> HTTPResponse
