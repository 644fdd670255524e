// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import GenesysEvents
import HTTPServer

/// A secret that is sent as it is: in a header of its own, or in `Authorization`.
struct SecretScheme: CredentialScheme {
    private enum Place {
        case header(String)
        /// The credentials after the scheme's name in `Authorization` (RFC 9110 section 11.4).
        case authorization(String)
    }
    private let place: Place
    private let accepted: [(digest: SecretDigest, credential: Credential)]
    let challenge: String

    private init(_ place: Place, _ credentials: [Credential], challenge: String, digest: (Credential) -> SecretDigest) {
        self.place = place
        accepted = credentials.map { (digest($0), $0) }
        self.challenge = challenge
    }

    static func apiKey(header: String, values: [Credential]) -> Self {
        let challenge = #"ApiKey realm="presence-relay", header="\#(header)""#
        return Self(.header(header), values, challenge: challenge) { SecretDigest($0.bytes) }
    }

    static func basic(username: String, passwords: [Credential]) -> Self {
        let challenge = #"Basic realm="presence-relay", charset="UTF-8""#
        return Self(.authorization("basic"), passwords, challenge: challenge) { password in
            // Compared in its encoded form: base64 with padding is the one way to write it (RFC 7617 section 2), and
            // nothing a stranger sends has to be decoded.
            SecretDigest(Data(Array("\(username):".utf8) + password.bytes).base64EncodedString().utf8)
        }
    }

    static func bearer(tokens: [Credential]) -> Self {
        let challenge = #"Bearer realm="presence-relay""#
        return Self(.authorization("bearer"), tokens, challenge: challenge) { SecretDigest($0.bytes) }
    }

    func verdict(on request: HTTPRequest, body: [UInt8], now: Timestamp) -> CredentialVerdict {
        let presented: Substring.UTF8View
        switch evidence(in: request.headers) {
        case .absent: return .missing
        case .ambiguous: return .wrong
        case .value(let value): presented = value[...].utf8
        }
        let digest = SecretDigest(presented)
        var verdict = CredentialVerdict.wrong
        for (accepted, credential) in accepted where accepted.matches(digest) {
            verdict = max(verdict, credential.isAccepted(at: now) ? .accepted : .expired)
        }
        return verdict
    }

    private func evidence(in headers: HTTPHeaders) -> HTTPHeaders.Evidence {
        switch place {
        case .header(let name): return headers.evidence(name)
        case .authorization(let scheme):
            guard case .value(let value) = headers.evidence("Authorization") else {
                return headers.evidence("Authorization")
            }
            // Another scheme's credentials are none of this one.
            guard let space = value.utf8.firstIndex(of: UInt8(ascii: " ")), value[..<space].lowercased() == scheme
            else {
                return .absent
            }
            let rest = value[space...].drop { $0 == " " }
            return rest.isEmpty ? .absent : .value(String(rest))
        }
    }
}
