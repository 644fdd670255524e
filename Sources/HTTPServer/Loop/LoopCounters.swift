// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Synchronization

/// What one loop counts; written by its thread, read by anyone.
final class LoopCounters: Sendable {
    let accepted = Atomic<Int>(0)
    let requests = Atomic<Int>(0)
    let tlsFailures = Atomic<Int>(0)
    let acceptPauses = Atomic<Int>(0)
    let malformed = Atomic<Int>(0)
    let targetTooLong = Atomic<Int>(0)
    let headerTooLarge = Atomic<Int>(0)
    let bodyTooLarge = Atomic<Int>(0)
    let unsupported = Atomic<Int>(0)
    let requestTimeout = Atomic<Int>(0)
    let handlerTimeout = Atomic<Int>(0)
    let overloaded = Atomic<Int>(0)
    let outOfDescriptors = Atomic<Int>(0)
    let tooManyOfAddress = Atomic<Int>(0)

    func count(_ kind: RequestFailure.Kind) {
        switch kind {
        case .malformed: Self.add(malformed)
        case .targetTooLong: Self.add(targetTooLong)
        case .headerTooLarge: Self.add(headerTooLarge)
        case .bodyTooLarge: Self.add(bodyTooLarge)
        case .unsupported: Self.add(unsupported)
        case .requestTimeout: Self.add(requestTimeout)
        case .handlerTimeout: Self.add(handlerTimeout)
        case .overloaded: Self.add(overloaded)
        }
    }

    /// Only one thread writes, so a load and a store are enough and cost no locked instruction.
    static func add(_ counter: borrowing Atomic<Int>) {
        counter.store(counter.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }
}

/// What all loops of a server share.
final class SharedState: Sendable {
    /// Connections open or about to be accepted, over all loops: the cap is for the server.
    let openConnections = Atomic<Int>(0)
    /// Content of requests that are not complete, over all loops.
    let unfinishedBytes = Atomic<Int>(0)
    /// Open connections by address, over all loops.
    let connectionsOfAddresses = AddressCounts()
    let isDraining = Atomic<Bool>(false)
    /// The certificate new connections get; replaced by a reload.
    let tls: Mutex<TLSContext?>

    init(tls: TLSContext?) { self.tls = Mutex(tls) }
}
