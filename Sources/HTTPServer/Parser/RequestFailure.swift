// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Why a request is not served: the answer it gets, and the kind it is counted under. The connection closes after it.
struct RequestFailure: Error, Equatable {
    /// How refusals are counted in `HTTPServer.Statistics`.
    enum Kind: Int, CaseIterable {
        case malformed, targetTooLong, headerTooLarge, bodyTooLarge, unsupported, requestTimeout, handlerTimeout,
            overloaded
    }

    var kind: Kind
    var status: Int
    var detail: String

    static func malformed(_ detail: String) -> RequestFailure {
        RequestFailure(kind: .malformed, status: 400, detail: detail)
    }

    static func unsupported(_ status: Int, _ detail: String) -> RequestFailure {
        RequestFailure(kind: .unsupported, status: status, detail: detail)
    }

    static let unknownMethod = unsupported(501, "This server does not know the method.")
    static let targetTooLong = RequestFailure(
        kind: .targetTooLong,
        status: 414,
        detail: "The request target is longer than this server accepts."
    )
    static let headerTooLarge = RequestFailure(
        kind: .headerTooLarge,
        status: 431,
        detail: "The header section is larger than this server accepts."
    )
    static let tooManyFields = RequestFailure(
        kind: .headerTooLarge,
        status: 431,
        detail: "The request has more header fields than this server accepts."
    )
    static let bodyTooLarge = RequestFailure(
        kind: .bodyTooLarge,
        status: 413,
        detail: "The content is larger than this server accepts."
    )
    static let headerTimeout = RequestFailure(
        kind: .requestTimeout,
        status: 408,
        detail: "The header section did not arrive in time."
    )
    static let bodyTimeout = RequestFailure(
        kind: .requestTimeout,
        status: 408,
        detail: "The content did not arrive in time."
    )
    static let overloaded = RequestFailure(
        kind: .overloaded,
        status: 503,
        detail: "Too much is being received at the moment. Try again."
    )
    static let handlerTimeout = RequestFailure(
        kind: .handlerTimeout,
        status: 503,
        detail: "The request took too long to serve. Try again."
    )
}
