// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Kinds of communication; the raw value is the singular used in rules (`call`, `chat`, …).
public enum MediaType: String, Sendable, Codable, CaseIterable {
    /// Voice: `calls`, `VOICE` in detail events.
    case call
    /// A promised call back: `callbacks`.
    case callback
    /// Web chat of the first generation: `chats`.
    case chat
    /// `emails`
    case email
    /// Web, SMS and social messaging: `messages`.
    case message
    /// Between users of the organisation: `internalMessages`.
    case internalMessage
    /// `cobrowsesessions`
    case cobrowse
    /// `screenshares`
    case screenshare
    /// `screenMonitorings`
    case screenMonitoring
    /// `socialExpressions`
    case socialExpression
    /// `videos`
    case video
}
