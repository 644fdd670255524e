// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI
import GenesysEvents
import Journal
import StatusRules

@testable import Delivery
@testable import Pipeline

/// What the relay does not make: the agents' words and calls, and Genesys with its faults.
extension RelayWorld {
    func truth(_ id: String) -> PresenceFacts { people[id]?.truth ?? PresenceFacts() }

    mutating func humanChanges(_ id: String) {
        guard let person = people[id] else { return }
        let name = Self.statuses.keys.sorted().randomElement(using: &random) ?? "available"
        // What a write without an answer may set, too: nobody can tell the two apart.
        let record = records[id]
        let may =
            (record?.writes.unanswered ?? [])
            // A death brings back what was not known at the last commit.
            + (committed[id]?.writes.unanswered ?? [])
            + [person.onTheWire, record?.isOutstanding == true ? record?.wish?.target.definitionID : nil]
        // What was overtaken counts until Genesys is heard of again, which a shortage of calls delays.
        let excuse = Duration.seconds(people.count > 1 ? 600 : 15)
        let isFresh = person.attempts[name].map { now.timeIntervalSince($0) < excuse } ?? false
        guard person.truth.definitionID != name, !may.contains(name), !isFresh else { return }
        change(id, .human, to: PresenceFacts(definitionID: name, system: Self.statuses[name], message: ""))
    }

    mutating func callChanges(_ id: String) {
        guard !isQuiet, var person = people[id] else { return }
        if !person.isTalking {
            person.conversation += 1
            person.isTalking = true
            person.flag = flags.randomElement(using: &random) ?? nil
        } else if random.chance(0.4) {
            person.isTalking = false
            beginWork(&person)
        } else {
            person.flag = flags.randomElement(using: &random) ?? nil
        }
        people[id] = person
        note(
            "\(id) call \(person.conversation) \(person.isTalking ? "connected" : "terminated") "
                + "flag \(person.flag ?? "none")"
        )
        arriveCall(id)
        // Flags that come and go at once, and words spoken at the same time, are where the races are.
        if random.chance(0.4) { schedule(.call(id), within: 1...80) }
        if random.chance(0.3) { schedule(.human(id), within: 1...120) }
        if random.chance(0.06) { schedule(.kill, within: 1...120) }
    }

    mutating func arriveCall(_ id: String) {
        guard let person = people[id], person.conversation > 0 else { return }
        arriveCall(id, person.conversation, flag: person.flag, isTalking: person.isTalking)
    }

    mutating func arriveCall(_ id: String, _ conversation: Int, flag: String?, isTalking: Bool) {
        let isInWork = people[id]?.inWork.contains(conversation) == true
        let snapshot = ConversationSnapshot.call(
            id: "\(id)-conversation-\(conversation)",
            attributes: flag.map { ["wfm_status": $0] } ?? [:],
            state: isTalking ? "connected" : "terminated",
            userID: id,
            afterCallWork: isTalking || !hasWork ? nil : isInWork ? "pending" : "complete"
        )
        let notification = GenesysEvents.Notification(
            topicName: "conversations",
            timestamp: now,
            event: .conversation(userID: id, snapshot)
        )
        arrive(notification, .webhook, within: isQuiet ? 1...20 : random.chance(0.1) ? 500...8000 : 1...60)
    }

    func presence(_ facts: PresenceFacts, of id: String) -> GenesysEvents.Notification {
        var seen = PresenceObservation()
        seen.definitionID = facts.definitionID
        seen.system = facts.system
        seen.message = facts.message
        seen.modifiedAt = facts.modifiedAt
        return GenesysEvents.Notification(topicName: "presence", event: .presence(userID: id, seen))
    }

    mutating func arrive(
        _ notification: GenesysEvents.Notification,
        _ source: JournalSource,
        within delay: ClosedRange<Int>
    ) {
        schedule(.arrives(notification, source), within: delay)
        if !isQuiet, random.chance(0.1) { schedule(.arrives(notification, source), within: 1...8000) }
    }

    // MARK: Genesys

    mutating func change(_ id: String, _ author: Person.Change.Author, to presence: PresenceFacts) {
        var presence = presence
        presence.modifiedAt = max(now, (truth(id).modifiedAt ?? now).advanced(by: .milliseconds(1)))
        people[id]?.changes.append(Person.Change(author: author, presence: presence))
        note("\(author) sets \(id) \(presence.definitionID ?? "")")
        guard isQuiet || !random.chance(0.12) else { return note("  (its event is lost)") }
        arrive(self.presence(presence, of: id), .webhook, within: random.chance(0.1) ? 300...9000 : 1...90)
    }

    func userPresence(_ facts: PresenceFacts, of id: String) -> UserPresence {
        UserPresence(
            userID: id,
            definitionID: facts.definitionID ?? "",
            system: facts.system,
            message: facts.message ?? "",
            modifiedAt: facts.modifiedAt
        )
    }

    /// A fault for a call, by the seed; fewer than make the relay give up on any of its agents.
    mutating func fault(_ batch: DeliveryBatch) -> Fault? {
        if trouble.outage.contains(now) {
            for id in batch.agentIDs { people[id]?.faults += 1 }
            return [.errorBefore, .errorBefore, .timeoutBefore, .errorAfter].randomElement(using: &random)
        }
        guard !isQuiet, random.chance(0.3) else { return nil }
        let people = batch.agentIDs.compactMap { self.people[$0] }
        guard people.allSatisfy({ $0.faults < 12 }) else { return nil }
        guard let fault = Fault.allCases.randomElement(using: &random) else { return nil }
        switch fault {
        case .nothingDone where people.contains { $0.nothingDone >= 2 } || !batch.lane.isWrite: return nil
        case .leavesOut, .leavesOutOfAnswer, .showsOld:
            guard batch.isBulk else { return nil }
        default: break
        }
        for id in batch.agentIDs {
            self.people[id]?.faults += 1
            if fault == .nothingDone { self.people[id]?.nothingDone += 1 }
        }
        return fault
    }

    mutating func reachGenesys(_ flight: Flight, life: Int) {
        let result = answer(flight)
        let isTimeout = flight.fault == .timeoutBefore || flight.fault == .timeoutAfter
        schedule(.answered(flight, result, life: life), within: isTimeout ? 3000...3000 : 1...60)
    }

    private mutating func answer(_ flight: Flight) -> Result<[UserPresence], GenesysAPIError> {
        let batch = flight.batch
        func error(
            _ code: GenesysAPIError.Code,
            status: Int? = nil,
            retryAfter: Duration? = nil
        ) -> Result<[UserPresence], GenesysAPIError> {
            .failure(
                GenesysAPIError(
                    code,
                    status: status,
                    message: "fault",
                    retryAfter: retryAfter ?? (code == .rateLimited && trouble.saysHowLong ? .seconds(2) : nil),
                    isWrite: batch.lane.isWrite
                )
            )
        }
        let recent = (arrivals[flight.pass.client] ?? []).filter { now.timeIntervalSince($0) < .seconds(60) }
        arrivals[flight.pass.client] = recent + [now]
        if recent.count >= perMinute {
            // A new process cannot know what the one before it has used.
            if lives == 1 { complaints.append("\(now): more than \(perMinute) calls in a minute") }
            return error(.rateLimited)
        }
        let served = (served[flight.pass.client] ?? []).filter { now.timeIntervalSince($0) < .seconds(60) }
        if let allowed = trouble.allowed[flight.pass.client], served.count >= allowed {
            let again = served[served.count - allowed].advanced(by: .seconds(60)).timeIntervalSince(now)
            for id in batch.agentIDs { people[id]?.faults += 1 }
            return error(.rateLimited, retryAfter: trouble.saysHowLong ? again : nil)
        }
        self.served[flight.pass.client] = served + [now]
        switch flight.fault {
        case .rateLimited: return error(.rateLimited)
        case .conflict where batch.lane.isWrite: return error(.conflict, status: 409)
        case .unreadableBefore where batch.lane.isWrite: return error(.unexpectedBody, status: 200)
        case .errorBefore: return error(.server)
        case .timeoutBefore: return error(.timeout)
        default: break
        }
        if batch.isBulk, batch.agentIDs.count > bulkMaximum || poison.map(batch.agentIDs.contains) == true {
            if trouble.poisonIsFatal, batch.agentIDs.count <= bulkMaximum {
                for id in batch.agentIDs { people[id]?.faults += 1 }
                return error(.server, status: 500)
            }
            return error(.badRequest, status: batch.agentIDs.count > bulkMaximum && trouble.saysTooLarge ? 413 : 400)
        }
        let presences = batch.agentIDs.indices.compactMap { done(flight, $0) }
        switch flight.fault {
        case .errorAfter: return error(.server)
        case .timeoutAfter: return error(.timeout)
        case .unreadableAfter where batch.lane.isWrite: return error(.unexpectedBody, status: 200)
        default: return .success(presences)
        }
    }

    /// Does the call for one of its agents; `nil` = the answer does not have it.
    private mutating func done(_ flight: Flight, _ index: Int) -> UserPresence? {
        let id = flight.batch.agentIDs[index]
        // The faults of bulk calls hit every other agent.
        let isHit = index % 2 == 0
        guard flight.batch.lane.isWrite else {
            let isLeftOut = (flight.fault == .leavesOut || flight.fault == .leavesOutOfAnswer) && isHit
            return isLeftOut ? nil : userPresence(truth(id), of: id)
        }
        let write = flight.batch.writes[index]
        let target = PresenceTarget(
            definitionID: write.definitionID,
            system: Self.statuses[write.definitionID]
                ?? Self.targets.values.first { $0.definitionID == write.definitionID }?
                .system,
            message: write.message
        )
        people[id]?.lastAttempt = now
        switch flight.fault {
        case .nothingDone:
            var phantom = PresenceFacts(target)
            phantom.modifiedAt = now
            return userPresence(phantom, of: id)
        case .leavesOut where isHit: return nil
        case .showsOld where isHit: return userPresence(truth(id), of: id)
        default:
            people[id]?.noteCoincidence(write.definitionID)
            if !target.isNoChange(from: truth(id)) { change(id, .relay, to: PresenceFacts(target)) }
            return flight.fault == .leavesOutOfAnswer && isHit ? nil : userPresence(truth(id), of: id)
        }
    }
}
