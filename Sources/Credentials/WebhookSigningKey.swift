// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
public import GenesysEvents

/// A symmetric key of the Standard Webhooks specification.
///
/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
public struct WebhookSigningKey: Sendable {
    private let bytes: [UInt8]

    /// Reads `whsec_` and base64 of 24 to 64 bytes; `nil` = it is none.
    public init?(_ text: String) {
        guard text.hasPrefix("whsec_"), let bytes = Data(base64Encoded: String(text.dropFirst("whsec_".count))),
            (24...64).contains(bytes.count)
        else { return nil }
        self.bytes = Array(bytes)
    }

    /// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, the time in whole seconds.
    ///
    /// - Parameter id: without a dot, or two messages could have one signature.
    public func signature(id: String, timestamp: Timestamp, body: [UInt8]) -> String {
        let content = StandardWebhooks.signedContent(id: id, timestamp: String(timestamp.unixSeconds), body: body)
        return "v1," + Data(tag(of: content)).base64EncodedString()
    }

    /// The 32 bytes of `v1`; see ``StandardWebhooks/signedContent(id:timestamp:body:)``.
    public func tag(of content: [UInt8]) -> [UInt8] { HMACAlgorithm.sha256.tag(of: content, key: bytes) }
}
