// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient

extension TokenSource {
    /// `POST {loginURL}/oauth/token` with client credentials (RFC 6749 sections 2.3.1 and 4.4).
    struct Request: Sendable {
        struct Grant: Sendable {
            var token: String
            var lifetime: Duration
        }

        private let url: String
        private let authorization: String
        private let secret: String
        private let transport: Transport

        /// What can be set on an OAuth client (facts 1.1): the shortest life for an answer that does not tell, the
        /// longest for one that tells nonsense.
        private static let lifetimes = (shortest: 300.0, longest: 172_800.0)

        init(configuration: GenesysAPI.Configuration, transport: Transport) {
            url = configuration.loginURL.withoutTrailingSlash + Endpoint.token.template
            let credentials = "\(configuration.clientID):\(configuration.clientSecret)"
            authorization = "Basic " + Data(credentials.utf8).base64EncodedString()
            secret = configuration.clientSecret
            self.transport = transport
        }

        func perform() async throws(GenesysAPIError) -> Grant {
            let response = try await transport.exchange(
                .token,
                url: url,
                headers: [
                    ("Authorization", authorization), ("Accept", "application/json"),
                    ("Content-Type", "application/x-www-form-urlencoded"),
                ],
                body: Array("grant_type=client_credentials".utf8)
            )
            guard (200..<300).contains(response.status) else { throw refusal(response) }
            guard let body = try? JSONDecoder().decode(Body.self, from: Data(response.body)), !body.accessToken.isEmpty
            else { throw GenesysAPIError.unexpectedBody(response, from: .token, expected: "an OAuth token") }
            let told = body.expiresIn.flatMap { $0 > 0 ? min($0, Self.lifetimes.longest) : nil }
            let seconds = told ?? Self.lifetimes.shortest
            return Grant(token: body.accessToken, lifetime: .milliseconds(Int64(seconds * 1000)))
        }

        /// Names what to look at: the login host does not say more than `invalid_client`.
        private func refusal(_ response: ClientResponse) -> GenesysAPIError {
            var error = GenesysAPIError(response, from: .token)
            let said = error.genesysCode ?? "status \(response.status)"
            switch (response.status, error.genesysCode) {
            case (400, "invalid_client"), (401, _):
                error.code = .unauthorized
                error.message +=
                    ". The OAuth client was not accepted: check its id and secret, and that it belongs to "
                    + "the region of \(url)"
            case (400, "unauthorized_client"), (400, "unsupported_grant_type"), (400, "invalid_grant"):
                error.code = .unauthorized
                error.message += ". The OAuth client must have the grant type Client Credentials (\(said))"
            case (300..<400, _), (404, _):
                error.message += ". Is \(url) the login host of the region?"
            default: break
            }
            // Nobody should echo it, but this text goes to logs and pages.
            if !secret.isEmpty { error.message = error.message.replacing(secret, with: "…") }
            return error
        }

        private struct Body: Decodable {
            var accessToken: String
            var expiresIn: Double?

            private enum CodingKeys: String, CodingKey {
                case accessToken = "access_token"
                case expiresIn = "expires_in"
            }

            init(from decoder: any Decoder) throws {
                let body = try decoder.container(keyedBy: CodingKeys.self)
                accessToken = try body.decode(String.self, forKey: .accessToken)
                expiresIn =
                    body.tolerant(Double.self, .expiresIn)
                    ?? body.tolerant(String.self, .expiresIn).flatMap { Double($0) }
            }
        }
    }
}
