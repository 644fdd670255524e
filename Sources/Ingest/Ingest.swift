// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
public import HTTPServer
public import Journal
public import Logging

/// One accepted way to prove that a request comes from the sender; values are compared in constant time.
public enum Authentication: Sendable {
    case apiKey(header: String, values: [String])
    case basic(username: String, passwords: [String])
    case bearer(tokens: [String])
}

/// `POST /v1/events`: authenticate, unwrap, append, answer 202 when it is on disk.
public struct Ingest: Sendable {
    public struct Configuration: Sendable {
        /// Any one suffices. Empty = open to all; the composition root decides whether that may be.
        public var authentication: [Authentication]
        /// CIDR blocks a sender may come from.
        public var allowedSources: [String] = ["0.0.0.0/0", "::/0"]
        public init(authentication: [Authentication]) { self.authentication = authentication }
    }
    public init(configuration: Configuration, journal: Journal, logger: Logger, now: @escaping @Sendable () -> Timestamp) {}
    public func handle(_ request: HTTPRequest) async -> HTTPResponse { HTTPResponse(status: HTTPStatus(503)) }
}
