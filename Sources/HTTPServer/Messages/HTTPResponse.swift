// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What a handler answers. Content-Length, Date, Connection and chunking are the server's work.
///
/// The server leaves out fields of those names, and any field that would not be a field line. `Connection: close` is
/// understood as the wish to close after this answer.
public struct HTTPResponse: Sendable {
    /// The content of an answer.
    public enum Body: Sendable {
        /// The whole content, sent with its Content-Length in one write with the header section.
        case bytes([UInt8])
        /// Written piece by piece (chunked), with back-pressure: `write` returns when the piece is taken.
        case stream(@Sendable (_ writer: HTTPBodyWriter) async throws -> Void)
    }

    /// The status line; a code outside 200 to 599 is answered as 500.
    public var status: HTTPStatus
    /// The handler's own fields.
    public var headers: HTTPHeaders
    /// The content; left out for HEAD, 204 and 304.
    public var body: Body

    /// An answer; without a body it has `Content-Length: 0`.
    public init(status: HTTPStatus, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Where a streamed answer goes. `write` throws when the client is gone or the server drains past its deadline.
public struct HTTPBodyWriter: Sendable {
    let send: @Sendable ([UInt8]) async throws -> Void
    /// A writer that hands every piece to `send`, for a handler under test; the server makes its own.
    public init(send: @escaping @Sendable ([UInt8]) async throws -> Void) { self.send = send }
    /// Returns when the socket has taken the piece; throws `HTTPServerError` with code `clientGone` when it never will.
    public func write(_ bytes: [UInt8]) async throws { try await send(bytes) }
}
