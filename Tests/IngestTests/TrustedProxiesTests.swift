// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Testing

@testable import Ingest

@Suite("TrustedProxies")
struct TrustedProxiesTests {
    private let proxies = TrustedProxies(["10.0.0.0/8", "::1"].compactMap(AddressBlock.init))

    private func sender(_ peer: String, _ forwarded: String...) -> String {
        var request = HTTPRequest(method: .post, target: "/", remoteAddress: peer)
        for value in forwarded { request.headers.append(name: "X-Forwarded-For", value: value) }
        return proxies.sender(of: request)
    }

    @Test("a peer that is no trusted proxy is itself the sender, whatever it claims")
    func untrusted() {
        #expect(sender("192.0.2.1", "198.51.100.7") == "192.0.2.1")
    }

    @Test("behind proxies, the first address from the right that no trusted proxy owns is the sender")
    func rightToLeft() {
        #expect(sender("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2") == "198.51.100.7")
        #expect(sender("10.0.0.1", "203.0.113.9", "198.51.100.7,10.0.0.2") == "198.51.100.7")
        #expect(sender("::1", "198.51.100.7") == "198.51.100.7")
    }

    @Test("without a list, or with only proxies in it, the farthest proxy is the sender")
    func onlyProxies() {
        #expect(sender("10.0.0.1") == "10.0.0.1")
        #expect(sender("10.0.0.1", "10.0.0.3, 10.0.0.2") == "10.0.0.3")
    }

    @Test("what is no address is nobody's")
    func malformed() {
        #expect(sender("10.0.0.1", "198.51.100.7, unknown") == "unknown")
    }
}
