// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// Whose `X-Forwarded-For` counts.
struct TrustedProxies: Sendable {
    private let blocks: [AddressBlock]

    init(_ blocks: [AddressBlock]) { self.blocks = blocks }

    /// The sender's address: the peer's own, unless the peer is a trusted proxy; then the list is read from the right,
    /// since every proxy appends whom it saw, and the first address that no trusted proxy owns is the sender's.
    ///
    /// What a client wrote itself stands to the left of that and is never believed. An entry that is no address ends
    /// the search: it is returned as it is, and no block contains it.
    func sender(of request: HTTPRequest) -> String {
        guard trusts(request.remoteAddress) else { return request.remoteAddress }
        let hops = request.headers.all("X-Forwarded-For").flatMap { $0.split(separator: ",") }
        var sender = request.remoteAddress
        for hop in hops.reversed() {
            sender = hop.filter { $0 != " " && $0 != "\t" }
            guard trusts(sender) else { break }
        }
        return sender
    }

    private func trusts(_ address: String) -> Bool { blocks.contains { $0.contains(address) } }
}
