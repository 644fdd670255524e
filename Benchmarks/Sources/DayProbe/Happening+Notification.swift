// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension Happening {
    /// The snapshot of the agent's call that Genesys sends after it.
    func notification(at time: Timestamp) -> GenesysEvents.Notification {
        let id = GenesysPort.id(Int(agent))
        let isOver = what == .ended || what == .afterCallWorkDone
        var communication = CommunicationSnapshot(
            id: "communication-\(agent)-\(call)",
            media: .call,
            state: what == .alerting ? "alerting" : isOver ? "disconnected" : "connected"
        )
        communication.direction = "inbound"
        communication.held = what == .held
        communication.afterCallWork = isOver ? what == .ended ? "pending" : "complete" : nil
        var participant = ParticipantSnapshot(
            id: "participant-\(agent)-\(call)",
            userID: id,
            purpose: "agent",
            communications: [communication]
        )
        switch flag {
        case .absent: break
        case .set: participant.attributes = ["wfm_status": presence.id]
        case .empty: participant.attributes = ["wfm_status": ""]
        }
        if what == .attribute { participant.attributes["note"] = "changed" }
        return GenesysEvents.Notification(
            topicName: "v2.users.\(id).conversations",
            timestamp: time,
            event: .conversation(
                userID: id,
                ConversationSnapshot(id: "conversation-\(agent)-\(call)", participants: [participant])
            )
        )
    }
}
