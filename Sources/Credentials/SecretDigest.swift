// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The SHA-256 of a secret: what is kept of it, and what is compared.
///
/// Digests have one length, so comparing them in constant time tells nothing of the length of the secret either.
public struct SecretDigest: Sendable {
    private let bytes: [UInt8]

    /// Of a secret's bytes.
    public init(_ secret: some Sequence<UInt8>) { bytes = SHA256.digest(Array(secret)) }

    /// Compares all bytes, always.
    public func matches(_ other: SecretDigest) -> Bool { ConstantTime.areEqual(bytes, other.bytes) }
}
