// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// One accepted way to prove that a request comes from the sender; values are compared in constant time.
///
/// Each way takes several values, so that a secret can be changed without a gap.
public enum Authentication: Sendable {
    /// A header field of its own, for example `X-API-Key` (EventBridge: API key authorization).
    case apiKey(header: String, values: [String])
    /// RFC 7617.
    case basic(username: String, passwords: [String])
    /// RFC 6750 section 2.1.
    case bearer(tokens: [String])
}
