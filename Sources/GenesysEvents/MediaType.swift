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

extension MediaType {
    /// From `mediaType` of a detail event: `VOICE`, `SCREENSHARE`, …; `nil` for an unknown one.
    init?(detail name: String) {
        switch name.uppercased() {
        case "VOICE": self = .call
        case "CALLBACK": self = .callback
        case "CHAT": self = .chat
        case "EMAIL": self = .email
        case "MESSAGE": self = .message
        case "INTERNALMESSAGE": self = .internalMessage
        case "COBROWSE": self = .cobrowse
        case "SCREENSHARE": self = .screenshare
        case "SCREENMONITORING": self = .screenMonitoring
        case "VIDEO": self = .video
        default: return nil
        }
    }
}
