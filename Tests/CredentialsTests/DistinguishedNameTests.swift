// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Testing

@Suite("Names of certificates")
struct DistinguishedNameTests {
    @Test(
        "two ways of writing one name are equal",
        arguments: [
            ("CN=client,O=Acme", "cn=client, O = Acme"), ("CN=client,O=Acme", " CN=client , O=Acme "),
            ("CN=M\\C3\\BCller", "CN=Müller"), ("O=Acme\\, Inc.", "O=Acme\\2C Inc."),
            ("CN=a+UID=7,O=x", "UID=7+CN=a,O=x"), ("CN=\\ a\\ ", "CN=\\20a\\20"), ("CN=\\#a", "CN=\\23a"),
            ("1.2.840.113549.1.9.1=a@b", "1.2.840.113549.1.9.1=a@b"), ("CN=", "cn= "), ("CN=a=b", "CN=a\\=b"),
        ]
    )
    func equal(one: String, other: String) throws {
        let name = try #require(DistinguishedName(one))
        #expect(DistinguishedName(other) == name)
    }

    @Test(
        "names that say something else are different",
        arguments: [
            ("CN=client,O=Acme", "O=Acme,CN=client"), ("CN=client", "CN=Client"), ("CN=client", "O=client"),
            ("CN=client,O=Acme", "CN=client"), ("CN=client,O=Acme", "CN=client\\,O=Acme"),
            ("CN=client+O=Acme", "CN=client,O=Acme"), ("CN=a b", "CN=a  b"), ("CN=a", "CN=a\\ "), ("CN=a", "CN=a\\00"),
            // Equal as texts, for Unicode says so.
            ("CN=K", "CN=\u{212A}"), ("CN=\u{E9}", "CN=e\u{301}"),
        ]
    )
    func different(one: String, other: String) throws {
        let (name, otherName) = try (#require(DistinguishedName(one)), #require(DistinguishedName(other)))
        #expect(otherName != name)
    }

    @Test(
        "what is no name is refused",
        arguments: [
            "", "client", "CN", "=client", "CN=client,", ",CN=client", "CN=client,,O=x", "CN=\"client\"", "CN=a;O=b",
            "CN=a\\", "CN=a\\zz", "CN=a\\4", "CN=a<b", "CN=a\u{0}", "CN=\\FF", "C N=a", "/CN=client/O=Acme", "DNS:a",
        ]
    )
    func refused(text: String) { #expect(DistinguishedName(text) == nil) }

    @Test("a subject is known by its name, or by an alternative one with its kind")
    func kinds() throws {
        let name = try #require(DistinguishedName("cn=a"))
        #expect(CertificateName("CN=a") == .distinguished(name))
        #expect(CertificateName("DNS:Client.Example.com") == .dns("client.example.com"))
        #expect(CertificateName("dns:client.example.com") == .dns("client.example.com"))
        #expect(CertificateName("URI:spiffe://example.com/A") == .uri("spiffe://example.com/A"))
        #expect(CertificateName("email:a@example.com") == .email("a@example.com"))
        #expect(CertificateName("DNS:") == nil)
        for text in ["DNS:\u{212A}.example.com", "URI:spiffe://example.com/\u{212A}", "email:\u{212A}@example.com"] {
            #expect(CertificateName(text) == nil, "no certificate has such a name, but the Kelvin sign would be a k")
        }
        #expect(CertificateName("client.example.com") == nil)
        #expect(CertificateName("") == nil)
    }
}
