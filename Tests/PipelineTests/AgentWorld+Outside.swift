// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysAPI
import GenesysEvents
import Journal
import StatusRules

@testable import Pipeline

/// What the relay does not make: the agent's words and calls, and Genesys with its faults.
extension AgentWorld {
    mutating func humanChanges() {
        let name = Self.statuses.keys.sorted().randomElement(using: &random) ?? "available"
        // What a write without an answer may set, too: nobody can tell the two apart.
        let may = record.writes.unanswered + [onTheWire, record.isOutstanding ? record.wish?.target.definitionID : nil]
        let isFresh = attempts[name].map { now.timeIntervalSince($0) < .seconds(15) } ?? false
        guard truth.definitionID != name, !may.contains(name), !isFresh else { return }
        change(.human, to: PresenceFacts(definitionID: name, system: Self.statuses[name], message: ""))
    }

    mutating func callChanges() {
        guard !isQuiet else { return }
        if !isTalking {
            conversation += 1
            isTalking = true
            flag = [nil, "Break", "Meeting"].randomElement(using: &random) ?? nil
        } else if random.chance(0.4) {
            isTalking = false
        } else {
            flag = [nil, "Break", "Meeting"].randomElement(using: &random) ?? nil
        }
        note("call \(conversation) \(isTalking ? "connected" : "terminated") flag \(flag ?? "none")")
        arriveCall()
        // Flags that come and go at once, and words spoken at the same time, are where the races are.
        if random.chance(0.4) { schedule(.call, within: 1...80) }
        if random.chance(0.3) { schedule(.human, within: 1...120) }
        if random.chance(0.06) { schedule(.kill, within: 1...120) }
    }

    mutating func arriveCall() {
        guard conversation > 0 else { return }
        let snapshot = ConversationSnapshot.call(
            id: "conversation-\(conversation)",
            attributes: flag.map { ["wfm_status": $0] } ?? [:],
            state: isTalking ? "connected" : "terminated"
        )
        order += 1
        let stamp = Timestamp(milliseconds: now.milliseconds)
        let notification = GenesysEvents.Notification(
            topicName: "conversations",
            timestamp: stamp,
            event: .conversation(userID: "agent", snapshot)
        )
        arrive(notification, .webhook, within: isQuiet ? 1...20 : random.chance(0.1) ? 500...8000 : 1...60)
    }

    func presence(_ facts: PresenceFacts) -> GenesysEvents.Notification {
        var seen = PresenceObservation()
        seen.definitionID = facts.definitionID
        seen.system = facts.system
        seen.message = facts.message
        seen.modifiedAt = facts.modifiedAt
        return GenesysEvents.Notification(topicName: "presence", event: .presence(userID: "agent", seen))
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

    mutating func change(_ author: Change.Author, to presence: PresenceFacts) {
        var presence = presence
        presence.modifiedAt = max(now, (truth.modifiedAt ?? now).advanced(by: .milliseconds(1)))
        changes.append(Change(author: author, presence: presence))
        note("\(author) sets \(presence.definitionID ?? "")")
        guard isQuiet || !random.chance(0.12) else { return note("  (its event is lost)") }
        arrive(self.presence(presence), .webhook, within: random.chance(0.1) ? 300...9000 : 1...90)
    }

    func userPresence(_ facts: PresenceFacts) -> UserPresence {
        UserPresence(
            userID: "agent",
            definitionID: facts.definitionID ?? "",
            system: facts.system,
            message: facts.message ?? "",
            modifiedAt: facts.modifiedAt
        )
    }

    mutating func reachGenesys(_ call: AgentDelivery.Call, _ fault: Fault?, life: Int) {
        func error(_ code: GenesysAPIError.Code) -> Result<UserPresence, GenesysAPIError> {
            .failure(GenesysAPIError(code, message: "fault", retryAfter: code == .rateLimited ? .seconds(2) : nil))
        }
        var result: Result<UserPresence, GenesysAPIError> = error(.other)
        switch (fault, call) {
        case (.rateLimited, _): result = error(.rateLimited)
        case (.errorBefore, _): result = error(.server)
        case (.timeoutBefore, _): result = error(.timeout)
        case (.nothingDone, .write(let target)):
            lastAttempt = now
            var phantom = PresenceFacts(target)
            phantom.modifiedAt = now
            result = .success(userPresence(phantom))
        case (_, .read):
            result = fault == .errorAfter ? error(.server) : .success(userPresence(truth))
        case (_, .write(let target)):
            lastAttempt = now
            if !target.isNoChange(from: truth) { change(.relay, to: PresenceFacts(target)) }
            result =
                switch fault {
                case .errorAfter: error(.server)
                case .timeoutAfter: error(.timeout)
                default: .success(userPresence(truth))
                }
        }
        let isTimeout = fault == .timeoutBefore || fault == .timeoutAfter
        schedule(.answered(call, result, life: life), within: isTimeout ? 3000...3000 : 1...60)
    }
}
