// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// One call. Header names compare without case.
public struct ClientRequest: Sendable {
    /// An HTTP method token (RFC 9110 section 9.1), sent as written.
    public var method: String
    /// An absolute `http` or `https` URL without credentials in it; sent as written, so percent-encode first.
    public var url: String
    /// Sent in this order. `Host` and `Content-Length` are added by the client.
    public var headers: [(name: String, value: String)]
    /// Sent with `Content-Length`, never with `Expect: 100-continue`. `nil` sends no body.
    public var body: [UInt8]?
    /// Whole call: waiting for a free connection, name resolution, connecting, and reading the last byte.
    public var timeout: Duration
    /// A longer answer ends the call with `.bodyTooLarge`.
    public var maxResponseBytes: Int

    /// Makes a call that is not sent yet.
    public init(
        method: String = "GET",
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(10),
        maxResponseBytes: Int = 16 * 1024 * 1024
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maxResponseBytes = maxResponseBytes
    }
}

extension ClientRequest {
    /// Refuses what would let a value break out of its line (RFC 9110 section 5.5).
    func validate() throws(HTTPClientError) {
        guard !method.isEmpty, method.utf8.allSatisfy(\.isTokenByte) else {
            throw HTTPClientError(.invalidRequest, "the method is not an HTTP token")
        }
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenByte) else {
                throw HTTPClientError(.invalidRequest, "a header name is not an HTTP token")
            }
            guard value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
                throw HTTPClientError(.invalidRequest, "the value of header \(name) has a control character")
            }
        }
    }

    func hasHeader(_ name: String) -> Bool {
        headers.contains { $0.name.equalsIgnoringASCIICase(name) }
    }
}

extension UInt8 {
    /// `tchar` of RFC 9110 section 5.6.2.
    fileprivate var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
