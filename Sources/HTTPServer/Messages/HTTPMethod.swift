// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A request method token (RFC 9110 section 9), compared case-sensitively.
public struct HTTPMethod: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The token as it stands in the request line.
    public let rawValue: String
    /// Any token; the server itself answers 501 to CONNECT and to methods that are not in the registry of IANA.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The token.
    public var description: String { rawValue }

    /// RFC 9110 section 9.3.1.
    public static let get = HTTPMethod(rawValue: "GET")
    /// RFC 9110 section 9.3.2: the server leaves out the content.
    public static let head = HTTPMethod(rawValue: "HEAD")
    /// RFC 9110 section 9.3.3.
    public static let post = HTTPMethod(rawValue: "POST")
    /// RFC 9110 section 9.3.4.
    public static let put = HTTPMethod(rawValue: "PUT")
    /// RFC 5789.
    public static let patch = HTTPMethod(rawValue: "PATCH")
    /// RFC 9110 section 9.3.5.
    public static let delete = HTTPMethod(rawValue: "DELETE")
    /// RFC 9110 section 9.3.7.
    public static let options = HTTPMethod(rawValue: "OPTIONS")
    /// RFC 9110 section 9.3.8: known, so that the answer is 405 with what is allowed; nothing here echoes requests.
    public static let trace = HTTPMethod(rawValue: "TRACE")
}
