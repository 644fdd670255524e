// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The last events, for tests and for replaying them.
struct EventLog: Sendable {
    static let capacity = 500

    private(set) var events: [SimulatedEvent] = []
    private(set) var total = 0

    mutating func append(_ event: SimulatedEvent) {
        total += 1
        events.append(event)
        if events.count > Self.capacity { events.removeFirst(Self.capacity / 4) }
    }

    mutating func clear() { events = [] }
}
