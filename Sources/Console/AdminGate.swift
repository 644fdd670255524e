// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import HTTPServer
import Synchronization

/// Lets through whoever bears an admin token (RFC 6750 section 2.1).
///
/// Only digests are kept. Every digest is compared, in constant time, so neither the time nor the order tells how much
/// of a token was right or which one matched.
final class AdminGate: Sendable {
    private let digests: Mutex<[SecretDigest]>

    /// No tokens = everybody passes.
    init(tokens: [String]) { digests = Mutex(tokens.map { SecretDigest($0.utf8) }) }

    /// Takes other tokens from now on (reload of secrets).
    func replace(tokens: [String]) {
        let new = tokens.map { SecretDigest($0.utf8) }
        digests.withLock { $0 = new }
    }

    /// The refusal, or `nil` when the request may go on.
    func refusal(of request: HTTPRequest) -> HTTPResponse? {
        let digests = digests.withLock { $0 }
        guard !digests.isEmpty else { return refusalWhenOpen(request) }
        let authorization = request.headers.all("Authorization")
        guard authorization.count == 1, let token = Self.bearerToken(authorization[0]) else {
            return unauthorized(
                "Send the admin token as 'Authorization: Bearer …'.",
                challenge: #"Bearer realm="admin""#
            )
        }
        let presented = SecretDigest(token.utf8)
        let matches = digests.reduce(into: false) { known, digest in
            let equal = digest.matches(presented)
            known = known || equal
        }
        guard matches else {
            return unauthorized(
                "This admin token is not known.",
                challenge: #"Bearer realm="admin", error="invalid_token""#
            )
        }
        return nil
    }

    /// Without tokens a browser of somebody inside the network is the way in for a foreign page: browsers say where a
    /// request comes from (Fetch Metadata), so those that come from another site are refused.
    private func refusalWhenOpen(_ request: HTTPRequest) -> HTTPResponse? {
        switch request.headers["Sec-Fetch-Site"] {
        case "cross-site", "same-site": .problem(403, detail: "Requests from pages of other sites are refused.")
        default: nil
        }
    }

    private func unauthorized(_ detail: String, challenge: String) -> HTTPResponse {
        var response = HTTPResponse.problem(401, detail: detail)
        response.headers["WWW-Authenticate"] = challenge
        return response
    }

    private static func bearerToken(_ value: String) -> String? {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }
}
