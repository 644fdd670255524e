// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Testing

@testable import Ingest

@Suite("Client certificates as credentials")
struct ClientCertificateSchemeTests {
    private let certificate = ClientCertificate(
        subject: "CN=sender,O=Acme\\, Inc.,C=US",
        issuer: "CN=Acme CA,O=Acme\\, Inc.",
        dnsNames: ["sender.example.com", "*.example.net"],
        uris: ["spiffe://example.com/sender"],
        emailAddresses: ["sender@example.com"]
    )

    private func verdict(_ subjects: [String], _ issuers: [String], _ certificate: ClientCertificate?)
        -> CredentialVerdict
    {
        let request = HTTPRequest(method: .post, target: "/", clientCertificate: certificate)
        let scheme = Authentication.mutualTLS(ClientCertificateScheme(subjects: subjects, issuers: issuers))
        return CredentialCheck([scheme]).finding(on: request, body: [], now: Timestamp(milliseconds: 0)).verdict
    }

    @Test(
        "a certificate with one of the names is accepted",
        arguments: [
            (["CN=sender,O=Acme\\, Inc.,C=US"], []), (["CN=other", "cn = sender, o = Acme\\2C Inc., c = US"], []),
            (["DNS:Sender.Example.COM"], []), (["URI:spiffe://example.com/sender"], []),
            (["email:sender@example.com"], []), ([], ["CN=Acme CA,O=Acme\\, Inc."]),
            (["DNS:sender.example.com"], ["CN=Other CA", "CN=Acme CA,O=Acme\\, Inc."]),
        ]
    )
    func accepted(subjects: [String], issuers: [String]) {
        #expect(verdict(subjects, issuers, certificate) == .accepted)
    }

    @Test(
        "one without is not: part of a name, another kind of name, another case, a wildcard, the wrong issuer",
        arguments: [
            (["CN=sender"], []), (["CN=Sender,O=Acme\\, Inc.,C=US"], []), (["DNS:sender"], []),
            (["DNS:a.example.net"], []), (["DNS:sender@example.com"], []), (["URI:spiffe://example.com/"], []),
            (["email:Sender@example.com"], []), ([], ["CN=Acme CA"]), ([], ["CN=sender,O=Acme\\, Inc.,C=US"]),
            (["DNS:sender.example.com"], ["CN=Other CA"]), (["CN=other"], ["CN=Acme CA,O=Acme\\, Inc."]),
            // Nothing is asked for, or a name cannot be read: then nobody is accepted.
            ([], []), (["sender"], []), (["DNS:sender.example.com", "sender"], []),
            (["DNS:sender.example.com"], ["Acme CA"]),
        ]
    )
    func refused(subjects: [String], issuers: [String]) {
        #expect(verdict(subjects, issuers, certificate) == .wrong)
    }

    @Test("without a certificate the credentials are missing, and an empty subject is no name")
    func missing() {
        #expect(verdict(["CN=sender"], [], nil) == .missing)
        #expect(verdict(["CN=sender"], [], ClientCertificate(subject: "", issuer: "")) == .wrong)
        #expect(verdict([], ["CN=CA"], ClientCertificate(subject: "", issuer: "CN=CA")) == .accepted)
    }
}
