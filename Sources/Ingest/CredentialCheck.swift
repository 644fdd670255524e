// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer
import Synchronization

/// Whether a request proves its sender: any one of the configured ways suffices.
struct CredentialCheck: Sendable {
    private enum Place {
        case header(String)
        /// The credentials after the scheme's name in `Authorization` (RFC 9110 section 11.4).
        case scheme(String)
    }
    private struct Way {
        var place: Place
        var accepted: [SecretDigest]
    }
    private let ways: [Way]

    /// What to say in `WWW-Authenticate`, one challenge per kind.
    let challenges: [String]

    init(_ authentication: [Authentication]) {
        var challenges: [String] = []
        ways = authentication.map { way in
            let challenge: String
            let result: Way
            switch way {
            case .apiKey(let header, let values):
                challenge = #"ApiKey realm="presence-relay", header="\#(header)""#
                result = Way(place: .header(header), accepted: values.map { SecretDigest($0.utf8) })
            case .basic(let username, let passwords):
                challenge = #"Basic realm="presence-relay", charset="UTF-8""#
                // Compared in its encoded form: base64 with padding is the one way to write it (RFC 7617 section 2),
                // and nothing a stranger sends has to be decoded.
                let accepted = passwords.map { SecretDigest(Data("\(username):\($0)".utf8).base64EncodedString().utf8) }
                result = Way(place: .scheme("basic"), accepted: accepted)
            case .bearer(let tokens):
                challenge = #"Bearer realm="presence-relay""#
                result = Way(place: .scheme("bearer"), accepted: tokens.map { SecretDigest($0.utf8) })
            }
            if !challenges.contains(challenge) { challenges.append(challenge) }
            return result
        }
        self.challenges = challenges
    }

    /// Compares with every accepted value, also after a match, so that time tells nothing of which one is close.
    func accepts(_ headers: HTTPHeaders) -> Bool {
        guard !ways.isEmpty else { return true }
        var isAccepted = false
        for way in ways {
            guard let presented = credentials(at: way.place, in: headers) else { continue }
            let digest = SecretDigest(presented)
            for accepted in way.accepted where accepted.matches(digest) { isAccepted = true }
        }
        return isAccepted
    }

    /// A field that comes twice proves nothing: which of them counts is anybody's guess.
    private func credentials(at place: Place, in headers: HTTPHeaders) -> Substring.UTF8View? {
        switch place {
        case .header(let name):
            let values = headers.all(name)
            guard values.count == 1, !values[0].isEmpty else { return nil }
            return Substring(values[0]).utf8
        case .scheme(let name):
            let values = headers.all("Authorization")
            guard values.count == 1, let space = values[0].utf8.firstIndex(of: UInt8(ascii: " ")) else { return nil }
            let value = values[0][...]
            guard value[..<space].lowercased() == name else { return nil }
            return value[space...].drop { $0 == " " }.utf8
        }
    }
}

/// The check that is in force; a reload of secrets puts another in its place.
final class CurrentCredentials: Sendable {
    private let current: Mutex<CredentialCheck>

    init(_ check: CredentialCheck) { current = Mutex(check) }

    var check: CredentialCheck {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}
