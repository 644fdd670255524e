// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// What an agent is beside their conversations.
struct ModelPerson {
    var presence = PresenceObservation()
    var routing = RoutingStatusObservation(status: "OFF_QUEUE")
    var adherence = AdherenceObservation()
    var outOfOffice = OutOfOfficeObservation(active: false)
    var outOfOfficeAt = at(0)
    var queues: Set<String> = []
    var queuesAt = at(0)
}

extension ModelDay {
    mutating func changePerson() {
        switch Int.random(in: 0..<7, using: &random) {
        case 0, 1: changePresence()
        case 2:
            person.routing = .init(
                status: pick(["IDLE", "INTERACTING", "NOT_RESPONDING", "OFF_QUEUE"]) ?? "",
                startTime: now
            )
            tell(.routingStatus(userID: agent, person.routing))
        case 3: changeAdherence()
        case 4:
            let active = chance(1, of: 2)
            person.outOfOffice = .init(active: active, until: active ? now.advanced(by: .seconds(3600)) : nil)
            person.outOfOfficeAt = now
            // No read tells until when.
            tell(.outOfOffice(userID: agent, person.outOfOffice), isRestoredByRead: false)
        case 5: changeQueues()
        default:
            let source = PresenceSourceObservation(current: chance(1, of: 2) ? "PURECLOUD" : "teams", modifiedAt: now)
            tell(.presenceSource(userID: agent, source), isRestoredByRead: false)
        }
        guard topics.activity else { return }
        var activity = ActivityObservation()
        if person.presence.definitionID != nil {
            activity.presence = person.presence
            activity.presence?.requested = nil
            activity.presence?.tellsRequest = false
        }
        activity.routingStatus = person.routing
        activity.outOfOffice = person.outOfOffice.active
        activity.outOfOfficeModifiedAt = person.outOfOfficeAt
        activity.activeQueueIDs = Array(person.queues)
        activity.activeQueuesChangedAt = person.queuesAt
        tell(.activity(userID: agent, activity))
    }

    private mutating func changePresence() {
        let system = pick([SystemPresence.available, .onQueue, .break, .meal]) ?? .available
        person.presence.system = system
        person.presence.definitionID = system.name
        person.presence.message = chance(1, of: 2) ? newID("message") : ""
        person.presence.modifiedAt = now
        person.presence.requested = system == .onQueue && chance(1, of: 2) ? .break : nil
        tell(.presence(userID: agent, person.presence))
    }

    mutating func changeAdherence() {
        let old = person.adherence.state
        person.adherence.state = pick(["InAdherence", "OutOfAdherence", "Explained", "NewWord"])
        if person.adherence.state != old { person.adherence.changedAt = now }
        person.adherence.scheduledCategory = chance(1, of: 3) ? nil : pick(["Break", "OnQueueWork"])
        person.adherence.actualCategory = pick(["Break", "OnQueueWork"])
        person.adherence.explanationStatus = chance(1, of: 3) ? nil : pick(["Pending", "Approved"])
        person.adherence.managementUnitID = "unit"
        person.adherence.teamID = chance(1, of: 2) ? "team" : nil
        person.adherence.next = [
            ScheduledActivity(category: "Meal", at: now.advanced(by: .seconds(600))),
            ScheduledActivity(category: "Break", at: now.advanced(by: .seconds(300))),
        ]
        person.adherence.isRemoved = chance(1, of: 10)
        tell(.adherence(userID: agent, adherence))
    }

    /// As workforce management tells it now.
    var adherence: AdherenceObservation {
        var adherence = person.adherence
        adherence.isOutOfOffice = person.outOfOffice.active
        adherence.activeQueueIDs = Array(person.queues)
        adherence.activeQueuesChangedAt = person.queuesAt
        return adherence
    }

    private mutating func changeQueues() {
        let queue = pick(["q1", "q2", "q3"]) ?? "q1"
        let joined = !person.queues.contains(queue)
        if joined { person.queues.insert(queue) } else { person.queues.remove(queue) }
        person.queuesAt = now
        tell(.queueMembership(userID: agent, QueueMembership(queueID: queue, joined: joined)))
    }

    /// All that a resync reads of the agent, as bare notifications: of presence, routing status and adherence, and of
    /// the conversations that the agent has, or is still thought to have.
    func reads(thoughtLive: Set<String>) -> [GenesysEvent] {
        var events: [GenesysEvent] = []
        if person.presence.definitionID != nil {
            var presence = person.presence
            presence.source = "PURECLOUD"
            events.append(.presence(userID: agent, presence))
        }
        events.append(.routingStatus(userID: agent, person.routing))
        events.append(.adherence(userID: agent, adherence))
        for talk in talks {
            let isLive = talk.parties.contains { $0.userID == agent && !$0.isDone }
            if isLive || thoughtLive.contains(talk.id) { events.append(.conversation(userID: agent, talk.read)) }
        }
        return events
    }
}
