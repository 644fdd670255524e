// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Testing

@testable import Ingest
@testable import Journal

@Suite("Requests of one sender behind a proxy")
struct SenderLoadTests {
    private func address(_ text: String) throws -> Address { try #require(Address(text)) }

    /// Whether one more request is taken while `count` others are in hand.
    private func takes(_ load: SenderLoad, _ sender: Address, peer: String, inHand count: Int) async -> Bool {
        do {
            return try await load.counting(sender, peer: peer) { () async throws(RefusedRequest) in
                count == 0 ? true : await takes(load, sender, peer: peer, inHand: count - 1)
            }
        } catch {
            return false
        }
    }

    @Test("are taken up to the limit, and again when one of them is answered")
    func limit() async throws {
        let load = SenderLoad(limit: 3)
        let sender = try address("192.0.2.1")
        #expect(await takes(load, sender, peer: "10.0.0.1", inHand: 2))
        #expect(await !takes(load, sender, peer: "10.0.0.1", inHand: 3))
        #expect(await takes(load, sender, peer: "10.0.0.1", inHand: 2))
    }

    @Test("are not counted without a proxy: connections are")
    func direct() async throws {
        #expect(await takes(SenderLoad(limit: 1), try address("192.0.2.1"), peer: "192.0.2.1", inHand: 9))
        #expect(await takes(SenderLoad(limit: nil), try address("192.0.2.1"), peer: "10.0.0.1", inHand: 9))
    }

    @Test("of other senders do not count, and those of one IPv6 network do")
    func others() async throws {
        let load = SenderLoad(limit: 1)
        func nested(_ first: String, _ second: String) async throws -> Bool {
            let (first, second) = (try address(first), try address(second))
            do {
                return try await load.counting(first, peer: "10.0.0.1") { () async throws(RefusedRequest) in
                    await takes(load, second, peer: "10.0.0.1", inHand: 0)
                }
            } catch {
                return false
            }
        }
        #expect(try await nested("192.0.2.1", "192.0.2.2"))
        #expect(try await nested("2001:db8:1:2::1", "2001:db8:1:3::1"))
        #expect(try await !nested("2001:db8:1:2::1", "2001:db8:1:2::2"))
    }

    @Test("over the limit are answered 503 with Retry-After, for the forwarded address only")
    func answer() async throws {
        let refused = RefusedRequest.addressOverloaded.problem.response
        #expect(refused.status.code == 503)
        #expect(refused.headers["Retry-After"] == "1")
    }

    @Test("a request of which few bytes are kept counts for the journal's queue with all that it holds")
    func holdsRequest() async throws {
        let test = try TestIngest { $0.maxPendingBytes = 100_000 }
        let ingest = test.ingest()
        let blanks = String(repeating: " ", count: 60_000)
        let waiting = try await test.whileNobodyWrites {
            let first = Task { await ingest.handle(.events(Sample.envelope("e1") + blanks)) }
            try await test.waitForPending(1)
            let refused = await ingest.handle(.events(Sample.envelope("e2") + blanks))
            #expect(refused.status.code == 503)
            let small = Task { await ingest.handle(.events(Sample.envelope("e3"))) }
            try await test.waitForPending(2)
            return [first, small]
        }
        for task in waiting { #expect(await task.value.status.code == 202) }
        await test.journal.close()
    }

    @Test("over sockets: one address too many waits for nobody, another address is served, and both again afterwards")
    func sockets() async throws {
        let test = try TestIngest()
        let ingest = test.ingest(proxies: ["127.0.0.0/8"], maxRequestsPerAddress: 1)
        @Sendable func request(_ id: String, from address: String) -> [UInt8] {
            let body = Sample.envelope(id)
            return Array(
                """
                POST /v1/events HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \(address)\r\nConnection: close\r\n\
                Content-Length: \(body.utf8.count)\r\n\r\n\(body)
                """.utf8
            )
        }
        try await test.withWebhook(ingest) { post in
            let waiting = try await test.whileNobodyWrites {
                let first = Task { await post(request("e1", from: "192.0.2.1")) }
                try await test.waitForPending(1)
                let tooMany = await post(request("e2", from: "192.0.2.1"))
                #expect(tooMany.hasPrefix("HTTP/1.1 503 "), "\(tooMany)")
                #expect(tooMany.lowercased().contains("\r\nretry-after: 1\r\n"), "\(tooMany)")
                let other = Task { await post(request("e3", from: "192.0.2.2")) }
                try await test.waitForPending(2)
                return [first, other]
            }
            for task in waiting { #expect(await task.value.hasPrefix("HTTP/1.1 202 ")) }
            #expect(await post(request("e2", from: "192.0.2.1")).hasPrefix("HTTP/1.1 202 "))
        }
        #expect(try await test.stored().count == 3)
        await test.journal.close()
    }
}

extension TestIngest {
    /// Returns when so many entries wait to be written, or after ten seconds.
    fileprivate func waitForPending(_ count: Int) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(10))
        while try journal.writable().pending != count, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
