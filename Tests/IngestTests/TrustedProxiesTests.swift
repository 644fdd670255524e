// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Journal
import Logging
import Synchronization
import Testing

@testable import Ingest

@Suite("Proxies that are trusted")
struct TrustedProxiesTests {
    private func sender(_ forwarded: [String], from address: String, trusting blocks: [String]) -> Address? {
        var headers = HTTPHeaders()
        for value in forwarded { headers.append(name: "X-Forwarded-For", value: value) }
        let request = HTTPRequest(method: .post, target: "/", headers: headers, remoteAddress: address)
        return TrustedProxies(blocks.compactMap(AddressBlock.init)).sender(of: request)
    }

    @Test(
        "the last hop that is no proxy of ours is the sender",
        arguments: [
            (["198.51.100.7"], "198.51.100.7"), (["203.0.113.1, 198.51.100.7"], "198.51.100.7"),
            (["203.0.113.1", "198.51.100.7,10.0.0.9"], "198.51.100.7"), (["198.51.100.7:4711"], "198.51.100.7"),
            (["[2001:db8::1]:443"], "2001:db8::1"), ([" 2001:db8::1 "], "2001:db8::1"), ([], "10.0.0.1"),
            (["10.0.0.3, 10.0.0.2"], "10.0.0.3"), (["not an address, 198.51.100.7"], "198.51.100.7"),
            (["192.0.2.1", "198.51.100.7", "10.0.0.3", "10.0.0.2"], "198.51.100.7"), (["[2001:db8::1]"], "2001:db8::1"),
            (["::ffff:198.51.100.7"], "198.51.100.7"), (["198.51.100.7, ::ffff:10.0.0.2"], "198.51.100.7"),
            (["198.51.100.7,\t10.0.0.2:65535\t"], "198.51.100.7"), (["fe80::1%eth0"], "fe80::1"),
        ]
    )
    func sender(forwarded: [String], expected: String) {
        #expect(sender(forwarded, from: "10.0.0.1", trusting: ["10.0.0.0/8"])?.description == expected)
    }

    @Test("Forwarded is not believed: the proxy that wrote X-Forwarded-For lets it through as the sender made it")
    func forwarded() {
        let request = HTTPRequest(
            method: .post,
            target: "/",
            headers: ["Forwarded": "for=192.0.2.1", "X-Forwarded-For": "198.51.100.7"],
            remoteAddress: "::ffff:10.0.0.1"
        )
        let proxies = TrustedProxies(["10.0.0.0/8"].compactMap(AddressBlock.init))
        #expect(proxies.sender(of: request)?.description == "198.51.100.7")
    }

    @Test(
        "an address is written as everyone writes it",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:DB8:0:0::1", "2001:db8::1"),
            ("::", "::"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("fe80::1%eth0", "fe80::1"),
        ]
    )
    func text(written: String, expected: String) {
        #expect(Address(written)?.description == expected)
    }

    @Test("what a stranger says of others is not believed")
    func stranger() {
        #expect(sender(["10.0.0.2"], from: "192.0.2.1", trusting: ["10.0.0.0/8"]) == Address("192.0.2.1"))
        #expect(sender(["10.0.0.2"], from: "192.0.2.1", trusting: []) == Address("192.0.2.1"))
    }

    @Test(
        "a hop that is no address is nobody",
        arguments: [
            "unknown", "198.51.100.7, ", "198.51.100.7,", "", "[2001:db8::1", "_x", "[2001:db8::1]x", "[2001:db8::1]:x",
            "198.51.100.7:", "198.51.100.7:http", "198.51.100.7:123456", "[198.51.100.7]", "[198.51.100.7]:80", ":80",
            "198.51.100.7 10.0.0.3", "\"198.51.100.7\"", "for=198.51.100.7", "010.0.0.1", "198.51.100.7/24",
        ]
    )
    func nobody(forwarded: String) {
        #expect(sender([forwarded + ",10.0.0.2"], from: "10.0.0.1", trusting: ["10.0.0.0/8"]) == nil)
    }

    @Test("the source list sees the sender behind the proxy")
    func throughIngest() async throws {
        let test = try TestIngest()
        var configuration = Ingest.Configuration(authentication: [])
        configuration.allowedSources = ["198.51.100.0/24"]
        configuration.trustedProxies = ["10.0.0.1"]
        let ingest = Ingest(configuration: configuration, journal: test.journal, logger: Logger(label: "test")) {
            test.time.withLock { $0 }
        }
        func status(_ forwarded: String) async -> Int {
            let headers: HTTPHeaders = ["Content-Type": "application/json", "X-Forwarded-For": forwarded]
            return await ingest.handle(.events(Sample.presence(), headers: headers, from: "10.0.0.1")).status.code
        }
        #expect(await status("198.51.100.7") == 202)
        #expect(await status("198.51.100.7, 192.0.2.1") == 403)
        #expect(await status("unknown") == 403)
        await test.journal.close()
    }
}
