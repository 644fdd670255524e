// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Glibc
import Testing

@testable import HTTPServer

@Suite("The life of a server")
struct HTTPServerLifeTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("while it drains it answers new connections, closes after each answer and closes idle connections")
    func drain() async throws {
        try await withServer { server, address in
            let idle = try RawClient(address)
            idle.send(Self.get)
            #expect(try idle.answer().fields["connection"] == nil)
            let fresh = try RawClient(address)
            #expect(await eventually { server.statistics.openConnections == 2 })
            server.beginDrain()
            #expect(try idle.readToEnd().isEmpty)
            fresh.send(Self.get)
            #expect(try fresh.answer().fields["connection"] == "close")
            let new = try RawClient(address)
            new.send(Self.get)
            let answer = try new.answer()
            #expect(answer.status == 200)
            #expect(answer.fields["connection"] == "close")
            #expect(try new.readToEnd().isEmpty)
        }
    }

    @Test("shutdown lets requests in flight finish, refuses new connections and may be called again")
    func shutdown() async throws {
        let (gate, started) = (Gate(), Flag())
        let handler: HTTPHandler = { _ in
            started.raise()
            try? await gate.pass()
            return .text("finished")
        }
        try await withServer(handler: handler) { server, address in
            let busy = try RawClient(address)
            busy.send(Self.get)
            let idle = try RawClient(address)
            #expect(await eventually { started.isRaised && server.statistics.openConnections == 2 })
            async let first: Void = server.shutdown(deadline: .seconds(30))
            async let second: Void = server.shutdown(deadline: .seconds(30))
            #expect(try idle.readToEnd().isEmpty)
            #expect(await eventually { (try? RawClient(address)) == nil })
            gate.open()
            let answer = try busy.answer()
            #expect(answer.text == "finished")
            #expect(answer.fields["connection"] == "close")
            #expect(try busy.readToEnd().isEmpty)
            _ = await (first, second)
            await server.shutdown(deadline: .zero)
            #expect(server.statistics.openConnections == 0)
            #expect(server.statistics.requests == 1)
        }
    }

    @Test("shutdown finishes a request that is half received")
    func shutdownHalfReceived() async throws {
        try await withServer { server, address in
            let client = try RawClient(address)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.answer().status == 100)
            async let end: Void = server.shutdown(deadline: .seconds(30))
            #expect(await eventually { (try? RawClient(address)) == nil })
            client.send("1234")
            #expect(try client.answer().status == 200)
            #expect(try client.readToEnd().isEmpty)
            await end
        }
    }

    @Test(
        "shutdown gives a client that has connected and not yet spoken a moment to do so, and closes one that does not"
    )
    func shutdownFresh() async throws {
        try await withServer({ $0.lingerTimeout = .seconds(5) }) { server, address in
            let (prompt, silent) = (try RawClient(address), try RawClient(address))
            #expect(await eventually { server.statistics.openConnections == 2 })
            async let end: Void = server.shutdown(deadline: .seconds(60))
            #expect(await eventually { (try? RawClient(address)) == nil })
            prompt.send(Self.get)
            let answer = try prompt.answer()
            #expect(answer.status == 200)
            #expect(answer.fields["connection"] == "close")
            #expect(try silent.readToEnd().isEmpty)
            prompt.finishSending()
            await end
        }
    }

    @Test("shutdown closes what is not finished at its deadline, and the handler that ignores it ends elsewhere")
    func shutdownDeadline() async throws {
        let (gate, started, ended) = (Gate(), Flag(), Flag())
        let handler: HTTPHandler = { _ in
            started.raise()
            // Deaf to cancellation.
            await Task.detached { try? await gate.pass() }.value
            ended.raise()
            return .text("nobody reads this")
        }
        try await withServer(handler: handler) { server, address in
            let client = try RawClient(address)
            client.send(Self.get)
            #expect(await eventually { started.isRaised })
            await server.shutdown(deadline: .milliseconds(50))
            #expect(try client.readToEnd().isEmpty)
            #expect(!ended.isRaised)
            gate.open()
            #expect(await eventually { ended.isRaised })
        }
    }

    @Test("shutdown cancels streams at once, and they may say goodbye")
    func shutdownStream() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                status: HTTPStatus(200),
                body: .stream { writer in
                    try await writer.write(Array("hello".utf8))
                    try? await Task.sleep(for: .seconds(60))
                    try await writer.write(Array("bye".utf8))
                }
            )
        }
        try await withServer(handler: handler) { server, address in
            let client = try RawClient(address)
            client.send(Self.get)
            _ = try client.read(until: "hello\r\n")
            async let end: Void = server.shutdown(deadline: .seconds(30))
            #expect(try client.read(until: "0\r\n\r\n") == "3\r\nbye\r\n0\r\n\r\n")
            #expect(try client.readToEnd().isEmpty)
            await end
        }
    }

    @Test("a shutdown without a start does nothing, and statistics stay after the end")
    func withoutStart() async throws {
        let server = HTTPServer(configuration: .init(), logger: .silent) { _ in .text("") }
        await server.shutdown(deadline: .seconds(1))
        #expect(server.statistics == HTTPServer.Statistics())
    }

    @Test("a server that is let go of closes its port")
    func letGo() async throws {
        func start() async throws -> ListenAddress {
            let server = HTTPServer(configuration: .init(), logger: .silent) { _ in .text("") }
            return try #require(try await server.start().first)
        }
        let address = try await start()
        #expect(await eventually { (try? RawClient(address)) == nil })
    }

    @Test("an address in use is an error that names it and says what to do")
    func addressInUse() async throws {
        try await withServer { _, address in
            var configuration = HTTPServerConfiguration()
            configuration.listen = [.ip("127.0.0.1", port: 0), address]
            let second = HTTPServer(configuration: configuration, logger: .silent) { _ in .text("") }
            let error = await #expect(throws: HTTPServerError.self) { _ = try await second.start() }
            #expect(error?.code == .addressInUse)
            #expect(error?.systemError == EADDRINUSE)
            #expect(error?.message.contains("\(address)") == true)
            #expect(error?.message.contains("another process listens there") == true)
        }
    }

    @Test(
        "an impossible address is an error that says what to do",
        arguments: [
            (ListenAddress.ip("localhost", port: 0), HTTPServerError.Code.invalidAddress),
            (.ip("", port: 0), .invalidAddress), (.ip("127.0.0.1", port: 65536), .invalidAddress),
            (.ip("127.0.0.1", port: -1), .invalidAddress), (.ip("192.0.2.1", port: 0), .addressNotAvailable),
        ]
    )
    func impossibleAddress(address: ListenAddress, code: HTTPServerError.Code) async throws {
        var configuration = HTTPServerConfiguration()
        configuration.listen = [address]
        let server = HTTPServer(configuration: configuration, logger: .silent) { _ in .text("") }
        let error = await #expect(throws: HTTPServerError.self) { _ = try await server.start() }
        #expect(error?.code == code)
    }

    @Test("a second start is an error, and the server goes on")
    func startedTwice() async throws {
        try await withServer { server, address in
            let error = await #expect(throws: HTTPServerError.self) { _ = try await server.start() }
            #expect(error?.code == .alreadyStarted)
            let client = try RawClient(address)
            client.send(Self.get)
            #expect(try client.answer().status == 200)
        }
    }

    @Test("a port can be listened on again right after the end of a server")
    func restart() async throws {
        let address = try await withServer { _, address in
            let client = try RawClient(address)
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try client.answer().status == 200)
            return address
        }
        try await withServer({ $0.listen = [address] }) { _, again in #expect(again == address) }
    }

    @Test("several addresses are served by all loops")
    func severalAddresses() async throws {
        var configuration = HTTPServerConfiguration()
        configuration.listen = [.ip("127.0.0.1", port: 0), .ip("::1", port: 0)]
        configuration.loops = 3
        let server = HTTPServer(configuration: configuration, logger: .silent) { .text($0.remoteAddress) }
        let addresses = try await server.start()
        #expect(addresses.count == 2)
        for (address, peer) in zip(addresses, ["127.0.0.1", "::1"]) {
            for _ in 0..<10 {
                let client = try RawClient(address)
                client.send(Self.get)
                #expect(try client.answer().text == peer)
            }
        }
        await server.shutdown(deadline: .seconds(1))
    }
}
