// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Synchronization

/// Whether a request proves its sender: any one of the configured ways suffices.
struct CredentialCheck: Sendable {
    private let schemes: [any CredentialScheme]

    /// What to say in `WWW-Authenticate`, one challenge per kind.
    let challenges: [String]

    init(_ authentication: [Authentication]) {
        schemes = authentication.map(\.scheme)
        challenges = schemes.reduce(into: []) { challenges, scheme in
            if !challenges.contains(scheme.challenge) { challenges.append(scheme.challenge) }
        }
    }

    /// What all schemes together say of a request.
    struct Finding: Equatable {
        var verdict: CredentialVerdict
        /// The first one that a scheme has proven; see ``CredentialScheme/deliveryID(of:)``.
        var deliveryID: String?
        /// Not only the content has been proven; see ``CredentialScheme/provesOnlyContent``.
        var provesHeaders = false
    }

    /// Asks every scheme, also after one accepts, so that time tells nothing of which one it was.
    ///
    /// - Parameter body: the content exactly as it was received, with its content coding.
    func finding(on request: HTTPRequest, body: [UInt8], now: Timestamp) -> Finding {
        guard !schemes.isEmpty else { return Finding(verdict: .accepted, provesHeaders: true) }
        return schemes.reduce(into: Finding(verdict: .missing)) { finding, scheme in
            let verdict = scheme.verdict(on: request, body: body, now: now)
            finding.verdict = max(finding.verdict, verdict)
            guard verdict == .accepted else { return }
            finding.deliveryID = finding.deliveryID ?? scheme.deliveryID(of: request)
            if !scheme.provesOnlyContent { finding.provesHeaders = true }
        }
    }
}

extension Authentication {
    fileprivate var scheme: any CredentialScheme {
        switch self {
        case .apiKey(let header, let values): SecretScheme.apiKey(header: header, values: values)
        case .basic(let username, let passwords): SecretScheme.basic(username: username, passwords: passwords)
        case .bearer(let tokens): SecretScheme.bearer(tokens: tokens)
        case .hmac(let scheme): scheme
        case .standardWebhooks(let scheme): scheme
        case .mutualTLS(let scheme): scheme
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
