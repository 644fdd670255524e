// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension RequestParser {
    /// `method SP request-target SP HTTP-version` with single spaces (RFC 9112 section 3).
    mutating func takeRequestLine(_ line: Span<UInt8>) throws(RequestFailure) {
        guard let first = line.firstIndex(of: UInt8(ascii: " ")),
            let second = line.firstIndex(of: UInt8(ascii: " "), from: first + 1),
            first > 0, second > first + 1
        else { throw .malformed("The request line is not method, target and version.") }
        let method = line.extracting(0..<first)
        let target = line.extracting(first + 1..<second)
        try checkMethod(method)
        let known = KnownMethod.named(method)
        // First of all: the answer to a HEAD has no content, whatever is wrong with the rest.
        if let known { head.method = known }
        head.minorVersion = try minorVersion(line.extracting(second + 1..<line.count))
        guard known != nil else { throw .unknownMethod }
        guard target.count <= limits.maxTargetBytes else { throw .targetTooLong }
        try takeTarget(target)
    }

    /// No registered method has a lower-case letter (RFC 9110 section 9.1), and methods are case-sensitive: `get` is no
    /// other method that could be unknown, it is a mistake.
    private func checkMethod(_ method: Span<UInt8>) throws(RequestFailure) {
        guard method.allSatisfy(Grammar.isToken) else { throw .malformed("The method is not a token.") }
        guard !method.contains(where: Grammar.isLowercase) else {
            throw .malformed("The method is not in upper case.")
        }
    }

    /// What is wrong with a line that is longer than any target may be, from as much of it as was let in: its target, its
    /// version, or its method, which is then longer than any that is known (RFC 9112 section 3).
    mutating func overlongRequestLine(_ beginning: Span<UInt8>) -> RequestFailure {
        guard let first = beginning.firstIndex(of: UInt8(ascii: " ")) else {
            do throws(RequestFailure) { try checkMethod(beginning) } catch { return error }
            return .unknownMethod
        }
        if let known = KnownMethod.named(beginning.extracting(0..<first)) { head.method = known }
        guard let second = beginning.firstIndex(of: UInt8(ascii: " "), from: first + 1) else { return .targetTooLong }
        return second - first - 1 > limits.maxTargetBytes
            ? .targetTooLong : .malformed("The request line does not end with an HTTP version.")
    }

    /// `HTTP/1.x`; a higher minor version is read as 1.1 (RFC 9110 section 2.5).
    private func minorVersion(_ version: Span<UInt8>) throws(RequestFailure) -> Int {
        let prefix: StaticString = "HTTP/"
        var isVersion = version.count == 8 && version[6] == UInt8(ascii: ".")
        if isVersion {
            prefix.withUTF8Buffer { expected in
                for index in 0..<5 where version[index] != expected[index] { isVersion = false }
            }
        }
        guard isVersion, Grammar.isDigit(version[5]), Grammar.isDigit(version[7]) else {
            throw .malformed("The request line does not end with an HTTP version.")
        }
        guard version[5] == UInt8(ascii: "1") else {
            throw .unsupported(505, "This server speaks HTTP/1.1 and HTTP/1.0.")
        }
        return Int(version[7] - 0x30)
    }

    /// Origin-form, absolute-form, or `*` for OPTIONS (RFC 9112 section 3.2).
    private mutating func takeTarget(_ target: Span<UInt8>) throws(RequestFailure) {
        head.target = target.text
        if target[0] == UInt8(ascii: "/") {
            try takePathAndQuery(target)
        } else if target.count == 1, target[0] == UInt8(ascii: "*") {
            guard head.method == .options else { throw .malformed("The target * is for OPTIONS only.") }
            head.rawPath = "*"
        } else {
            try takeAbsoluteTarget(target)
        }
    }

    private mutating func takeAbsoluteTarget(_ target: Span<UInt8>) throws(RequestFailure) {
        var start = 0
        if target.count > 7, target.extracting(0..<7).equalsIgnoringCase("http://") {
            start = 7
        } else if target.count > 8, target.extracting(0..<8).equalsIgnoringCase("https://") {
            start = 8
        } else {
            throw .malformed("The target is neither a path nor an http URI.")
        }
        var end = start
        while end < target.count, target[end] != UInt8(ascii: "/"), target[end] != UInt8(ascii: "?") { end += 1 }
        let authority = target.extracting(start..<end)
        guard HostField.isValid(authority) else {
            throw .malformed("The authority of the target is not a host.")
        }
        fields.targetHost = authority.text
        guard end < target.count else {
            // RFC 9112 section 3.2.4: without path and query it asks about the server as `*` does.
            head.rawPath = head.method == .options ? "*" : "/"
            return
        }
        try takePathAndQuery(target.extracting(end..<target.count))
        if head.rawPath.isEmpty { head.rawPath = "/" }
    }

    private mutating func takePathAndQuery(_ target: Span<UInt8>) throws(RequestFailure) {
        let mark = target.firstIndex(of: UInt8(ascii: "?"))
        let path = target.extracting(0..<(mark ?? target.count))
        guard path.allSatisfy(Grammar.isPath), path.hasWholeEscapes else {
            throw .malformed("The path has a character or escape that a URI may not have.")
        }
        head.hasEscapes = path.firstIndex(of: UInt8(ascii: "%")) != nil
        guard let mark else {
            head.rawPath = path.count == head.target.utf8.count ? head.target : path.text
            return
        }
        let query = target.extracting(mark + 1..<target.count)
        guard query.allSatisfy(Grammar.isQuery), query.hasWholeEscapes else {
            throw .malformed("The query has a character or escape that a URI may not have.")
        }
        head.rawPath = path.text
        head.query = query.text
    }
}

/// The methods this server knows; others are 501 (RFC 9110 section 9.1). Methods are case-sensitive.
enum KnownMethod {
    static func named(_ token: Span<UInt8>) -> HTTPMethod? {
        switch token.count {
        case 3: if matches(token, "GET") { return .get } else if matches(token, "PUT") { return .put }
        case 4: if matches(token, "POST") { return .post } else if matches(token, "HEAD") { return .head }
        case 5: if matches(token, "PATCH") { return .patch } else if matches(token, "TRACE") { return .trace }
        case 6: if matches(token, "DELETE") { return .delete }
        case 7: if matches(token, "OPTIONS") { return .options }
        default: break
        }
        let name = token.text
        return registered.contains(name) ? HTTPMethod(rawValue: name) : nil
    }

    /// The rest of the IANA registry of methods, and QUERY: known, so that a path says 405 and what it allows. Not
    /// CONNECT, which is for proxies, nor PRI, which is no request.
    private static let registered: Set<String> = [
        "ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK", "LOCK", "MERGE",
        "MKACTIVITY",
        "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE", "ORDERPATCH", "PROPFIND", "PROPPATCH", "QUERY",
        "REBIND", "REPORT", "SEARCH", "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE", "UPDATEREDIRECTREF",
        "VERSION-CONTROL",
    ]

    private static func matches(_ token: Span<UInt8>, _ name: StaticString) -> Bool {
        name.withUTF8Buffer { expected in
            for index in token.indices where token[index] != expected[index] { return false }
            return true
        }
    }
}
