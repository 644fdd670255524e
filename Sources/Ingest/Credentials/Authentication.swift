// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// One accepted way to prove that a request comes from the sender; values are compared in constant time.
///
/// Each way takes several values, so that a secret can be changed without a gap. A way without values accepts nobody.
public enum Authentication: Sendable {
    /// A header field of its own, for example `X-API-Key` (EventBridge: API key authorization).
    case apiKey(header: String, values: [Credential])
    /// RFC 7617.
    case basic(username: String, passwords: [Credential])
    /// RFC 6750 section 2.1.
    case bearer(tokens: [Credential])
    /// A tag over the body as it was sent, for example `X-Hub-Signature-256: sha256=…`.
    case hmac(HMACScheme)
    /// Standard Webhooks: a list of signatures over id, time and body.
    case standardWebhooks(StandardWebhooksScheme)
    /// A certificate that the server's client CA has issued; see ``ClientCertificateScheme``.
    case mutualTLS(ClientCertificateScheme)
}
