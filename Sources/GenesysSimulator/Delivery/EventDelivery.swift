// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// An event's envelope on its way to the webhook.
struct EventDelivery: Sendable {
    var event: SimulatedEvent
    var organizationID: String
    var target: WebhookTarget
    var delay: Duration

    /// The envelope's text: written when nobody waits for the simulator's lock.
    var body: [UInt8] { event.envelope(organizationID: organizationID).bytes }
}

extension SimulatorState {
    /// What to send for the events since the last call.
    mutating func takeDeliveries() -> [EventDelivery] {
        let events = takeEvents()
        guard let target = webhook else { return [] }
        return events.flatMap { event, delays in
            delays.map {
                EventDelivery(
                    event: event,
                    organizationID: organization.id,
                    target: target,
                    delay: .milliseconds($0)
                )
            }
        }
    }
}
