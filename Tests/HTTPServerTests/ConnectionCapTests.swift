// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@testable import HTTPServer

@Suite("Connections of one address")
struct ConnectionCapTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// As many connections as asked for, each with an answer, so that the server has them.
    private func clients(_ count: Int, _ address: ListenAddress, from source: String? = nil) throws -> [RawClient] {
        try (0..<count).map { _ in
            let client = try RawClient(address, from: source)
            client.send(Self.get)
            #expect(try client.answer().status == 200)
            return client
        }
    }

    /// The reset may be there before the client knows that it is connected.
    private func isReset(_ address: ListenAddress, from source: String? = nil) throws -> Bool {
        let client: RawClient
        do { client = try RawClient(address, from: source) } catch let error as RawClient.Failed
            where error.description == "connect: errno \(ECONNRESET)"
        { return true }
        client.send(Self.get)
        return (try? client.answer()) == nil
    }

    @Test("over the cap are reset, over all loops, while other addresses are served")
    func perAddress() async throws {
        let limits: (inout HTTPServerConfiguration) -> Void = {
            $0.maxConnectionsPerAddress = 5
            $0.loops = 4
        }
        try await withServer(limits) { server, address in
            var open = try clients(5, address)
            for _ in 0..<10 { #expect(try isReset(address)) }
            #expect(server.statistics.refused.tooManyOfAddress == 10)
            // The reset is on its way before the place is given back.
            #expect(await eventually { server.statistics.openConnections == 5 })
            let others = try clients(5, address, from: "127.0.0.2")
            #expect(try isReset(address, from: "127.0.0.2"))

            // One that closes makes room for one.
            open.removeLast()
            #expect(await eventually { server.statistics.openConnections == 9 })
            open += try clients(1, address)
            #expect(try isReset(address))
            withExtendedLifetime(others) {}
        }
    }

    @Test("may be more when the address is one of those that may have more")
    func exempt() async throws {
        let limits: (inout HTTPServerConfiguration) -> Void = {
            $0.maxConnectionsPerAddress = 2
            $0.mayExceedConnectionsPerAddress = { $0 == "127.0.0.1" }
        }
        try await withServer(limits) { server, address in
            let proxy = try clients(10, address)
            let stranger = try clients(2, address, from: "127.0.0.2")
            #expect(try isReset(address, from: "127.0.0.2"))
            #expect(server.statistics.refused.tooManyOfAddress == 1)
            withExtendedLifetime((proxy, stranger)) {}
        }
    }

    @Test("are counted by IPv4 address, also in IPv6 form, and by IPv6 network")
    func keys() throws {
        func key(_ host: String) throws -> AddressKey? { try SocketAddress(.ip(host, port: 1)).key }
        #expect(try key("192.0.2.1") == key("::ffff:192.0.2.1"))
        #expect(try key("192.0.2.1") != key("192.0.2.2"))
        #expect(try key("2001:db8:1:2::1") == key("2001:db8:1:2:3:4:5:6"))
        #expect(try key("2001:db8:1:2::1") != key("2001:db8:1:3::1"))
        #expect(try SocketAddress(.unix(path: "/a")).key == nil)
    }

    @Test("a peer's address is IPv4 when a dual-stack socket shows it in IPv6 form")
    func host() throws {
        #expect(try SocketAddress(.ip("::ffff:192.0.2.1", port: 1)).host == "192.0.2.1")
        #expect(try SocketAddress(.ip("2001:db8::1", port: 1)).host == "2001:db8::1")
        #expect(try SocketAddress(.ip("192.0.2.255", port: 1)).host == "192.0.2.255")
    }

    @Test("are counted right by many threads at once")
    func counts() async {
        let counts = AddressCounts()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<10_000 {
                        _ = counts.add(number % 100)
                        if task % 2 == 0 { counts.remove(number % 100) }
                    }
                }
            }
        }
        // Four tasks have left a hundred each of every key; strangers that share both counters are possible, not likely.
        let exact = (0..<100).count { counts.add($0) == 401 }
        #expect(exact >= 98)
        #expect((0..<100).allSatisfy { counts.add($0) >= 402 })
        #expect(counts.add("another") < 10)
    }
}
