// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// An event's envelope on its way to the webhook.
struct EventDelivery: Sendable {
    var body: [UInt8]
    var topic: String
    var target: WebhookTarget
    var delay: Duration
}

extension SimulatorState {
    /// What to send for the events since the last call.
    mutating func takeDeliveries() -> [EventDelivery] {
        let events = takeEvents()
        guard let target = webhook else { return [] }
        return events.flatMap { event, delays in
            guard !delays.isEmpty else { return [EventDelivery]() }
            let body = event.envelope(organizationID: organization.id).bytes
            return delays.map {
                EventDelivery(body: body, topic: event.topicName, target: target, delay: .milliseconds($0))
            }
        }
    }
}
