// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import COpenSSL
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
        let content = Array("\(id).\(timestamp.unixSeconds).".utf8) + body
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        // Fails only without memory; the empty signature is then refused by whoever checks it.
        let made = HMAC(EVP_sha256(), bytes, Int32(bytes.count), content, content.count, &digest, &length)
        return "v1," + Data(digest.prefix(made == nil ? 0 : Int(length))).base64EncodedString()
    }
}

extension Timestamp {
    /// As `webhook-timestamp` has it.
    var unixSeconds: Int64 { milliseconds / 1000 }
}
