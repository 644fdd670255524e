// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Synchronization
import Testing

@Suite("HTTPClient connections", .timeLimit(.minutes(1)))
struct ConnectionTests {
    @Test("calls one after another share a connection")
    func keepAlive() async throws {
        try await withServer(RawServer.echoing()) { (client, server) async throws in
            for _ in 1...20 { #expect(try await client.send(ClientRequest(url: server.url)).text == "ok") }
            #expect(server.accepted == 1)
        }
    }

    @Test("a kept connection that the server closed is replaced without an error")
    func staleConnection() async throws {
        try await withServer({ connection in
            if connection.readRequest() != nil { connection.answer("ok") }
        }) { (client, server) async throws in
            for _ in 1...5 {
                #expect(try await client.send(ClientRequest(method: "PATCH", url: server.url, body: [1])).text == "ok")
                await eventually("the script did not end") { server.live == 0 }
            }
            #expect(server.accepted == 5)
        }
    }

    @Test("two thousand calls at once share the allowed connections and all are answered")
    func manyConcurrent() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.maxConnectionsPerHost = 3
        try await withServer(
            { connection in
                while let request = connection.readRequest() { connection.answer(request.body) }
            },
            configuration: configuration
        ) { (client, server) async throws in
            let right = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<2000 {
                    group.addTask {
                        let body = Array("body \(index)".utf8)
                        let request = ClientRequest(
                            method: "POST",
                            url: server.url,
                            body: body,
                            timeout: .seconds(60)
                        )
                        return try await client.send(request).body == body
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(right == 2000)
            #expect(server.accepted == 3)
        }
    }

    @Test("a host that hangs does not hold up another")
    func hostsAreIndependent() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.maxConnectionsPerHost = 1
        let hanging = try RawServer { $0.waitForEnd() }
        defer { hanging.stop() }
        try await withServer(RawServer.echoing(), configuration: configuration) { (client, server) async throws in
            let stuck = (1...50).map { _ in Task { try? await client.send(ClientRequest(url: hanging.url)) } }
            await eventually("no call reached the hanging host") { hanging.live > 0 }
            #expect(try await client.send(ClientRequest(url: server.url)).text == "ok")
            for task in stuck { task.cancel() }
            for task in stuck { #expect(await task.value == nil) }
        }
    }

    @Test("a refused connection names the host and hides the query")
    func refused() async throws {
        let (descriptor, port) = try RawServer.listen(backlog: 1)
        close(descriptor)
        try await withClient { (client) async throws in
            let request = ClientRequest(
                url: "http://127.0.0.1:\(port)/path?token=secret",
                headers: [("Authorization", "secret")]
            )
            let error = await failure(client, request)
            #expect(error?.code == .connect)
            #expect(error?.message.contains("127.0.0.1:\(port)") == true)
            #expect(error?.message.contains("refused") == true)
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test("a name without an address is a resolve error")
    func unknownHost() async throws {
        // A label over 63 bytes is refused by the resolver itself, without a question to the network.
        let host = String(repeating: "a", count: 70) + ".invalid"
        try await withClient { (client) async throws in
            let error = await failure(client, ClientRequest(url: "http://\(host)/"))
            #expect(error?.code == .resolve)
            #expect(error?.message.contains(host) == true)
        }
    }

    @Test(
        "a connection that ends early is dropped, not answered",
        arguments: [
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        ]
    )
    func dropped(start: String) async throws {
        try await withServer({ connection in
            guard connection.readRequest() != nil else { return }
            connection.write(start)
        }) { (client, server) async throws in
            let error = await failure(client, ClientRequest(url: server.url))
            #expect(error?.code == .dropped)
            #expect(error?.message.contains("127.0.0.1:\(server.port)") == true)
        }
    }

    @Test("what is not HTTP is an error")
    func garbage() async throws {
        try await withServer({ connection in
            guard connection.readRequest() != nil else { return }
            connection.write("SSH-2.0-OpenSSH_9.2\r\n")
        }) { (client, server) async throws in
            let error = await failure(client, ClientRequest(url: server.url))
            #expect(error?.code == .other, "\(error?.description ?? "")")
        }
    }

    @Test("endless headers end the call")
    func endlessHeaders() async throws {
        try await withServer({ connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\n")
            while connection.write("X-More: \(String(repeating: "x", count: 1000))\r\n") {}
        }) { (client, server) async throws in
            #expect(await failure(client, ClientRequest(url: server.url))?.message.contains("headers") == true)
        }
    }
}
