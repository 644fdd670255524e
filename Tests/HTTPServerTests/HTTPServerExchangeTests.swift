// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@testable import HTTPServer

@Suite("An exchange")
struct HTTPServerExchangeTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("of pipelined requests is answered whole for a client that has closed its sending half")
    func halfClosedPipeline() async throws {
        try await withServer(handler: { .text($0.path) }) { _, address in
            let client = try RawClient(address)
            client.send((0..<20).map { "POST /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx" }.joined())
            client.finishSending()
            for number in 0..<20 { #expect(try client.answer().text == "/\(number)") }
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test(
        "that a half-closed client left unfinished gets no answer",
        arguments: ["GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx"]
    )
    func halfClosedInside(text: String) async throws {
        try await withServer { server, address in
            let client = try RawClient(address)
            client.send(Self.get + text)
            client.finishSending()
            #expect(try client.answer().status == 200)
            #expect(try client.readToEnd().isEmpty)
            #expect(await eventually { server.statistics.openConnections == 0 })
            #expect(server.statistics.requests == 1)
        }
    }

    @Test(
        "with content of many reads has all of it, and what follows is the next request",
        arguments: [1, 16_383, 16_384, 70_000, 300_001]
    )
    func largeContent(size: Int) async throws {
        let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let chunk = Array("\(String(size, radix: 16))\r\n".utf8) + content + Array("\r\n".utf8)
        let answer: HTTPHandler = {
            .text($0.path + ($0.body == content || $0.body == content + content ? " all" : " not"))
        }
        try await withServer(handler: answer) { _, address in
            let client = try RawClient(address)
            // The client blocks until the server has read it all.
            client.send("POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
            client.send(content + Array("POST /chunks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
            client.send(chunk + chunk + Array("0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            #expect(try client.answer().text == "/length all")
            #expect(try client.answer().text == "/chunks all")
            #expect(try client.answer().text == "/next not")
        }
    }

    /// A server with one loop, which stands still while `send` runs: what is sent meanwhile arrives with one event.
    private static func withStandingLoop(
        answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse,
        first: [UInt8],
        content: Int,
        _ send: (RawClient) -> Void,
        _ check: (RawClient, HTTPServer) async throws -> Void
    ) async throws {
        let entered = Flag()
        let goOn = DispatchSemaphore(value: 0)
        let handler: HTTPHandler = { request in
            guard request.path == "/stand" else { return answer(request) }
            entered.raise()
            // The loop's thread itself.
            goOn.wait()
            return .text("")
        }
        try await withServer({ $0.loops = 1 }, handler: handler) { server, address in
            let client = try RawClient(address)
            client.send(first)
            #expect(await eventually { server.unfinishedBytes == content && server.statistics.openConnections == 1 })
            let blocker = try RawClient(address)
            blocker.send("GET /stand HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { entered.isRaised })
            send(client)
            goOn.signal()
            try await check(client, server)
        }
    }

    @Test(
        "with content that is all there before it is read, so that no event tells of the rest, has all of it",
        arguments: [1, 1000, 20_000]
    )
    func waitingContent(early: Int) async throws {
        let size = 200_000
        let head = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n".utf8)
        try await Self.withStandingLoop(
            answer: { .text("\($0.body.count)") },
            first: head + [UInt8](repeating: 1, count: early),
            content: early
        ) {
            $0.send([UInt8](repeating: 1, count: size - early))
        } _: { client, _ in
            let answer = try client.answer()
            #expect(answer.text == "\(size)")
        }
    }

    @Test("whose sender ends with more than it announced has the whole answer before the connection closes")
    func endsWithMore() async throws {
        let answer = [UInt8](repeating: 2, count: 8_000_000)
        // All of the content fits the room there is, so that what follows it stays in the socket.
        let head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 16385\r\n\r\nx"
        try await Self.withStandingLoop(
            answer: { _ in HTTPResponse(status: HTTPStatus(200), body: .bytes(answer)) },
            first: Array(head.utf8),
            content: 1
        ) {
            $0.send([UInt8](repeating: 1, count: 16_384) + Array("\r\n".utf8))
            $0.finishSending()
        } _: { client, server in
            let received = try client.answer().body
            #expect(received.count == answer.count)
            #expect(await eventually { server.statistics.openConnections == 1 }, "the blocker's is left")
        }
    }

    @Test("that is reset between pipelined answers leaves nothing behind, and the next client is served")
    func resetBetween() async throws {
        let gate = Gate()
        let entered = Flag()
        let cancelled = Flag()
        let handler: HTTPHandler = { request in
            guard request.path == "/slow" else { return .text(request.path) }
            entered.raise()
            do { try await gate.pass() } catch { cancelled.raise() }
            return .text("slow")
        }
        try await withServer(handler: handler) { server, address in
            let client = try RawClient(address)
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
            #expect(try client.answer().text == "/1")
            #expect(await eventually { entered.isRaised })
            client.reset()
            #expect(await eventually { cancelled.isRaised && server.statistics.openConnections == 0 })
            // The request behind the one in hand was never begun.
            #expect(server.statistics.requests == 2)
            let next = try RawClient(address)
            next.send(Self.get)
            #expect(try next.answer().text == "/")
        }
    }

    @Test(
        "is dated by the clock, whatever the answer is",
        arguments: [
            get, "POST / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
        ]
    )
    func dated(text: String) async throws {
        let handler: HTTPHandler = { $0.method == .get ? .text("") : .problem(HTTPStatus(404), detail: "") }
        try await withServer(handler: handler) { _, address in
            let client = try RawClient(address)
            let before = Date()
            client.send(text)
            let value = try #require(try client.answer().fields["date"])
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.timeZone = TimeZone(identifier: "GMT")
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            let date = try #require(format.date(from: value))
            // Whole seconds, by a clock that ticks every few milliseconds.
            #expect(date >= before - 2 && date <= Date())
        }
    }

    @Test(
        "of HEAD has no content when it is refused either",
        arguments: [
            ("HEAD / HTTP/1.1\r\n\r\n", 400), ("HEAD / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("HEAD /% HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413),
            ("HEAD / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417), ("HEAD / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
            ("HEAD / HTTP/x\r\nHost: a\r\n\r\n", 400),
            ("HEAD /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\n", 414),
            ("HEAD /\(String(repeating: "a", count: 9000))", 414),
        ]
    )
    func refusedHead(text: String, status: Int) async throws {
        try await withServer { _, address in
            let client = try RawClient(address)
            client.send(text)
            let answer = try client.answer(head: true)
            #expect(answer.status == status)
            #expect(answer.fields["content-length"].flatMap(Int.init) ?? 0 > 0)
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test("with a target in absolute-form has the Host of the target")
    func absoluteForm() async throws {
        try await withServer(handler: { .text("\($0.headers.all("host")) \($0.path)") }) { _, address in
            let client = try RawClient(address)
            client.send("GET http://a.example:80/x HTTP/1.1\r\nHost: b.example\r\n\r\n")
            #expect(try client.answer().text == "[\"a.example:80\"] /x")
        }
    }
}
