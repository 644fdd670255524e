// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The last events, for tests and for replaying them.
struct EventLog: Sendable {
    static let capacity = 500

    /// An event that did not go out once and at once.
    struct Mishap: Sendable {
        var event: String
        var topic: String
        var fault: Fault.Kind
        /// Milliseconds until each copy goes out; none = lost.
        var delays: [Int]

        var json: JSONValue {
            object(["id": event, "topicName": topic, "fault": fault.rawValue, "delays": delays])
        }
    }

    static let mishapCapacity = 20_000

    private(set) var mishaps: [Mishap] = []
    private(set) var events: [SimulatedEvent] = []
    private(set) var total = 0

    mutating func append(_ event: SimulatedEvent) {
        total += 1
        events.append(event)
        if events.count > Self.capacity { events.removeFirst(Self.capacity / 4) }
    }

    mutating func note(_ mishap: Mishap) {
        mishaps.append(mishap)
        if mishaps.count > Self.mishapCapacity { mishaps.removeFirst(Self.mishapCapacity / 4) }
    }

    mutating func clear() {
        events = []
        mishaps = []
    }
}
