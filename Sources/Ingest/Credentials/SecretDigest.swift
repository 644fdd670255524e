// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import COpenSSL

/// The SHA-256 of a secret: what is kept of it, and what is compared.
///
/// Digests have one length, so comparing them in constant time tells nothing of the length of the secret either.
struct SecretDigest: Sendable {
    private let bytes: [UInt8]

    init(_ secret: some Sequence<UInt8>) { bytes = SHA256.digest(Array(secret)) }

    /// Compares all bytes, always.
    func matches(_ other: SecretDigest) -> Bool {
        CRYPTO_memcmp(bytes, other.bytes, bytes.count) == 0
    }
}

/// SHA-256 (FIPS 180-4) by OpenSSL.
enum SHA256 {
    static func digest(_ message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { digest, count in
            _ = COpenSSL.SHA256(message, message.count, digest.baseAddress)
            count = Int(SHA256_DIGEST_LENGTH)
        }
    }

    /// Lower-case hexadecimal.
    static func hex(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (index, byte) in bytes.enumerated() {
                text[index * 2] = digit(byte >> 4)
                text[index * 2 + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
