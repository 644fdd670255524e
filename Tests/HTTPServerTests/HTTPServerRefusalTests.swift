// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Glibc
import Testing

@testable import HTTPServer

@Suite("The server refuses")
struct HTTPServerRefusalTests {
    @Test(
        "with a problem document, counts it and closes",
        arguments: [
            ("nonsense\r\n\r\n", 400, \HTTPServer.Statistics.Refusals.malformed),
            ("GET / HTTP/1.1\r\n\r\n", 400, \.malformed),
            ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\n", 414, \.targetTooLong),
            ("GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 40_000))", 431, \.headerTooLarge),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n", 413, \.bodyTooLarge),
            ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501, \.unsupported),
            ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, \.unsupported),
            ("POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417, \.unsupported),
        ] as [(String, Int, any KeyPath<HTTPServer.Statistics.Refusals, Int> & Sendable)]
    )
    func refuses(
        text: String,
        status: Int,
        counter: any KeyPath<HTTPServer.Statistics.Refusals, Int> & Sendable
    ) async throws {
        try await withServer { server, address in
            let client = try RawClient(address)
            client.send(text)
            let answer = try client.answer()
            #expect(answer.status == status)
            #expect(answer.reason == HTTPStatus(status).phrase)
            #expect(answer.fields["connection"] == "close")
            #expect(answer.fields["content-type"] == "application/problem+json")
            let problem = try JSONDecoder().decode(Problem.self, from: Data(answer.body))
            #expect(problem.status == status)
            #expect(problem.type == "about:blank")
            #expect(problem.title == HTTPStatus(status).phrase)
            #expect(!problem.detail.isEmpty)
            #expect(try client.readToEnd().isEmpty)
            #expect(server.statistics.refused[keyPath: counter] == 1)
            #expect(server.statistics.refused.total == 1)
        }
    }

    struct Problem: Decodable {
        var type: String
        var title: String
        var status: Int
        var detail: String
    }

    @Test("content that does not fit beside what others have not finished, and takes it when they are gone")
    func unfinishedContent() async throws {
        let limits: (inout HTTPServerConfiguration) -> Void = {
            $0.maxBodyBytes = 100_000
            $0.maxUnfinishedBytes = 250_000
        }
        try await withServer(limits) { server, address in
            let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
            let most = [UInt8](repeating: 120, count: 99_000)
            var slow: [RawClient] = []
            for _ in 0..<2 {
                slow.append(try RawClient(address))
                slow.last?.send(head)
                slow.last?.send(most)
            }
            #expect(await eventually { server.unfinishedBytes == 198_000 })
            let third = try RawClient(address)
            third.send(head)
            third.send(most)
            let answer = try third.answer()
            #expect(answer.status == 503)
            #expect(answer.fields["retry-after"] == "1")
            #expect(server.statistics.refused.overloaded == 1)

            // What comes whole keeps nobody waiting, and those who were first may end.
            let small = try RawClient(address)
            small.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            #expect(try small.answer().status == 200)
            slow[0].send([UInt8](repeating: 120, count: 1000))
            #expect(try slow[0].answer().status == 200)
            slow[1].reset()
            #expect(await eventually { server.unfinishedBytes == 0 })
        }
    }

    @Test("in a way that the client sees, even while it goes on sending")
    func lingeringClose() async throws {
        try await withServer({ $0.lingerTimeout = .seconds(10) }) { server, address in
            let client = try RawClient(address)
            let piece = [UInt8](repeating: 120, count: 100_000)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n")
            for _ in 0..<30 { client.send(piece) }
            // Closing with these bytes unread would have reset the connection and lost the answer.
            #expect(try client.answer().status == 413)
            #expect(try client.readToEnd().isEmpty)
            client.finishSending()
            #expect(await eventually { server.statistics.openConnections == 0 })
        }
    }

    @Test("to linger without end for a client that never closes")
    func lingerIsBounded() async throws {
        try await withServer({ $0.lingerTimeout = .milliseconds(100) }) { server, address in
            let client = try RawClient(address)
            client.send("nonsense\r\n\r\n")
            #expect(try client.answer().status == 400)
            #expect(await eventually { server.statistics.openConnections == 0 })
            withExtendedLifetime(client) {}
        }
    }

    @Test("to answer what follows an error on the connection")
    func nothingAfterAnError() async throws {
        let served = Flag()
        let handler: HTTPHandler = { _ in
            served.raise()
            return .text("")
        }
        try await withServer(handler: handler) { _, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().status == 200)
            #expect(try client.answer().status == 400)
            #expect(try client.readToEnd().isEmpty)
            #expect(served.count == 1)
        }
    }

    @Test("chunked content as soon as it is too large")
    func chunkedTooLarge() async throws {
        try await withServer({ $0.maxBodyBytes = 1000 }) { _, address in
            let client = try RawClient(address)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            client.send("3e8\r\n\(String(repeating: "x", count: 1000))\r\n1\r\n")
            #expect(try client.answer().status == 413)
        }
    }

    @Test("connections over the cap by letting them wait, without spinning")
    func connectionCap() async throws {
        try await withServer({ $0.maxConnections = 3 }) { server, address in
            var clients = try (0..<3).map { _ in try RawClient(address) }
            for client in clients {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.answer().status == 200)
            }
            let waiting = try RawClient(address)
            waiting.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(waiting.isQuiet(forMilliseconds: 100))
            #expect(server.statistics.openConnections == 3)
            let pauses = server.statistics.acceptPauses
            // One pause lasts 20 ms: in 100 ms a handful, and never the thousands of a loop that spins.
            #expect((1...50).contains(pauses))
            clients.removeFirst()
            #expect(try waiting.answer().text == "hello from /late")
        }
    }
}
