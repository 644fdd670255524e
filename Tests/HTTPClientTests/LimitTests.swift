// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Synchronization
import Testing

@Suite("HTTPClient limits", .timeLimit(.minutes(1)))
struct LimitTests {
    private static let silent: @Sendable (RawServer.Connection) -> Void = { $0.waitForEnd() }

    @Test("a silent server ends in a timeout and its connection is closed")
    func silentServer() async throws {
        try await withServer(Self.silent) { (client, server) async throws in
            let error = await failure(client, ClientRequest(url: server.url, timeout: .milliseconds(100)))
            #expect(error?.code == .timeout)
            #expect(error?.message == "127.0.0.1:\(server.port): no answer within 0.1 seconds")
            await eventually("the connection stayed open") { server.live == 0 }
        }
    }

    @Test("bytes that keep coming do not extend the timeout")
    func slowAnswer() async throws {
        try await withServer({ connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while connection.write("x") { usleep(5_000) }
        }) { (client, server) async throws in
            let error = await failure(client, ClientRequest(url: server.url, timeout: .milliseconds(200)))
            #expect(error?.code == .timeout)
            #expect(error?.message.contains("no complete answer") == true)
        }
    }

    @Test("the time a call waits for a free connection counts")
    func waitingCounts() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.maxConnectionsPerHost = 1
        try await withServer(Self.silent, configuration: configuration) { (client, server) async throws in
            let first = Task { try? await client.send(ClientRequest(url: server.url)) }
            await eventually("the first call never connected") { server.live == 1 }
            let error = await failure(client, ClientRequest(url: server.url, timeout: .milliseconds(100)))
            #expect(error?.code == .timeout)
            #expect(error?.message.contains("no free connection") == true)
            first.cancel()
            #expect(await first.value == nil)
        }
    }

    @Test("a host that does not take the connection ends in the connect timeout")
    func connectTimeout() async throws {
        // A full accept queue drops further handshakes, as a firewall would.
        let (listener, port) = try RawServer.listen(backlog: 0)
        defer { close(listener) }
        let fillers = (1...4).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0) }
        defer { for filler in fillers { close(filler) } }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        for filler in fillers {
            _ = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(filler, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        var configuration = HTTPClient.Configuration()
        configuration.connectTimeout = .milliseconds(150)
        try await withClient(configuration) { (client) async throws in
            let error = await failure(client, ClientRequest(url: "http://127.0.0.1:\(port)/", timeout: .seconds(30)))
            #expect(error?.code == .timeout)
            #expect(error?.message.contains("127.0.0.1:\(port)") == true)
        }
    }

    @Test(
        "an answer of exactly the limit is taken, one byte more is not",
        arguments: [(5, true), (4, false), (0, false)]
    )
    func bodyLimit(limit: Int, fits: Bool) async throws {
        try await withServer(RawServer.echoing("12345")) { (client, server) async throws in
            let request = ClientRequest(url: server.url, maxResponseBytes: limit)
            if fits {
                #expect(try await client.send(request).text == "12345")
            } else {
                #expect(await failure(client, request)?.code == .bodyTooLarge)
            }
        }
    }

    @Test("an endless answer ends at the limit, and so does its connection")
    func endlessBody() async throws {
        try await withServer({ connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while connection.write("400\r\n\(String(repeating: "x", count: 0x400))\r\n") {}
        }) { (client, server) async throws in
            let error = await failure(client, ClientRequest(url: server.url, maxResponseBytes: 100_000))
            #expect(error?.code == .bodyTooLarge)
            await eventually("the connection stayed open") { server.live == 0 }
        }
    }

    @Test("cancelling the task ends the transfer")
    func cancellation() async throws {
        try await withServer(Self.silent) { (client, server) async throws in
            let task = Task { await failure(client, ClientRequest(url: server.url)) }
            await eventually("the call never connected") { server.live == 1 }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            await eventually("the connection stayed open") { server.live == 0 }
        }
    }

    @Test("a task that is already cancelled gets no answer")
    func cancelledBefore() async throws {
        try await withServer(Self.silent) { (client, server) async throws in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return await failure(client, ClientRequest(url: server.url))
            }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
        }
    }

    @Test("cancelling at any moment leaves no call without an outcome")
    func cancellationRaces() async throws {
        try await withServer(RawServer.echoing()) { (client, server) async throws in
            for _ in 1...300 {
                let task = Task { try? await client.send(ClientRequest(url: server.url)).status }
                for _ in 0..<Int.random(in: 0...8) { await Task.yield() }
                task.cancel()
                let status = await task.value
                #expect(status == nil || status == 200)
            }
            #expect(try await client.send(ClientRequest(url: server.url)).text == "ok")
        }
    }

    @Test("shutdown closes calls under way, waiting ones and later ones")
    func shutdown() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.maxConnectionsPerHost = 2
        try await withServer(Self.silent, configuration: configuration) { (client, server) async throws in
            let calls = (1...10).map { _ in Task { await failure(client, ClientRequest(url: server.url)) } }
            await eventually("the calls never connected") { server.live == 2 }
            await client.shutdown()
            for call in calls { #expect(await call.value?.code == .closed) }
            #expect(await failure(client, ClientRequest(url: server.url))?.code == .closed)
            await client.shutdown()
            await eventually("a connection stayed open") { server.live == 0 }
        }
    }

    @Test("a released client closes its kept connections")
    func release() async throws {
        let server = try RawServer(script: RawServer.echoing())
        defer { server.stop() }
        do {
            let client = try HTTPClient(logger: quiet)
            #expect(try await client.send(ClientRequest(url: server.url)).text == "ok")
            #expect(server.live == 1)
        }
        await eventually("the connection stayed open") { server.live == 0 }
    }
}
