// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import COpenSSL

/// Who a client is by the certificate that it has proven to hold and a client CA has issued.
///
/// A reference, so that every request of a connection shares what was read once.
public final class ClientCertificate: Sendable {
    /// The subject's name as in RFC 4514 (`CN=client,O=Acme`); empty when the certificate has none.
    public let subject: String
    /// The name of who signed the certificate itself, which may be an intermediate CA, in the same form.
    public let issuer: String
    /// Names of RFC 5280 section 4.2.1.6: `dNSName`.
    public let dnsNames: [String]
    /// `uniformResourceIdentifier`
    public let uris: [String]
    /// `rfc822Name`
    public let emailAddresses: [String]

    /// A certificate for a handler under test; the server makes its own.
    public init(
        subject: String,
        issuer: String,
        dnsNames: [String] = [],
        uris: [String] = [],
        emailAddresses: [String] = []
    ) {
        self.subject = subject
        self.issuer = issuer
        self.dnsNames = dnsNames
        self.uris = uris
        self.emailAddresses = emailAddresses
    }

    /// Of a TLS session whose handshake is complete, or resumed; `nil` without a certificate, and for one that was not
    /// verified.
    convenience init?(verifiedBy session: OpaquePointer) {
        guard SSL_get_verify_result(session) == Int(X509_V_OK), let certificate = SSL_get1_peer_certificate(session)
        else { return nil }
        defer { X509_free(certificate) }
        guard let subject = Self.text(of: X509_get_subject_name(certificate)),
            let issuer = Self.text(of: X509_get_issuer_name(certificate))
        else { return nil }
        let names = Self.alternativeNames(of: certificate)
        self.init(
            subject: subject,
            issuer: issuer,
            dnsNames: names[GEN_DNS] ?? [],
            uris: names[GEN_URI] ?? [],
            emailAddresses: names[GEN_EMAIL] ?? []
        )
    }

    private static func text(of name: OpaquePointer?) -> String? {
        guard let output = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(output) }
        guard X509_NAME_print_ex(output, name, 0, pr_x509_name_rfc2253_utf8) >= 0 else { return nil }
        let count = BIO_ctrl_pending(output)
        var bytes = [UInt8](repeating: 0, count: count)
        guard count == 0 || BIO_read(output, &bytes, Int32(count)) == Int32(count) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// By type of name. The server acts on none of them, so a name that is no text is left out.
    private static func alternativeNames(of certificate: OpaquePointer) -> [Int32: [String]] {
        guard let pointer = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [:] }
        let names = OpaquePointer(pointer)
        defer { GENERAL_NAMES_free(names) }
        var found: [Int32: [String]] = [:]
        for index in 0..<OPENSSL_sk_num(names) {
            guard let name = OPENSSL_sk_value(names, index) else { continue }
            var type: Int32 = 0
            let value = GENERAL_NAME_get0_value(name.assumingMemoryBound(to: GENERAL_NAME.self), &type)
            guard [GEN_DNS, GEN_URI, GEN_EMAIL].contains(type), let value, let text = text(ofIA5: OpaquePointer(value))
            else { continue }
            found[type, default: []].append(text)
        }
        return found
    }

    /// ASCII without a zero byte: readers of C strings would see another name than the CA has signed.
    private static func text(ofIA5 string: OpaquePointer) -> String? {
        let string = UnsafePointer<ASN1_STRING>(string)
        let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
