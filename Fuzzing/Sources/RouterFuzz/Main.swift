// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CLibFuzzer
import FuzzRunner

@testable import HTTPServer

/// Any bytes as method and target: never a crash, and the router finds what a slow reading of all routes finds.
///
/// An input is what stands before ` HTTP/1.1` in a request line.
@main
struct Main {
    static func main() { runFuzzer(take) }

    private static let take: clibfuzzer_target = { data, size in
        let line = UnsafeBufferPointer(start: data, count: size)
        var parser = RequestParser(limits: .init())
        let bytes = Array(line) + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var offset = 0
        guard parser.parse(bytes.span, from: &offset) == .head, parser.parse(bytes.span, from: &offset) == .complete
        else {
            return 0
        }
        check(HTTPRequest(head: parser.take().head, body: [], remoteAddress: "", clientCertificate: nil))
        return 0
    }

    /// Method, path and a number to know the route by.
    private static let routes: [(method: HTTPMethod, path: String)] = [
        (.get, "/"), (.get, "/v1/agents"), (.get, "/v1/agents/me"), (.get, "/v1/agents/me/rules"),
        (.get, "/v1/agents/{id}"), (.delete, "/v1/agents/{agent}"), (.get, "/v1/agents/{id}/history"),
        (.get, "/{a}/x/{b}"), (.post, "/v1/events"), (.head, "/own"), (.get, "/own"), (.get, "/sp%20ace"),
        (.get, "/slash%2Finside"), (.get, "/{a}/{b}"), (.put, "/v1/{b}/history/"), (.get, "/Key/caf%C3%A9"),
    ]

    private static let router: Router = {
        var router = Router()
        for (number, route) in routes.enumerated() {
            router.on(route.method, route.path) { _ in HTTPResponse(status: HTTPStatus(200 + number)) }
        }
        return router
    }()

    private static func check(_ request: HTTPRequest) {
        let found = slowly(request)
        switch router.match(request) {
        case .nothing: precondition(found == .nothing, "a path is not found")
        case .server: precondition(request.target.hasSuffix("*") || request.method == .options, "not the server")
        case .otherMethods(let methods):
            precondition(found == .otherMethods(Set(methods)), "the methods are not those of the path")
        case .route(let route, let values):
            precondition(found == .route(route.parameterNames, values), "another route")
            for value in values {
                precondition(!value.isEmpty && value != "." && value != ".." && !value.utf8.contains(0), "an odd value")
            }
        }
    }

    private enum Found: Equatable {
        case nothing
        case otherMethods(Set<HTTPMethod>)
        /// Names and values of its parameters.
        case route([String], [String])
    }

    /// All routes one after the other, decoded by the letter.
    private static func slowly(_ request: HTTPRequest) -> Found {
        let segments = request.rawPath.split(separator: "/", omittingEmptySubsequences: false).map(decoded)
        /// For each shape of a path that matches: which segments are parameters.
        var shapes: [[Bool]: (values: [String], methods: [HTTPMethod: [String]])] = [:]
        for route in routes {
            let parts = route.path.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == segments.count else { continue }
            let isParameter = parts.map { $0.hasPrefix("{") }
            let fits = zip(parts, segments).allSatisfy { part, segment in
                guard let segment, segment != ".", segment != ".." else { return false }
                // By bytes: texts are equal that differ in them.
                return part.hasPrefix("{") ? !segment.isEmpty : decoded(part)?.utf8.elementsEqual(segment.utf8) == true
            }
            guard fits else { continue }
            let values = zip(isParameter, segments).compactMap { $0 ? $1 : nil }
            let names = parts.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
            shapes[isParameter, default: (values, [:])].methods[route.method] = names
        }
        // The one that is static where they first differ.
        let best = shapes.min { $0.key.lexicographicallyPrecedes($1.key) { !$0 && $1 } }
        guard let (values, methods) = best?.value else { return .nothing }
        let method = methods[request.method] == nil && request.method == .head ? HTTPMethod.get : request.method
        guard let names = methods[method] else { return .otherMethods(Set(methods.keys)) }
        return .route(names, values)
    }

    /// Not by Foundation, whose `removingPercentEncoding` repairs some of what is not UTF-8 (`%a9` alone).
    private static func decoded(_ segment: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = segment.utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.utf8.elementsEqual(bytes), !bytes.contains(0) else { return nil }
        return text
    }
}
