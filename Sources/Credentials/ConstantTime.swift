// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import COpenSSL

/// Comparison that takes the same time wherever the first difference is.
public enum ConstantTime {
    /// Whether two digests are equal. Their length is no secret: digests of other lengths are different, at once.
    public static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }
}
