// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import GenesysEvents
import HTTPServer

/// Mutual TLS: a certificate that the server has verified, and that has one of these names.
///
/// Behind a proxy that ends TLS the certificate is the proxy's, not the sender's.
public struct ClientCertificateScheme: Sendable {
    private let subjects: Set<CertificateName>
    private let issuers: Set<DistinguishedName>
    private let isComplete: Bool

    /// Both lists have to be met; an empty one asks for nothing, but two empty ones accept nobody, and so does a scheme
    /// with a name that cannot be read.
    ///
    /// - Parameters:
    ///   - subjects: see ``CertificateName``.
    ///   - issuers: see ``DistinguishedName``: who signed the certificate itself, which may be an intermediate CA.
    public init(subjects: [String], issuers: [String]) {
        self.subjects = Set(subjects.compactMap(CertificateName.init))
        self.issuers = Set(issuers.compactMap(DistinguishedName.init))
        let areRead =
            subjects.allSatisfy { CertificateName($0) != nil } && issuers.allSatisfy { DistinguishedName($0) != nil }
        isComplete = areRead && !(subjects.isEmpty && issuers.isEmpty)
    }
}

extension ClientCertificateScheme: CredentialScheme {
    var challenge: String { #"ClientCertificate realm="presence-relay""# }

    func verdict(on request: HTTPRequest, body: [UInt8], now: Timestamp) -> CredentialVerdict {
        guard let certificate = request.clientCertificate else { return .missing }
        guard isComplete else { return .wrong }
        let hasSubject = subjects.isEmpty || !subjects.isDisjoint(with: certificate.names)
        let hasIssuer =
            issuers.isEmpty || DistinguishedName(certificate.issuer).map(issuers.contains) ?? false
        return hasSubject && hasIssuer ? .accepted : .wrong
    }
}

extension ClientCertificate {
    /// All that it is known by.
    fileprivate var names: [CertificateName] {
        var names = dnsNames.map { CertificateName.dns($0.lowercased()) }
        names += uris.map(CertificateName.uri)
        names += emailAddresses.map(CertificateName.email)
        if let subject = DistinguishedName(subject) { names.append(.distinguished(subject)) }
        return names
    }
}
