// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// How a request proves its sender.
protocol CredentialScheme: Sendable {
    /// For `WWW-Authenticate` (RFC 9110 section 11.6.1); never a value.
    var challenge: String { get }

    /// Looks at all accepted values, also after a match, so that time tells nothing of which one is close.
    ///
    /// - Parameter body: the content exactly as it was received, with its content coding.
    func verdict(on request: HTTPRequest, body: [UInt8], now: Timestamp) -> CredentialVerdict

    /// What the sender calls this delivery, the same in every attempt; `nil` = the scheme proves no such name.
    ///
    /// To be asked only of a request that the scheme accepts.
    func deliveryID(of request: HTTPRequest) -> String?

    /// Somebody who has only recorded a request can send its content again with other header fields.
    var provesOnlyContent: Bool { get }
}

extension CredentialScheme {
    func deliveryID(of request: HTTPRequest) -> String? { nil }
    var provesOnlyContent: Bool { false }
}

/// What a scheme says of a request; of several schemes the greatest counts.
enum CredentialVerdict: Int, Comparable, CaseIterable {
    /// Nothing of the scheme is there.
    case missing
    /// A signature, or what belongs to it, cannot be read.
    case malformed
    case wrong
    /// Signed with an accepted key, but too long ago or too far ahead.
    case outOfTolerance
    /// Right until its `notAfter`.
    case expired
    case accepted

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// Why the request is refused; `nil` = it is not.
    var refusal: Refusal? {
        switch self {
        case .missing: .credentialsMissing
        case .malformed: .signatureMalformed
        case .wrong: .credentialsWrong
        case .outOfTolerance: .timestampOutOfTolerance
        case .expired: .credentialsExpired
        case .accepted: nil
        }
    }
}

extension HTTPHeaders {
    /// A field that proves something.
    enum Evidence {
        case absent
        case value(String)
        /// It comes twice: which of them counts is anybody's guess.
        case ambiguous
    }

    /// The one value of a field; an empty one counts as none.
    func evidence(_ name: String) -> Evidence {
        let values = all(name)
        guard values.count <= 1 else { return .ambiguous }
        guard let value = values.first, !value.isEmpty else { return .absent }
        return .value(value)
    }
}
