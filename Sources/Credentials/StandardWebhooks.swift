// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What both sides of Standard Webhooks have in common.
///
/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
public enum StandardWebhooks {
    /// `id.timestamp.body`: what is signed.
    ///
    /// - Parameters:
    ///   - timestamp: as it stands in the header field.
    ///   - body: exactly the bytes that are sent.
    public static func signedContent(id: String, timestamp: String, body: [UInt8]) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(id.utf8.count + timestamp.utf8.count + 2 + body.count)
        content += "\(id).\(timestamp).".utf8
        content += body
        return content
    }
}
