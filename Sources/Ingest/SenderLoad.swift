// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// How many requests of one sender behind a trusted proxy are in hand at once, so that one of them cannot have all of the
/// journal's queue. A sender without a proxy before it is bounded by its connections, each with one request at a time.
struct SenderLoad: Sendable {
    private let limit: Int?
    private let requests = AddressCounts()

    /// `nil` = no limit.
    init(limit: Int?) { self.limit = limit }

    /// `body` as one request of the sender, or the refusal when it has as many as it may have.
    func counting<R>(
        _ sender: Address,
        peer: String,
        _ body: () async throws(RefusedRequest) -> R
    ) async throws(RefusedRequest) -> R {
        guard let limit, sender != Address(peer) else { return try await body() }
        // As for connections: a single customer has at least 64 bits of IPv6 (RFC 6177).
        let key = sender.bitCount == 32 ? sender.bits : sender.bits >> 64
        let now = requests.add(key)
        defer { requests.remove(key) }
        guard now <= limit else { throw .addressOverloaded }
        return try await body()
    }
}
