// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The fields that may not be trailers: those of message framing, routing, request modifiers, authentication and content
/// format (RFC 9110 section 6.5.1).
///
/// They would be dropped like all others here. Who sends them hopes that somebody behind takes them for header fields.
enum TrailerField {
    static func isForbidden(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 2: name.equalsIgnoringCase("te")
        case 4: name.equalsIgnoringCase("host")
        case 5: name.equalsIgnoringCase("range")
        case 6: name.equalsIgnoringCase("expect") || name.equalsIgnoringCase("cookie")
        case 7: name.equalsIgnoringCase("trailer") || name.equalsIgnoringCase("upgrade")
        case 8: name.equalsIgnoringCase("if-match") || name.equalsIgnoringCase("if-range")
        case 10: name.equalsIgnoringCase("connection") || name.equalsIgnoringCase("keep-alive")
        case 12: name.equalsIgnoringCase("content-type") || name.equalsIgnoringCase("max-forwards")
        case 13:
            name.equalsIgnoringCase("authorization") || name.equalsIgnoringCase("cache-control")
                || name.equalsIgnoringCase("content-range") || name.equalsIgnoringCase("if-none-match")
        case 14: name.equalsIgnoringCase("content-length")
        case 16: name.equalsIgnoringCase("content-encoding")
        case 17:
            name.equalsIgnoringCase("transfer-encoding") || name.equalsIgnoringCase("if-modified-since")
        case 19: name.equalsIgnoringCase("proxy-authorization") || name.equalsIgnoringCase("if-unmodified-since")
        default: false
        }
    }
}
