// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// Why a step of a call is not possible in the call's present state.
struct CallRefusal: Error, Sendable {
    var reason: String
}

extension SimulatedOrganization {
    /// An inbound call enters a queue, the first one unless told otherwise; no agent sees it yet.
    mutating func openCall(queue: String? = nil, now: Timestamp) -> String {
        let queueID = queue ?? queueID
        let number = "+1217555" + String(1000 + Int.random(in: 0..<9000, using: &generator))
        var conversation = SimulatedConversation(
            id: generator.uuid(),
            startedAt: now,
            queueID: queueID,
            externalContactID: generator.uuid(),
            callerNumber: number,
            callerName: "Springfield, IL",
            lastChange: Timestamp(milliseconds: now.milliseconds - 1)
        )
        let at = conversation.tick(now)
        var customer = participant(.customer, "Springfield, IL", "tel:\(number)", state: .connected, at: at)
        customer.queueID = queueID
        customer.attributes["accountTier"] = .string(generator.chance(0.3) ? "gold" : "standard")
        let inQueue = conversation.tick(at)
        var flow = participant(.ivr, "Main inbound flow", Self.supportLine, state: .connected, at: at)
        flow.state = .terminated
        flow.endedAt = inQueue
        flow.disconnectType = "transfer"
        var acd = participant(.acd, queueName(queueID), Self.supportLine, state: .connected, at: inQueue)
        acd.queueID = queueID
        conversation.participants = [customer, flow, acd]
        let id = conversation.id
        conversations[id] = conversation
        emitDetail(.customerStart, id, SimulatedConversation.customer, at: at)
        emitDetail(.acdStart, id, 2, at: inQueue)
        return id
    }

    /// The call alerts at an agent: a new participant, whoever was tried before.
    mutating func alert(_ id: String, agent index: Int, now: Timestamp) throws(CallRefusal) {
        guard var conversation = conversations[id], conversation.queueLeg != nil else {
            throw CallRefusal(reason: "the call does not wait in the queue")
        }
        guard conversation.currentAgent == nil else { throw CallRefusal(reason: "the call is with an agent already") }
        let at = conversation.tick(now)
        let agent = agents[index]
        let address = "sip:\(agent.id.filter { $0 != "-" }.prefix(24))@example.orgspan.com"
        var leg = participant(.agent, agent.name, address, state: .alerting, at: at)
        leg.userID = agent.id
        leg.queueID = conversation.queueID
        conversation.participants.append(leg)
        conversations[id] = conversation
        agents[index].conversations.append(id)
        emitDetail(.userStart, id, conversation.participants.count - 1, at: at)
        emitConversation(id, at: at)
        emitAgentState("ALERT", conversation: id, at: at)
    }

    /// The alerted agent answers.
    mutating func answer(_ id: String, now: Timestamp) throws(CallRefusal) {
        let (index, leg) = try current(id, in: [.alerting], because: "the call does not alert at an agent")
        let at = mutate(id, now) { conversation, at in
            if let queueLeg = conversation.queueLeg {
                conversation.participants[queueLeg].state = .terminated
                conversation.participants[queueLeg].endedAt = at
                conversation.participants[queueLeg].disconnectType = "transfer"
            }
            conversation.participants[leg].state = .connected
            conversation.participants[leg].connectedAt = at
            conversation.participants[leg].isWrapupRequired = true
            conversation.participants[leg].isRecording = true
        }
        if let queueLeg = conversations[id]?.participants.lastIndex(where: { $0.purpose == .acd }) {
            emitDetail(.acdEnd, id, queueLeg, at: at)
        }
        emitConversation(id, at: at)
        emitAgentState("INTERACT", conversation: id, at: at)
        if agents[index].isOnQueue { setRoutingStatus(of: index, to: .interacting, now: at) }
        emitSummary(of: index, at: at)
    }

    /// The alert ends without an answer: the agent did not react (`system`) or declined (`client`).
    mutating func endAlert(_ id: String, disconnectType: String = "system", now: Timestamp) throws(CallRefusal) {
        let (index, leg) = try current(id, in: [.alerting], because: "the call does not alert at an agent")
        let at = mutate(id, now) { conversation, at in
            conversation.participants[leg].state = .disconnected
            conversation.participants[leg].endedAt = at
            conversation.participants[leg].disconnectType = disconnectType
        }
        agents[index].conversations.removeAll { $0 == id }
        emitConversation(id, at: at, alsoTo: index)
        emitDetail(.userEnd, id, leg, at: at)
        if disconnectType == "system", agents[index].isOnQueue {
            setRoutingStatus(of: index, to: .notResponding, now: at)
        }
    }

    mutating func setHeld(_ id: String, _ isHeld: Bool, now: Timestamp) throws(CallRefusal) {
        let (_, leg) = try current(id, in: [.connected], because: "the agent is not connected")
        guard conversations[id]?.participants[leg].isHeld != isHeld else { return }
        let at = mutate(id, now) { conversation, at in
            conversation.participants[leg].setHeld(isHeld, at: at)
        }
        emitConversation(id, at: at)
        emitAgentState(isHeld ? "HOLD" : "INTERACT", conversation: id, at: at)
    }

    mutating func setMuted(_ id: String, _ isMuted: Bool, now: Timestamp) throws(CallRefusal) {
        let (_, leg) = try current(id, in: [.connected], because: "the agent is not connected")
        guard conversations[id]?.participants[leg].isMuted != isMuted else { return }
        let at = mutate(id, now) { conversation, _ in conversation.participants[leg].isMuted = isMuted }
        emitConversation(id, at: at)
    }

    /// Ends the talk; after-call work begins when the queue has it.
    mutating func hangUp(_ id: String, byCustomer: Bool = false, now: Timestamp) throws(CallRefusal) {
        let (index, leg) = try current(id, in: [.connected], because: "the agent is not connected")
        let hasWork = settings.hasAfterCallWork
        let at = mutate(id, now) { conversation, at in
            conversation.participants[SimulatedConversation.customer].end(
                .terminated,
                byCustomer ? "client" : "peer",
                at: at
            )
            conversation.participants[leg].end(
                hasWork ? .disconnected : .terminated,
                byCustomer ? "peer" : "client",
                at: at
            )
            conversation.participants[leg].afterCallWork = hasWork ? .pending : .skipped
            conversation.participants[leg].afterCallWorkStartedAt = hasWork ? at : nil
        }
        if !hasWork { agents[index].conversations.removeAll { $0 == id } }
        if emitsMixedHangups { emitConversation(id, at: at, alsoTo: index, endedStillReadsConnected: true) }
        emitConversation(id, at: at, alsoTo: index)
        emitSummary(of: index, at: at)
        emitDetail(.userEnd, id, leg, at: at)
        emitDetail(.customerEnd, id, SimulatedConversation.customer, at: at)
        emitAgentState(hasWork ? "WRAPUP" : "TERMINATED", conversation: id, leg: leg, at: at)
        // With after-call work the routing status stays Interacting until the wrap-up (devforum/14340).
        if !hasWork {
            becomeIdle(index, now: at)
            retire(id)
        }
    }

    /// Saves the wrap-up, which ends after-call work.
    mutating func wrapUp(_ id: String, code: String? = nil, notes: String = "", now: Timestamp) throws(CallRefusal) {
        guard let conversation = conversations[id],
            let leg = conversation.participants.lastIndex(where: { $0.afterCallWork == .pending }),
            let index = conversation.participants[leg].userID.flatMap(agent)
        else { throw CallRefusal(reason: "no after-call work is open") }
        let code = code ?? wrapupCode
        let at = mutate(id, now) { conversation, at in
            let began = conversation.participants[leg].afterCallWorkStartedAt ?? at
            conversation.participants[leg].state = .terminated
            conversation.participants[leg].afterCallWork = .complete
            conversation.participants[leg].afterCallWorkEndedAt = at
            conversation.participants[leg].wrapup = .init(
                code: code,
                notes: notes,
                durationSeconds: Int((at.milliseconds - began.milliseconds) / 1000),
                endTime: at
            )
        }
        agents[index].conversations.removeAll { $0 == id }
        emitConversation(id, at: at, alsoTo: index)
        emitDetail(.afterCallWork, id, leg, at: at)
        emitDetail(.wrapup, id, leg, at: at)
        becomeIdle(index, now: at)
        emitSummary(of: index, at: at)
        retire(id)
    }

    /// The caller gives up while waiting in the queue or alerting.
    mutating func abandon(_ id: String, now: Timestamp) throws(CallRefusal) {
        guard let conversation = conversations[id], conversation.queueLeg != nil else {
            throw CallRefusal(reason: "the call does not wait in the queue")
        }
        if conversation.currentAgent != nil { try endAlert(id, disconnectType: "peer", now: now) }
        let at = mutate(id, now) { conversation, at in
            for leg in conversation.participants.indices where conversation.participants[leg].endedAt == nil {
                conversation.participants[leg].end(.terminated, leg == 0 ? "client" : "peer", at: at)
            }
        }
        if let queueLeg = conversation.queueLeg { emitDetail(.acdEnd, id, queueLeg, at: at) }
        emitDetail(.customerEnd, id, SimulatedConversation.customer, at: at)
        retire(id)
    }

    /// Merges attributes into a participant's; absent keys are kept (facts 5.1). Never touches presence or adherence.
    mutating func writeAttributes(_ id: String, participant leg: Int, _ attributes: JSONObject, now: Timestamp) {
        let at = mutate(id, now) { conversation, _ in
            for member in attributes { conversation.participants[leg].attributes[member.name] = member.value }
        }
        emitDetail(.attributes, id, leg, at: at)
        emitConversation(id, at: at, alsoTo: conversations[id]?.participants[leg].userID.flatMap(agent))
    }

    static let supportLine = "tel:+18005550100"

    private mutating func becomeIdle(_ index: Int, now: Timestamp) {
        if agents[index].isOnQueue, !isBusy(index) { setRoutingStatus(of: index, to: .idle, now: now) }
    }

    private mutating func mutate(
        _ id: String,
        _ now: Timestamp,
        _ change: (inout SimulatedConversation, Timestamp) -> Void
    ) -> Timestamp {
        guard var conversation = conversations[id] else { return now }
        let at = conversation.tick(now)
        change(&conversation, at)
        conversations[id] = conversation
        return at
    }

    /// The agent and the index of the participant that has the call now.
    private func current(
        _ id: String,
        in states: [SimulatedParticipant.State],
        because reason: String
    ) throws(CallRefusal) -> (agent: Int, leg: Int) {
        guard let conversation = conversations[id], let leg = conversation.currentAgent,
            states.contains(conversation.participants[leg].state),
            let index = conversation.participants[leg].userID.flatMap(agent)
        else { throw CallRefusal(reason: reason) }
        return (index, leg)
    }

    private mutating func participant(
        _ purpose: SimulatedParticipant.Purpose,
        _ name: String,
        _ address: String,
        state: SimulatedParticipant.State,
        at: Timestamp
    ) -> SimulatedParticipant {
        SimulatedParticipant(
            id: generator.uuid(),
            communicationID: generator.uuid(),
            purpose: purpose,
            name: name,
            address: address,
            startedAt: at,
            initialState: state,
            state: state,
            connectedAt: state == .connected ? at : nil
        )
    }
}

extension SimulatedParticipant {
    mutating func setHeld(_ isHeld: Bool, at: Timestamp) {
        if let began = holdStartedAt { heldMilliseconds += at.milliseconds - began.milliseconds }
        self.isHeld = isHeld
        holdStartedAt = isHeld ? at : nil
    }

    mutating func end(_ state: State, _ disconnectType: String, at: Timestamp) {
        setHeld(false, at: at)
        self.state = state
        self.disconnectType = disconnectType
        endedAt = at
        isRecording = false
    }
}
