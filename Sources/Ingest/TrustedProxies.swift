// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// Where a request comes from when proxies of one's own stand before the relay.
///
/// Every proxy appends the address it took the request from to `X-Forwarded-For`, so the list is read from its end: the
/// first address that is no proxy of ours is the sender. What stands before it anybody may have written. `Forwarded`
/// (RFC 7239) is not looked at: a proxy that writes one of the two fields lets the other through as the sender made it.
struct TrustedProxies: Sendable {
    private let blocks: [AddressBlock]

    init(_ blocks: [AddressBlock]) { self.blocks = blocks }

    /// The sender's address; `nil` when a trusted proxy names one that is none.
    func sender(of request: HTTPRequest) -> Address? {
        guard var sender = Address(request.remoteAddress) else { return nil }
        guard !blocks.isEmpty else { return sender }
        // Several fields are one list (RFC 9110 section 5.3). An element without an address is kept, for it says that a
        // proxy did not know where the request came from, and what stands before it is then nobody's word.
        let hops = request.headers.all("X-Forwarded-For").flatMap {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        for hop in hops.reversed() {
            guard blocks.contains(where: { $0.contains(sender) }) else { return sender }
            guard let before = Address(forwarded: hop) else { return nil }
            sender = before
        }
        return sender
    }
}

extension Address {
    /// One element of `X-Forwarded-For`: an address, an IPv6 one in brackets or not, and with some proxies a port.
    init?(forwarded element: Substring) {
        var text = element.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let port = text[text.index(after: end)...]
            guard port.isEmpty || Self.isPort(port) else { return nil }
            text = text[text.index(after: text.startIndex)..<end]
            // `[192.0.2.1]` is nobody's way of writing an address.
            guard text.contains(":") else { return nil }
        } else if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
            guard Self.isPort(text[colon...]) else { return nil }
            text = text[..<colon]
        }
        self.init(String(text))
    }

    /// `:4711`
    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.dropFirst().utf8
        return text.first == ":" && (1...5).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
