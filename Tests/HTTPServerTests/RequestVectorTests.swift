// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import HTTPServer

@Suite("The vectors of Tests/Fixtures/HTTP")
struct RequestVectorTests {
    @Test("are all read, and each has a name of its own")
    func complete() throws {
        let router = try #require(RequestVector.router)
        #expect(RequestVector.requests.count >= 350)
        #expect(router.vectors.count >= 50)
        let names = (RequestVector.requests + router.vectors).map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test(
        "come to what the RFCs make of them, whole, cut at every byte and byte by byte",
        arguments: RequestVector.requests
    )
    func parser(vector: RequestVector) {
        let (whole, different) = RequestParser.traceAllSplits(vector.bytes, limits: vector.limits)
        #expect(whole.lines(like: vector.expected) == vector.expected, "\(vector.source), \(whole)")
        #expect(different.isEmpty)
    }

    @Test("come to their routes", arguments: RequestVector.router?.vectors ?? [])
    func router(vector: RequestVector) async throws {
        var router = Router()
        for (method, path) in try #require(RequestVector.router).routes {
            router.on(HTTPMethod(rawValue: method), path) { request in
                // In the order of the path; the names of parameters are in that of the alphabet.
                .text(([path] + request.parameters.sorted { $0.key < $1.key }.map(\.value)).joined(separator: " "))
            }
        }
        let answer = await router.handle(try #require(Self.request(vector.bytes)))
        guard case .bytes(let body) = answer.body else {
            Issue.record("not bytes")
            return
        }
        let line = RequestVector.escaped("\(answer.status.code) ".utf8)
        switch answer.status.code {
        case 200: #expect([line + RequestVector.escaped(body)] == vector.expected, "\(vector.source)")
        case 204, 405: #expect([line + (answer.headers["Allow"] ?? "")] == vector.expected, "\(vector.source)")
        default: #expect(["\(answer.status.code)"] == vector.expected, "\(vector.source)")
        }
    }

    private static func request(_ bytes: [UInt8]) -> HTTPRequest? {
        var parser = RequestParser(limits: .init())
        var offset = 0
        while true {
            switch parser.parse(bytes.span, from: &offset) {
            case .head: continue
            case .complete:
                let (head, body) = parser.take()
                return HTTPRequest(head: head, body: body, remoteAddress: "", clientCertificate: nil)
            case .needsMore, .failed: return nil
            }
        }
    }
}
