// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Glibc
import Testing

@testable import HTTPServer

@Suite("The server answers")
struct HTTPServerTests {
    @Test("a request, with Date, Content-Length and the handler's fields")
    func plainAnswer() async throws {
        try await withServer { _, address in
            let client = try RawClient(address)
            client.send("GET /a%20b HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try client.answer()
            #expect(answer.status == 200)
            #expect(answer.reason == "OK")
            #expect(answer.text == "hello from /a b")
            #expect(answer.fields["content-type"] == "text/plain")
            #expect(answer.fields["connection"] == nil)
            #expect(answer.fields["date"]?.hasSuffix(" GMT") == true)
        }
    }

    @Test("requests on one connection, in order, also when they are pipelined in odd pieces")
    func pipelining() async throws {
        // The first handlers take longest, so answers out of order would show.
        let handler: HTTPHandler = { request in
            let number = Int(request.path.dropFirst()) ?? 0
            try? await Task.sleep(for: .milliseconds(20 - number * 2))
            return .text("\(number):\(String(decoding: request.body, as: UTF8.self))")
        }
        try await withServer(handler: handler) { _, address in
            let client = try RawClient(address)
            let requests = (0..<10).map { "POST /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n#\($0)" }
                .joined()
            let bytes = Array(requests.utf8)
            for start in stride(from: 0, to: bytes.count, by: 37) {
                client.send(Array(bytes[start..<min(start + 37, bytes.count)]))
            }
            for number in 0..<10 { #expect(try client.answer().text == "\(number):#\(number)") }
        }
    }

    @Test("a thousand pipelined requests in one piece")
    func deepPipeline() async throws {
        try await withServer(handler: { .text($0.path) }) { server, address in
            let client = try RawClient(address)
            client.send((0..<1000).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for number in 0..<1000 { try #require(try client.answer().text == "/\(number)") }
            #expect(server.statistics.requests == 1000)
            #expect(server.statistics.acceptedConnections == 1)
        }
    }

    @Test("chunked content as the handler's body, through a handler that leaves the loop")
    func chunkedRequest() async throws {
        let handler: HTTPHandler = { request in
            let elsewhere = await Task.detached { request.body.count }.value
            return .text("\(elsewhere)")
        }
        try await withServer(handler: handler) { _, address in
            let client = try RawClient(address)
            let piece = String(repeating: "x", count: 1000)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<300 { client.send("3e8\r\n\(piece)\r\n") }
            client.send("0\r\n\r\n")
            #expect(try client.answer().text == "300000")
        }
    }

    @Test("a large answer whole, and the next request after it")
    func largeAnswer() async throws {
        let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await withServer(handler: { _ in HTTPResponse(status: HTTPStatus(200), body: .bytes(content)) }) {
            _,
            address in
            let client = try RawClient(address, receiveBuffer: 8192)
            for _ in 0..<2 {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.answer().body == content)
            }
        }
    }

    @Test("HEAD with the length and without the content")
    func head() async throws {
        try await withServer { _, address in
            let client = try RawClient(address)
            client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer(head: true).fields["content-length"] == "13")
            #expect(try client.answer().text == "hello from /y")
        }
    }

    @Test("204 and 304 without content and length", arguments: [204, 304])
    func bare(status: Int) async throws {
        try await withServer(handler: { _ in .text("never sent", status: status) }) { _, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let text = String(decoding: try client.readToEnd(), as: UTF8.self)
            #expect(!text.contains("never sent"))
            #expect(!text.lowercased().contains("content-length"))
            #expect(text.components(separatedBy: "HTTP/1.1 \(status)").count == 3)
        }
    }

    @Test("HTTP/1.0 by closing, unless the client asks to stay")
    func oldProtocol() async throws {
        try await withServer { _, address in
            let client = try RawClient(address)
            client.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try client.answer().fields["connection"] == "keep-alive")
            client.send("GET /2 HTTP/1.0\r\n\r\n")
            #expect(try client.answer().fields["connection"] == "close")
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test("Connection: close by closing, as EventBridge asks, with a Range on its POST")
    func closing() async throws {
        try await withServer { server, address in
            let client = try RawClient(address)
            client.send(
                "POST /v1/events HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1048575\r\nConnection: close\r\n"
                    + "Content-Length: 2\r\n\r\n{}"
            )
            let answer = try client.answer()
            #expect(answer.status == 200)
            #expect(answer.fields["connection"] == "close")
            #expect(try client.readToEnd().isEmpty)
            #expect(await eventually { server.statistics.openConnections == 0 })
        }
    }

    @Test("a handler's Connection: close by closing, and keeps the fields that are its own")
    func handlerFields() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                status: HTTPStatus(200, "Fine\r\nX-Evil: 1"),
                headers: [
                    "Connection": "close", "Content-Length": "99", "Transfer-Encoding": "chunked", "Date": "never",
                    "X-Split": "a\r\nX-Evil: 1", "Bad Name": "x", "Keep-Alive": "timeout=5",
                ],
                body: .bytes(Array("ok".utf8))
            )
        }
        try await withServer(handler: handler) { _, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try client.answer()
            #expect(answer.reason == "Fine  X-Evil: 1")
            #expect(answer.fields["x-evil"] == nil)
            #expect(answer.fields["x-split"] == "a  X-Evil: 1")
            #expect(answer.fields["content-length"] == "2")
            #expect(answer.fields["bad name"] == nil)
            #expect(answer.fields["keep-alive"] == nil)
            #expect(answer.fields["date"] != "never")
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test("500 for a status that is no final answer", arguments: [0, 100, 101, 600])
    func impossibleStatus(status: Int) async throws {
        try await withServer(handler: { _ in .text("x", status: status) }) { _, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().status == 500)
        }
    }

    @Test("100 (Continue) before the content, when the client waits for it")
    func interim() async throws {
        try await withServer(handler: { .text("\($0.body.count)") }) { _, address in
            let client = try RawClient(address)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.answer().status == 100)
            client.send("abc")
            #expect(try client.answer().text == "3")
            // Content that comes at once needs no invitation.
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc")
            #expect(try client.answer().status == 200)
        }
    }

    @Test("instead of 100 (Continue) with 413 when the content will be too large")
    func interimRefused() async throws {
        try await withServer({ $0.maxBodyBytes = 10 }) { _, address in
            let client = try RawClient(address)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.answer().status == 413)
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test("a client that has closed its sending half")
    func halfClosed() async throws {
        let gate = Gate()
        let handler: HTTPHandler = { _ in
            try? await gate.pass()
            return .text("still there")
        }
        try await withServer(handler: handler) { _, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finishSending()
            #expect(client.isQuiet(forMilliseconds: 50))
            gate.open()
            #expect(try client.answer().text == "still there")
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test("the other connections while one is slow, from the peer's address")
    func slowNeighbour() async throws {
        try await withServer({ $0.loops = 1 }, handler: { .text($0.remoteAddress) }) { _, address in
            let slow = try RawClient(address)
            slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12")
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().text == "127.0.0.1")
            slow.send("345")
            #expect(try slow.answer().status == 200)
        }
    }

    @Test("over IPv6")
    func ipv6() async throws {
        try await withServer({ $0.listen = [.ip("::1", port: 0)] }, handler: { .text($0.remoteAddress) }) {
            _,
            address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n")
            #expect(try client.answer().text == "::1")
        }
    }

    @Test("many connections at once, each on its own")
    func manyConnections() async throws {
        let handler: HTTPHandler = { request in
            await Task.yield()
            return .text(request.path)
        }
        try await withServer(handler: handler) { server, address in
            let clients = try (0..<200).map { _ in try RawClient(address) }
            for (index, client) in clients.enumerated() { client.send("GET /\(index) HTTP/1.1\r\nHost: a\r\n\r\n") }
            for (index, client) in clients.enumerated() { #expect(try client.answer().text == "/\(index)") }
            #expect(server.statistics.openConnections == 200)
            #expect(server.statistics.requests == 200)
        }
    }

    @Test("on the loop's thread, also behind suspensions")
    func onTheLoop() async throws {
        let handler: HTTPHandler = { _ in
            let before = currentThread()
            try? await Task.sleep(for: .milliseconds(1))
            let after = currentThread()
            await Task.yield()
            return .text("\(before) \(after) \(currentThread())")
        }
        try await withServer({ $0.loops = 1 }, handler: handler) { _, address in
            var threads: Set<Substring> = []
            for _ in 0..<5 {
                let client = try RawClient(address)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                threads.formUnion(try client.answer().text.split(separator: " "))
            }
            #expect(threads.count == 1)
        }
    }

    @Test("and cancels a handler whose client resets the connection")
    func resetCancels() async throws {
        let (started, cancelled) = (Flag(), Flag())
        let handler: HTTPHandler = { _ in
            started.raise()
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.raise() }
            return .text("")
        }
        try await withServer({ $0.handlerTimeout = .seconds(60) }, handler: handler) { server, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { started.isRaised })
            client.reset()
            #expect(await eventually { cancelled.isRaised })
            #expect(await eventually { server.statistics.openConnections == 0 })
        }
    }
}

private func currentThread() -> UInt { pthread_self() }
