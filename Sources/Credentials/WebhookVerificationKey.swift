// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import COpenSSL
import Foundation

/// A public key of the Standard Webhooks specification: Ed25519 (RFC 8032), by OpenSSL.
///
/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
public struct WebhookVerificationKey: Sendable {
    /// Bytes of a signature.
    public static let signatureLength = 64

    private let bytes: [UInt8]

    /// Reads `whpk_` and base64 of the 32 bytes of the key; `nil` = it is none.
    public init?(_ text: String) {
        guard text.hasPrefix("whpk_"),
            let bytes = TagEncoding.base64.decode(text.utf8.dropFirst("whpk_".utf8.count), count: 32)
        else { return nil }
        self.init(bytes: bytes)
    }

    /// The 32 bytes of a key (RFC 8032 section 5.1.5); `nil` for another number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Whether a signature of 64 bytes is that of a message; `false` also when OpenSSL has no memory.
    public func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == Self.signatureLength,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
        else { return false }
        defer {
            EVP_PKEY_free(key)
            // A wrong signature leaves an error behind that the next call of this thread would take for its own.
            ERR_clear_error()
        }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
