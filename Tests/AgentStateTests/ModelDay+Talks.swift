// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// What happens in conversations.
extension ModelDay {
    private static let media: [MediaType] = [.call, .call, .callback, .chat, .email, .message, .socialExpression]

    mutating func step() {
        if chance(1, of: 4) { return changePerson() }
        let live = talks.indices.filter { !talks[$0].parties.allSatisfy(\.isDone) }
        guard live.count < 4, live.isEmpty || chance(1, of: 5) else {
            if let index = pick(live) { act(in: index) }
            return
        }
        chance(1, of: 4) ? dial() : offer()
    }

    private mutating func newTalk(_ media: MediaType, inbound: Bool) -> ModelTalk {
        let customer = ModelTalk.Leg(
            id: newID("leg"),
            media: media,
            initialState: inbound ? "connected" : "dialing",
            state: inbound ? "connected" : "dialing",
            direction: inbound ? "inbound" : "outbound",
            connectedAt: inbound ? now : nil
        )
        var talk = ModelTalk(
            id: newID("talk"),
            parties: [
                ModelTalk.Party(id: newID("party"), purpose: "customer", startedAt: now, legs: [customer])
            ]
        )
        talk.parties[0].attributes = chance(1, of: 2) ? ["tier": newID("t")] : [:]
        talk.externalTag = chance(1, of: 3) ? newID("tag") : nil
        talk.labelID = chance(1, of: 3) ? "label" : nil
        return talk
    }

    private mutating func party(_ user: String, _ media: MediaType, _ state: String) -> ModelTalk.Party {
        var leg = ModelTalk.Leg(
            id: newID("leg"),
            media: media,
            initialState: state,
            state: state,
            direction: state == "alerting" ? "inbound" : "outbound",
            connectedAt: state == "connected" ? now : nil
        )
        leg.campaignID = media == .callback && chance(1, of: 2) ? "campaign" : nil
        leg.messageType = media == .message ? "whatsapp" : nil
        var party = ModelTalk.Party(
            id: newID("party"),
            userID: user,
            name: user == agent ? "Agent One" : "Another",
            purpose: chance(3, of: 4) ? "agent" : "user",
            startedAt: now,
            legs: [leg]
        )
        party.queueID = chance(3, of: 4) ? "queue" : nil
        party.wrapupPrompt = pick(["mandatory", "optional", "timeout", "forcedTimeout", "agentRequested"])
        party.wrapupTimeoutMs = chance(1, of: 2) ? 30_000 : nil
        party.mediaRoles = chance(1, of: 2) ? ["full"] : []
        return party
    }

    private mutating func offer() {
        let media = pick(Self.media) ?? .call
        var talk = newTalk(media, inbound: true)
        talk.parties.append(party(agent, media, "alerting"))
        start(talk)
    }

    private mutating func dial() {
        var talk = newTalk(.call, inbound: false)
        talk.parties.append(party(agent, .call, chance(1, of: 2) ? "dialing" : "contacting"))
        start(talk)
    }

    private mutating func start(_ talk: ModelTalk) {
        begin(talk)
        tellStart(talk, talk.parties.count - 1)
    }

    private mutating func tellStart(_ talk: ModelTalk, _ party: Int) {
        guard topics.detail, talk.parties[party].userID == agent else { return }
        tell(.userStart(userID: agent, UserSessionStart(session(talk, party, 0), eventTime: now)))
        let isAlert = talk.parties[party].legs[0].state == "alerting"
        tellState(talk, party, 0, isAlert ? "ALERT" : "DIALING")
    }

    // MARK: - In a conversation

    /// Something that can happen next to one of its parties.
    private mutating func act(in index: Int) {
        let talk = talks[index]
        if chance(1, of: 6) { return write(in: index) }
        if chance(1, of: 12) { return tag(index) }
        guard
            let party = pick(talk.parties.indices.filter { talk.parties[$0].userID != nil && !talk.parties[$0].isDone })
        else { return leaveAll(index) }
        guard let leg = pick(talk.parties[party].legs.indices.filter { !talk.parties[party].legs[$0].isDone })
        else { return }
        let state = talk.parties[party].legs[leg]
        if state.isOver { return wrapUp(index, party, leg) }
        switch state.state {
        case "alerting": chance(2, of: 3) ? answer(index, party, leg) : decline(index, party, leg)
        case "dialing", "contacting": chance(4, of: 5) ? answer(index, party, leg) : hangUp(index, party, leg)
        default: talkOn(index, party, leg)
        }
    }

    private mutating func talkOn(_ index: Int, _ party: Int, _ leg: Int) {
        if talks[index].parties[party].monitored != nil, chance(2, of: 3) { return changeRole(index, party) }
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1, 2: hold(index, party, leg)
        case 3: change(index) { talk, _ in talk.parties[party].legs[leg].muted.toggle() }
        case 4: change(index) { talk, _ in talk.parties[party].legs[leg].confined.toggle() }
        case 5: call(index, from: party, as: .transfer)
        case 6: call(index, from: party, as: .consult)
        case 7: call(index, from: party, as: .conference)
        case 8, 9: supervise(index, party)
        case 10: share(index, party)
        default: hangUp(index, party, leg)
        }
    }

    private mutating func answer(_ index: Int, _ party: Int, _ leg: Int) {
        change(index) { talk, day in
            talk.parties[party].legs[leg].state = "connected"
            talk.parties[party].legs[leg].connectedAt = day.now
            talk.parties[party].wrapupRequired = day.chance(1, of: 2)
            for other in talk.parties.indices where talk.parties[other].purpose == "customer" {
                for leg in talk.parties[other].legs.indices where talk.parties[other].legs[leg].state == "dialing" {
                    talk.parties[other].legs[leg].state = "connected"
                    talk.parties[other].legs[leg].connectedAt = day.now
                }
            }
        }
        tellState(talks[index], party, leg, "INTERACT")
    }

    private mutating func hold(_ index: Int, _ party: Int, _ leg: Int) {
        change(index) { talk, day in
            let held = !talk.parties[party].legs[leg].held
            talk.parties[party].legs[leg].held = held
            talk.parties[party].legs[leg].holdAt = held ? day.now : nil
        }
        tellState(talks[index], party, leg, talks[index].parties[party].legs[leg].held ? "HOLD" : "INTERACT")
    }

    private mutating func decline(_ index: Int, _ party: Int, _ leg: Int) {
        let reason = chance(1, of: 2) ? "client" : "system"
        end(index, party, leg, reason, work: nil)
        // It goes back to the queue, and may ring at the same agent again: with a new participant.
        guard chance(2, of: 3) else { return }
        let media = talks[index].parties[party].legs[leg].media
        now = now.advanced(by: .milliseconds(1500))
        let next = self.party(chance(2, of: 3) ? agent : "other", media, "alerting")
        change(index) { talk, _ in talk.parties.append(next) }
        tellStart(talks[index], talks[index].parties.count - 1)
    }

    private mutating func hangUp(_ index: Int, _ party: Int, _ leg: Int) {
        let isAnswered = talks[index].parties[party].legs[leg].connectedAt != nil
        let works = isAnswered && chance(2, of: 3)
        end(
            index,
            party,
            leg,
            pick(["client", "peer", "transfer", "error"]) ?? "client",
            work: works ? "pending" : nil
        )
    }

    mutating func end(_ index: Int, _ party: Int, _ leg: Int, _ reason: String, work: String?) {
        change(index) { talk, day in
            talk.parties[party].legs[leg].end(at: day.now, reason)
            talk.parties[party].legs[leg].state = work == nil && day.chance(1, of: 2) ? "terminated" : "disconnected"
            talk.parties[party].legs[leg].work = work
            talk.parties[party].legs[leg].workFrom = work == nil ? nil : day.now
        }
        guard topics.detail, talks[index].parties[party].userID == agent else { return }
        var event = UserSessionEnd(session(talks[index], party, leg))
        event.eventTime = now
        event.disconnectType = reason
        tell(.userEnd(userID: agent, event))
        tellState(talks[index], party, leg, work == nil ? "TERMINATED" : "WRAPUP")
    }

    private mutating func wrapUp(_ index: Int, _ party: Int, _ leg: Int) {
        let code = newID("code")
        let isSkipped = chance(1, of: 6)
        change(index) { talk, day in
            if !isSkipped { talk.parties[party].wrapupCode = code }
            talk.parties[party].legs[leg].work = isSkipped ? "skipped" : "complete"
            talk.parties[party].legs[leg].workTo = day.now
            talk.parties[party].legs[leg].state = "terminated"
        }
        guard topics.detail, !isSkipped, talks[index].parties[party].userID == agent else { return }
        let session = session(talks[index], party, leg)
        tell(.wrapup(WrapupChoice(session, wrapupCode: code, eventTime: now)))
        var event = AfterCallWorkEnd(session)
        event.wrapupCode = code
        event.eventTime = now
        tell(.afterCallWork(userID: agent, event))
    }

    private mutating func leaveAll(_ index: Int) {
        change(index) { talk, day in
            for party in talk.parties.indices {
                for leg in talk.parties[party].legs.indices where !talk.parties[party].legs[leg].isOver {
                    talk.parties[party].legs[leg].end(at: day.now, "peer")
                }
            }
        }
    }

    // MARK: - Others

    private enum Call { case transfer, consult, conference }

    /// Another agent is called in; the one who did it may leave.
    private mutating func call(_ index: Int, from party: Int, as kind: Call) {
        let caller = talks[index].parties[party]
        guard let media = caller.legs.first(where: { !$0.isOver })?.media else { return }
        let user = caller.userID == agent && chance(3, of: 4) ? "other" : agent
        let called = self.party(user, media, "alerting")
        change(index) { talk, _ in
            if kind == .consult { talk.parties[party].consult = called.id }
            talk.parties.append(called)
        }
        tellStart(talks[index], talks[index].parties.count - 1)
        guard kind == .transfer, let leg = caller.legs.firstIndex(where: { !$0.isOver }) else { return }
        now = now.advanced(by: .milliseconds(1500))
        end(index, party, leg, "transfer", work: chance(1, of: 2) ? "pending" : nil)
    }

    /// A supervisor listens, whispers, or comes in: the agent is theirs, or is one.
    private mutating func supervise(_ index: Int, _ target: Int) {
        guard let media = talks[index].parties[target].legs.first?.media else { return }
        let targetID = talks[index].parties[target].id
        let isOther = talks[index].parties[target].userID == agent
        var supervisor = party(isOther ? "supervisor" : agent, media, "connected")
        supervisor.purpose = "user"
        supervisor.monitored = targetID
        supervisor.mediaRoles = ["monitor"]
        change(index) { talk, _ in talk.parties.append(supervisor) }
        tellStart(talks[index], talks[index].parties.count - 1)
    }

    private mutating func changeRole(_ index: Int, _ supervisor: Int) {
        let barges = chance(1, of: 2)
        change(index) { talk, _ in
            let target = talk.parties[supervisor].monitored
            talk.parties[supervisor].barged = barges ? target : nil
            talk.parties[supervisor].coached = barges ? nil : target
        }
        let leg = talks[index].parties[supervisor].legs.firstIndex { !$0.isOver } ?? 0
        tellState(talks[index], supervisor, leg, barges ? "BARGING" : "COACHING")
    }

    /// A second medium of the same party.
    private mutating func share(_ index: Int, _ party: Int) {
        guard talks[index].parties[party].legs.count == 1 else { return }
        let leg = ModelTalk.Leg(
            id: newID("leg"),
            media: chance(1, of: 2) ? .screenshare : .cobrowse,
            initialState: "connected",
            state: "connected",
            connectedAt: now
        )
        change(index) { talk, _ in talk.parties[party].legs.append(leg) }
    }

    private mutating func write(in index: Int) {
        let talk = talks[index]
        guard let party = pick(talk.parties.indices.filter { talk.parties[$0].purpose != "acd" }) else { return }
        let (name, value) = (pick(["wfm_status", "reason", "tier"]) ?? "reason", newID("value"))
        change(index) { talk, _ in talk.parties[party].attributes[name] = value }
        guard topics.detail else { return }
        tell(
            .participantAttributes(
                ParticipantAttributes(
                    conversationID: talk.id,
                    participantID: talk.parties[party].id,
                    attributes: [name: value],
                    eventTime: now
                )
            )
        )
    }

    private mutating func tag(_ index: Int) {
        let value = newID("tag")
        change(index) { talk, _ in talk.externalTag = value }
    }
}

extension ModelTalk.Party {
    /// Nothing can happen to it any more.
    var isDone: Bool { legs.allSatisfy(\.isDone) }
}

extension ModelTalk.Leg {
    var isDone: Bool { isOver && work != "pending" }

    mutating func end(at time: Timestamp, _ reason: String) {
        endedAt = time
        disconnectType = reason
        state = "disconnected"
        held = false
        holdAt = nil
    }
}
