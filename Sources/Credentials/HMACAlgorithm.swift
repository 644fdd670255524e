// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import COpenSSL

/// HMAC (RFC 2104) with a hash function of FIPS 180-4, by OpenSSL.
public enum HMACAlgorithm: String, Sendable, CaseIterable {
    /// Only where a sender has nothing better; HMAC does not suffer from its collisions (RFC 6194 section 3.3).
    case sha1
    /// The usual one.
    case sha256
    case sha512

    /// Bytes of a tag.
    public var tagLength: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }

    /// The tag of a message, whole; empty, and then equal to no tag, when OpenSSL has no memory.
    public func tag(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let made = HMAC(function, key, Int32(key.count), message, message.count, &digest, &length)
        return made == nil || length != UInt32(tagLength) ? [] : Array(digest.prefix(tagLength))
    }

    private var function: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha512: EVP_sha512()
        }
    }
}
