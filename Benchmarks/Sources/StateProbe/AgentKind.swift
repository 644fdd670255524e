// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Journal
import Pipeline
import Probing

/// An agent of the measurement, made by events as Genesys sends them.
enum AgentKind: String {
    /// Everything is known that there is beside conversations: presence, routing status, adherence with the next
    /// activities, out of office, five queues. No conversation, and no wish ever.
    case idle
    /// The same after a call that is over and forgotten, during which a rule has set a status and put it back.
    case settled
    /// The same, On Queue, in a call with twenty attributes and in a chat.
    case busy

    /// The record of the agent with this number.
    func record(_ number: Int, _ world: StateWorld) -> AgentRecord {
        var record = AgentRecord(id: EventBodies.agent(number))
        var events = Events(number)
        var decoder = NotificationDecoder()
        func take(_ body: String) {
            guard let received = try? decoder.decode(Array(body.utf8)).first else { return }
            world.take(received.notification, &record)
        }
        for body in events.idle { take(body) }
        switch self {
        case .idle: break
        case .settled:
            take(events.call(state: "connected", flag: "Break"))
            world.confirm(&record)
            take(events.call(state: "terminated", flag: "Break"))
            world.confirm(&record)
            world.pass(.seconds(700), &record)
        case .busy:
            take(events.call(state: "connected", flag: ""))
            take(events.chat())
        }
        return record
    }
}
