// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The request line and header section of one request, checked, and what they mean for the message framing.
struct RequestHead {
    /// How the content is delimited (RFC 9112 section 6.3).
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    var method = HTTPMethod.get
    /// As received; an absolute-form keeps its scheme and authority here.
    var target = ""
    /// The path as received, still encoded, and the query without its `?`.
    var rawPath = ""
    var query = ""
    /// The path has a percent-encoded byte.
    var hasEscapes = false
    /// The minor version of HTTP/1.x, as received.
    var minorVersion = 1
    var headers = HTTPHeaders()
    var framing = Framing.none
    /// The connection may serve another request after this one (RFC 9112 section 9.3).
    var keepAlive = true
    /// The client waits for `100 (Continue)` before it sends the content (RFC 9110 section 10.1.1).
    var expectsContinue = false
}
