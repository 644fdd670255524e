// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A name by which a client certificate is known: that of its subject, or one of its alternative names (RFC 5280
/// section 4.2.1.6).
public enum CertificateName: Sendable, Hashable {
    /// `CN=client,O=Acme`
    case distinguished(DistinguishedName)
    /// `DNS:client.example.com`; compared without case, wildcards are no more than their letters.
    case dns(String)
    /// `URI:spiffe://example.com/sender`; compared byte for byte.
    case uri(String)
    /// `email:relay@example.com`; compared byte for byte.
    case email(String)

    /// Reads one of the four forms; `nil` when it is none.
    public init?(_ text: String) {
        if let name = Self.rest(of: text, after: "DNS:") {
            self = .dns(name.lowercased())
        } else if let name = Self.rest(of: text, after: "URI:") {
            self = .uri(name)
        } else if let name = Self.rest(of: text, after: "email:") {
            self = .email(name)
        } else if let name = DistinguishedName(text) {
            self = .distinguished(name)
        } else {
            return nil
        }
    }

    /// Alternative names are ASCII (IA5String), for which equal texts are equal bytes.
    private static func rest(of text: String, after prefix: String) -> String? {
        guard text.utf8.count > prefix.utf8.count, text.utf8.allSatisfy({ $0 < 0x80 }),
            text.prefix(prefix.count).lowercased() == prefix.lowercased()
        else { return nil }
        return String(text.dropFirst(prefix.count))
    }
}
