// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@testable import HTTPServer

@Suite("Deadlines")
struct HTTPServerDeadlineTests {
    /// Sends a little again and again for ten seconds; `true` when the server answered meanwhile.
    private func drip(_ text: String, into client: RawClient) -> Bool {
        let began = ContinuousClock.now
        while ContinuousClock.now - began < .seconds(10) {
            if !client.isQuiet(forMilliseconds: 20) { return true }
            client.send(text)
        }
        return false
    }

    @Test("a header section that drips in is answered 408, however it drips")
    func drippingHeader() async throws {
        try await withServer({ $0.headerTimeout = .milliseconds(200) }) { server, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\n")
            #expect(drip("X", into: client))
            #expect(try client.answer().status == 408)
            #expect(server.statistics.refused.requestTimeout == 1)
        }
    }

    @Test("content that drips in is answered 408", arguments: ["Content-Length: 100000", "Transfer-Encoding: chunked"])
    func drippingContent(field: String) async throws {
        try await withServer({ $0.bodyTimeout = .milliseconds(200) }) { server, address in
            let client = try RawClient(address)
            client.send("POST / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n")
            #expect(drip("1\r\nx\r\n", into: client))
            #expect(try client.answer().status == 408)
            #expect(server.statistics.refused.requestTimeout == 1)
        }
    }

    @Test(
        "content that drips in below the minimum rate is answered 408 long before the whole time is over",
        arguments: ["Content-Length: 100000", "Transfer-Encoding: chunked"]
    )
    func slowContent(field: String) async throws {
        let limits: (inout HTTPServerConfiguration) -> Void = {
            $0.bodyTimeout = .seconds(3600)
            $0.minBodyRate = 1000
            $0.minBodyRateGrace = .milliseconds(300)
        }
        try await withServer(limits) { server, address in
            let client = try RawClient(address)
            client.send("POST / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n")
            #expect(drip("1\r\nx\r\n", into: client))
            #expect(try client.answer().status == 408)
            #expect(server.statistics.refused.requestTimeout == 1)
        }
    }

    @Test("content that comes fast enough is taken, however long it takes")
    func steadyContent() async throws {
        let limits: (inout HTTPServerConfiguration) -> Void = {
            $0.minBodyRate = 1000
            $0.minBodyRateGrace = .milliseconds(100)
        }
        let handler: HTTPHandler = { .text("\($0.body.count)") }
        try await withServer(limits, handler: handler) { _, address in
            let client = try RawClient(address)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            // For several windows, each with a hundred times what it needs.
            for _ in 0..<50 {
                client.send([UInt8](repeating: 120, count: 20_000))
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try client.answer().text == "1000000")
        }
    }

    @Test("a connection without a request is closed without a word")
    func silence() async throws {
        try await withServer({ $0.headerTimeout = .milliseconds(100) }) { server, address in
            let client = try RawClient(address)
            #expect(try client.readToEnd().isEmpty)
            #expect(server.statistics.refused.total == 0)
        }
    }

    @Test("an idle connection is closed, one in use is not")
    func idle() async throws {
        try await withServer({ $0.idleTimeout = .milliseconds(300) }) { _, address in
            let client = try RawClient(address)
            let began = ContinuousClock.now
            while ContinuousClock.now - began < .milliseconds(600) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.answer().status == 200)
            }
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test("a handler that does not answer is cancelled, and its client gets 503")
    func handler() async throws {
        let cancelled = Flag()
        let handler: HTTPHandler = { _ in
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.raise() }
            return .text("too late")
        }
        try await withServer({ $0.handlerTimeout = .milliseconds(100) }, handler: handler) { server, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try client.answer()
            #expect(answer.status == 503)
            #expect(answer.fields["connection"] == "close")
            #expect(try client.readToEnd().isEmpty)
            #expect(await eventually { cancelled.isRaised })
            #expect(server.statistics.refused.handlerTimeout == 1)
        }
    }

    @Test("503 to a HEAD has no content")
    func handlerOfHead() async throws {
        let handler: HTTPHandler = { _ in
            try? await Task.sleep(for: .seconds(60))
            return .text("too late")
        }
        try await withServer({ $0.handlerTimeout = .milliseconds(50) }, handler: handler) { _, address in
            let client = try RawClient(address)
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer(head: true).status == 503)
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test("a client that takes nothing of its answer is cut off")
    func writeStall() async throws {
        let content = [UInt8](repeating: 1, count: 30_000_000)
        let configure: (inout HTTPServerConfiguration) -> Void = { $0.writeTimeout = .milliseconds(200) }
        try await withServer(configure, handler: { _ in HTTPResponse(status: HTTPStatus(200), body: .bytes(content)) })
        {
            server,
            address in
            let client = try RawClient(address, receiveBuffer: 4096)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { server.statistics.requests == 1 })
            #expect(await eventually { server.statistics.openConnections == 0 })
            withExtendedLifetime(client) {}
        }
    }

    @Test("a client that takes its answer slowly is not cut off")
    func slowReader() async throws {
        let content = [UInt8](repeating: 1, count: 60_000_000)
        let configure: (inout HTTPServerConfiguration) -> Void = { $0.writeTimeout = .seconds(2) }
        try await withServer(configure, handler: { _ in HTTPResponse(status: HTTPStatus(200), body: .bytes(content)) })
        {
            _,
            address in
            // With a small buffer the kernel itself would pause for seconds when it drops a segment.
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let began = ContinuousClock.now
            var total = 0
            // For longer than the deadline, a little at a time.
            while ContinuousClock.now - began < .seconds(5) {
                total += try client.readSome(atMost: 100_000)
                try await Task.sleep(for: .milliseconds(20))
            }
            total += try client.readSome(atMost: .max, until: content.count - total)
            #expect(total >= content.count)
        }
    }
}
