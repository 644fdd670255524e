// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Synchronization

/// How much there is of each address at the moment, over all threads and without a lock: connections, or requests.
///
/// A count-min sketch (Cormode and Muthukrishnan, 2005): two rows of counters, each address has one in both rows, and the
/// smaller one is its count. It is never less than the truth, and more only when strangers share both counters, which
/// nobody can bring about: the hashes differ from process to process. The memory does not grow with the addresses.
public final class AddressCounts: Sendable {
    private static let width = 8192

    /// `2 * width` counters that are initialised in `init`, live until `deinit`, and are atomic.
    nonisolated(unsafe) private let counters: UnsafeMutablePointer<Atomic<Int>>

    /// Nothing is counted yet.
    public init() {
        counters = .allocate(capacity: 2 * Self.width)
        for index in 0..<2 * Self.width { (counters + index).initialize(to: Atomic(0)) }
    }

    deinit {
        counters.deinitialize(count: 2 * Self.width)
        counters.deallocate()
    }

    /// Counts one more, and returns how many there are now.
    public func add(_ key: some Hashable) -> Int {
        let (first, second) = places(of: key)
        return min(
            counters[first].add(1, ordering: .relaxed).newValue,
            counters[second].add(1, ordering: .relaxed).newValue
        )
    }

    /// Takes back one `add` of the same key.
    public func remove(_ key: some Hashable) {
        let (first, second) = places(of: key)
        counters[first].subtract(1, ordering: .relaxed)
        counters[second].subtract(1, ordering: .relaxed)
    }

    private func places(of key: some Hashable) -> (Int, Int) {
        // The seed of Swift's hashes is chosen anew in every process; both halves of one are independent enough.
        var hasher = Hasher()
        hasher.combine(key)
        let hash = UInt(bitPattern: hasher.finalize())
        return (Int(hash % UInt(Self.width)), Self.width + Int((hash >> 32) % UInt(Self.width)))
    }
}

/// Whose connections are counted together: an IPv4 address, or the first 64 bits of an IPv6 one, for a single customer has
/// at least so many (RFC 6177).
struct AddressKey: Hashable {
    let bits: UInt64
}
