// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A request method token (RFC 9110 section 9), compared case-sensitively.
public struct HTTPMethod: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    public static let get = HTTPMethod(rawValue: "GET")
    public static let head = HTTPMethod(rawValue: "HEAD")
    public static let post = HTTPMethod(rawValue: "POST")
    public static let put = HTTPMethod(rawValue: "PUT")
    public static let patch = HTTPMethod(rawValue: "PATCH")
    public static let delete = HTTPMethod(rawValue: "DELETE")
    public static let options = HTTPMethod(rawValue: "OPTIONS")
}

/// A status code with its reason phrase (RFC 9110 section 15).
public struct HTTPStatus: Hashable, Sendable {
    public let code: Int
    public let reason: String
    public init(_ code: Int, _ reason: String = "") {
        self.code = code
        self.reason = reason
    }
}

/// Header fields in the order received or added; names compare without case (RFC 9110 section 5.1).
public struct HTTPHeaders: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    public typealias Field = (name: String, value: String)
    private var fields: [Field]

    public init() { fields = [] }
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The first value of that name; setting replaces all values of the name, `nil` removes them.
    public subscript(name: String) -> String? {
        get { fields.first { $0.name.equalsIgnoringASCIICase(name) }?.value }
        set {
            fields.removeAll { $0.name.equalsIgnoringASCIICase(name) }
            if let newValue { fields.append((name: name, value: newValue)) }
        }
    }

    /// Every value of that name, in order.
    public func all(_ name: String) -> [String] {
        fields.filter { $0.name.equalsIgnoringASCIICase(name) }.map(\.value)
    }

    public mutating func append(name: String, value: String) { fields.append((name: name, value: value)) }
    public var count: Int { fields.count }
    public func makeIterator() -> IndexingIterator<[Field]> { fields.makeIterator() }
}

extension String {
    func equalsIgnoringASCIICase(_ other: String) -> Bool {
        let left = utf8, right = other.utf8
        guard left.count == right.count else { return false }
        return zip(left, right).allSatisfy { a, b in
            a == b || (a | 0x20 == b | 0x20 && (0x61...0x7A).contains(a | 0x20))
        }
    }
}

/// One complete request as a handler sees it: the body is collected under the server's limit.
public struct HTTPRequest: Sendable {
    public var method: HTTPMethod
    /// The request target as received, with its query.
    public var target: String
    /// The path, percent-decoded once, without the query.
    public var path: String
    /// The part after `?`, still encoded; empty when there is none.
    public var query: String
    public var headers: HTTPHeaders
    public var body: [UInt8]
    /// Values of the `{name}` segments of the matched route, percent-decoded.
    public var parameters: [String: String]
    /// The peer's address in numeric form, without the port.
    public var remoteAddress: String

    public init(
        method: HTTPMethod,
        target: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1"
    ) {
        self.method = method
        self.target = target
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0]).percentDecoded() ?? String(parts[0])
        query = parts.count > 1 ? String(parts[1]) : ""
        self.headers = headers
        self.body = body
        parameters = [:]
        self.remoteAddress = remoteAddress
    }

    /// The first value of a query parameter, percent-decoded (`+` is a space).
    public func queryValue(_ name: String) -> String? { queryValues(name).first }

    /// All values of a query parameter, percent-decoded, in order.
    public func queryValues(_ name: String) -> [String] {
        query.split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard String(parts[0]).percentDecoded(plusIsSpace: true) == name else { return nil }
            return parts.count > 1 ? String(parts[1]).percentDecoded(plusIsSpace: true) : ""
        }
    }
}

/// What a handler answers. Content-Length, Date, Connection and chunking are the server's work.
public struct HTTPResponse: Sendable {
    /// The content of an answer.
    public enum Body: Sendable {
        case bytes([UInt8])
        /// Written piece by piece (chunked), with back-pressure: `write` returns when the piece is taken.
        case stream(@Sendable (_ writer: HTTPBodyWriter) async throws -> Void)
    }

    public var status: HTTPStatus
    public var headers: HTTPHeaders
    public var body: Body

    public init(status: HTTPStatus, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Where a streamed answer goes. `write` throws when the client is gone or the server drains past its deadline.
public struct HTTPBodyWriter: Sendable {
    let send: @Sendable ([UInt8]) async throws -> Void
    public init(send: @escaping @Sendable ([UInt8]) async throws -> Void) { self.send = send }
    public func write(_ bytes: [UInt8]) async throws { try await send(bytes) }
}

/// A handler never throws: an error is an answer.
public typealias HTTPHandler = @Sendable (HTTPRequest) async -> HTTPResponse

extension String {
    /// Percent-decodes once; `nil` when an escape is malformed or the result is not UTF-8.
    public func percentDecoded(plusIsSpace: Bool = false) -> String? {
        guard utf8.contains(UInt8(ascii: "%")) || (plusIsSpace && utf8.contains(UInt8(ascii: "+"))) else { return self }
        var out: [UInt8] = []
        out.reserveCapacity(utf8.count)
        var iterator = utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next()?.hexValue, let low = iterator.next()?.hexValue else { return nil }
                out.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: out.append(UInt8(ascii: " "))
            default: out.append(byte)
            }
        }
        return String(validating: out, as: UTF8.self)
    }
}

extension UInt8 {
    var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}
