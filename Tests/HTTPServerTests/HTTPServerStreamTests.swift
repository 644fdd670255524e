// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Synchronization
import Testing

@testable import HTTPServer

@Suite("Streams")
struct HTTPServerStreamTests {
    private func streaming(
        _ produce: @escaping @Sendable (HTTPBodyWriter) async throws -> Void
    ) -> HTTPHandler {
        { _ in
            HTTPResponse(
                status: HTTPStatus(200),
                headers: ["Content-Type": "text/event-stream"],
                body: .stream(produce)
            )
        }
    }

    @Test("arrive chunked, piece by piece, and the connection goes on")
    func chunked() async throws {
        let gate = Gate()
        let handler = streaming { writer in
            try await writer.write(Array("first".utf8))
            try await writer.write([])
            try await gate.pass()
            try await writer.write(Array(" second".utf8))
        }
        try await withServer(handler: handler) { _, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let beginning = try client.read(until: "5\r\nfirst\r\n")
            #expect(beginning.contains("Transfer-Encoding: chunked"))
            #expect(!beginning.contains("Content-Length"))
            gate.open()
            #expect(try client.read(until: "0\r\n\r\n") == "7\r\n second\r\n0\r\n\r\n")
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().text == "first second")
        }
    }

    @Test("end with the connection for HTTP/1.0")
    func oldProtocol() async throws {
        try await withServer(handler: streaming { try await $0.write(Array("abc".utf8)) }) { _, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let answer = try client.answer()
            #expect(answer.fields["transfer-encoding"] == nil)
            #expect(answer.fields["connection"] == "close")
            #expect(answer.text == "abc")
        }
    }

    @Test("are not produced for HEAD")
    func head() async throws {
        let produced = Flag()
        try await withServer(handler: streaming { _ in produced.raise() }) { _, address in
            let client = try RawClient(address)
            for _ in 0..<2 {
                client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.answer(head: true).status == 200)
            }
            #expect(!produced.isRaised)
        }
    }

    @Test("are visibly cut off when the producer fails")
    func producerFails() async throws {
        struct Broken: Error {}
        let handler = streaming { writer in
            try await writer.write(Array("half".utf8))
            throw Broken()
        }
        try await withServer(handler: handler) { _, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(throws: (any Error).self) { try client.answer() }
        }
    }

    @Test(
        "that a stopping server cuts off do not look whole, and in chunks all that was written arrives",
        arguments: ["1.0", "1.1"]
    )
    func cutAtStop(version: String) async throws {
        let gate = Gate()
        let handler = streaming { writer in
            try await writer.write(Array("half".utf8))
            // It does not hear that it is cancelled.
            try? await Task.detached { try await gate.pass() }.value
        }
        try await withServer(handler: handler) { server, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/\(version)\r\nHost: a\r\n\r\n")
            _ = try client.read(until: "half")
            await server.shutdown(deadline: .zero)
            if version == "1.0" {
                #expect(throws: RawClient.Failed.self) { try client.readToEnd() }
            } else {
                let rest = try client.readToEnd()
                #expect(rest.isEmpty || rest == Array("\r\n".utf8), "no last chunk")
            }
            gate.open()
        }
    }

    @Test("wait for a client that does not read, and go on when it does")
    func backPressure() async throws {
        let written = Flag()
        let piece = [UInt8](repeating: 120, count: 64 * 1024)
        let handler = streaming { writer in
            for _ in 0..<500 {
                try await writer.write(piece)
                written.raise()
            }
        }
        try await withServer(handler: handler) { _, address in
            let client = try RawClient(address, receiveBuffer: 8192)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            // The producer stops when the socket is full: wait until the count stays.
            var last = -1
            var still = 0
            #expect(
                await eventually {
                    still = written.count == last ? still + 1 : 0
                    last = written.count
                    return last > 0 && still > 30
                }
            )
            #expect(last < 500)
            #expect(try client.answer().body.count == 500 * piece.count)
            #expect(await eventually { written.count == 500 })
        }
    }

    @Test("may take longer than a handler")
    func longerThanHandler() async throws {
        let handler = streaming { writer in
            for _ in 0..<10 {
                try await Task.sleep(for: .milliseconds(30))
                try await writer.write(Array("x".utf8))
            }
        }
        try await withServer({ $0.handlerTimeout = .milliseconds(100) }, handler: handler) { _, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().text == "xxxxxxxxxx")
        }
    }

    @Test("are cancelled when the client leaves, even while nothing is written", arguments: ["close", "half", "reset"])
    func clientLeaves(way: String) async throws {
        let (cancelled, refused) = (Flag(), Flag())
        let handler = streaming { writer in
            try await writer.write(Array("hello".utf8))
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.raise() }
            do { try await writer.write(Array("again".utf8)) } catch let error as HTTPServerError {
                if error.code == .clientGone { refused.raise() }
            }
        }
        try await withServer(handler: handler) { server, address in
            var client: RawClient? = try RawClient(address)
            client?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client?.read(until: "hello\r\n")
            switch way {
            case "close": client = nil
            case "half": client?.finishSending()
            default: client?.reset()
            }
            #expect(await eventually { cancelled.isRaised })
            #expect(await eventually { refused.isRaised })
            #expect(await eventually { server.statistics.openConnections == 0 })
        }
    }

    @Test("fail a write that waits when the client resets the connection")
    func waitingWriteFails() async throws {
        let failed = Flag()
        let handler = streaming { writer in
            let piece = [UInt8](repeating: 120, count: 1 << 20)
            do { while true { try await writer.write(piece) } } catch { failed.raise() }
        }
        try await withServer(handler: handler) { _, address in
            let client = try RawClient(address, receiveBuffer: 8192)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client.read(until: "xxx")
            client.reset()
            #expect(await eventually { failed.isRaised })
        }
    }

    @Test("can be written by several tasks at once")
    func concurrentWriters() async throws {
        let handler = streaming { writer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for letter in "abcdefgh".utf8 {
                    group.addTask { for _ in 0..<50 { try await writer.write([UInt8](repeating: letter, count: 500)) } }
                }
                try await group.waitForAll()
            }
        }
        try await withServer(handler: handler) { _, address in
            let client = try RawClient(address, receiveBuffer: 8192)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let body = try client.answer().body
            #expect(body.count == 8 * 50 * 500)
            // A piece is never torn apart by another.
            for start in stride(from: 0, to: body.count, by: 500) {
                #expect(Set(body[start..<start + 500]).count == 1)
            }
        }
    }
}
