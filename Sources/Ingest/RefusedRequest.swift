// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Journal

/// A request that is not taken: why, and what the sender is told. Never what was expected, never an inner detail.
struct RefusedRequest: Error {
    var reason: Refusal
    var problem: Problem

    static let source = RefusedRequest(
        reason: .source,
        problem: Problem(status: HTTPStatus(403, "Forbidden"), detail: "The source address is not allowed.")
    )

    static let origin = RefusedRequest(
        reason: .origin,
        problem: Problem(status: HTTPStatus(403, "Forbidden"), detail: "This origin is not allowed to send.")
    )

    static let retired = RefusedRequest(
        reason: .retired,
        problem: Problem(status: HTTPStatus(410, "Gone"), detail: "The webhook is no longer at this path.")
    )

    /// The answer is the same whatever the reason: it would tell a stranger how close a guess was.
    static func credentials(_ reason: Refusal, _ challenges: [String]) -> RefusedRequest {
        var headers = HTTPHeaders()
        for challenge in challenges { headers.append(name: "WWW-Authenticate", value: challenge) }
        return RefusedRequest(
            reason: reason,
            problem: Problem(
                status: HTTPStatus(401, "Unauthorized"),
                detail: "The credentials are missing or not valid.",
                headers: headers
            )
        )
    }

    static let encoding = RefusedRequest(
        reason: .encoding,
        problem: Problem(
            status: HTTPStatus(415, "Unsupported Media Type"),
            detail: "The content must be coded as gzip or deflate, once, or not at all.",
            headers: ["Accept-Encoding": ContentCoding.accepted]
        )
    )

    static let mediaType = RefusedRequest(
        reason: .mediaType,
        problem: Problem(
            status: HTTPStatus(415, "Unsupported Media Type"),
            detail: "The content must be JSON or NDJSON in UTF-8.",
            headers: ["Accept": ContentCheck.acceptedTypes]
        )
    )

    static func content(_ failure: ContentDecoder.Failure, limit: Int) -> RefusedRequest {
        let (reason, status, detail): (Refusal, HTTPStatus, String) =
            switch failure {
            case .tooLarge:
                (.tooLarge, HTTPStatus(413, "Content Too Large"), "Decoded, the content has more than \(limit) bytes.")
            case .bomb:
                (
                    .tooLarge, HTTPStatus(413, "Content Too Large"),
                    "Decoded, the content has more than \(ContentDecoder.largestRatio) times the bytes that were sent."
                )
            case .malformed:
                (
                    .malformed, HTTPStatus(400, "Bad Request"),
                    "Nothing was stored: the content is not in the coding that Content-Encoding names, or is cut off."
                )
            }
        return RefusedRequest(reason: reason, problem: Problem(status: status, detail: detail))
    }

    static func malformed(_ error: EventDecodingError) -> RefusedRequest {
        RefusedRequest(
            reason: .malformed,
            problem: Problem(
                status: HTTPStatus(400, "Bad Request"),
                detail: "Nothing was stored: \(error).",
                members: [("element", "\(error.element)"), ("pointer", Problem.quoted(error.pointer))]
            )
        )
    }

    /// 503 and not 429: EventBridge sends it again after both, but others take a 4xx for final.
    static let addressOverloaded = RefusedRequest(
        reason: .addressOverloaded,
        problem: Problem(
            status: HTTPStatus(503, "Service Unavailable"),
            detail: "Too many requests of this address are in hand.",
            headers: ["Retry-After": "1"]
        )
    )

    /// All of these are 503: the event is good, and EventBridge sends it again after a 503 but not after a 4xx.
    static func journal(_ error: JournalError) -> RefusedRequest {
        let (reason, detail, seconds): (Refusal, String, Int) =
            switch error.code {
            case .overloaded: (.overloaded, "Too many events wait to be stored.", 1)
            case .notWritable: (.notWritable, "Events cannot be stored at the moment.", 5)
            case .closed: (.closed, "The relay is stopping.", 2)
            default: (.other, "The event could not be stored.", 5)
            }
        return RefusedRequest(
            reason: reason,
            problem: Problem(
                status: HTTPStatus(503, "Service Unavailable"),
                detail: detail,
                headers: ["Retry-After": "\(seconds)"]
            )
        )
    }
}
