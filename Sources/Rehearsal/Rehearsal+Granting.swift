// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysEvents
import Journal
import Pipeline
import StatusRules

/// What follows from a decision when every call succeeds at once.
extension Rehearsal {
    /// What the end of a step has to know of its beginning.
    struct Moment {
        var place: Int
        var trigger: RehearsalStep.Trigger
        var key: String
        var topic: String?
        var before: Episode?
        /// Steps that our own writes have led to at the same moment.
        var round = 0
    }

    /// So many times in a row may a rule's own write make it let go and match again.
    static let rounds = 4

    /// Takes for granted what the step asks for, and tells of it.
    func finish(_ moment: Moment, _ outcome: DecisionEngine.Outcome, _ tell: (RehearsalStep) -> Void) {
        let place = moment.place
        func report(_ step: RehearsalStep) {
            agents.all[place].told = RehearsedAgent.Told(step)
            tell(step)
        }
        // Most looks of a replay lead to nothing, and a step is large.
        if !options.traces, outcome.asksForNothing, agents.all[place].isTold {
            agents.all[place].record.forgetEnded(now: clock)
            return setTimer(place)
        }
        var step = RehearsalStep(
            agentID: agents.all[place].record.facts.id,
            at: clock,
            trigger: moment.trigger,
            topic: moment.topic,
            before: moment.before
        )
        step.add(outcome)
        for conversation in outcome.conversationReads {
            step.notes.append(
                "there was no news of conversation \(conversation) for too long: the relay would read it again first"
            )
        }
        grant(outcome, moment, &step)
        // Before the presence is another one, which may be what a rule asks for.
        if options.traces { step.evaluation = engine.evaluation(of: agents.all[place].record, now: clock) }
        agents.all[place].record.forgetEnded(now: clock)
        step.take(&agents.all[place].record, whole: options.traces)
        guard let written = step.writes.last else {
            setTimer(place)
            return report(step)
        }
        guard moment.round < Self.rounds else {
            step.notes.append("stopped here: what the rules write makes them let go and match again without end")
            setTimer(place)
            return report(step)
        }
        let decided = options.traces ? agents.all[place].record.episode : nil
        let echo = engine.take(
            .presence(written.target, of: step.agentID, at: clock),
            from: .echo(of: step.agentID, at: clock),
            now: clock,
            into: &agents.all[place].record
        )
        setTimer(place)
        guard echo.isNews else {
            step.take(&agents.all[place].record, whole: options.traces)
            return report(step)
        }
        report(step)
        let next = Moment(place: place, trigger: .echo, key: "echo", before: decided, round: moment.round + 1)
        finish(next, echo, tell)
    }

    private func grant(_ outcome: DecisionEngine.Outcome, _ moment: Moment, _ step: inout RehearsalStep) {
        var command = outcome.command
        if command == .read { command = read(moment, &step) }
        while case .want(let wish)? = command, step.writes.count < Self.rounds {
            let report = delivery(of: wish, to: agents.all[moment.place].record)
            if report.news != nil { step.writes.append(wish) }
            var followed = engine.take(report, now: clock, into: &agents.all[moment.place].record)
            if report.news != nil { followed.history.removeAll { $0.summary == report.summary } }
            step.add(followed)
            command = followed.command
        }
        for errand in step.errands {
            let done = ErrandReport(
                agentID: step.agentID,
                errandID: errand.id,
                state: .done,
                at: clock,
                summary: "taken for granted"
            )
            _ = engine.take(done, now: clock, into: &agents.all[moment.place].record)
        }
    }

    /// What becomes of a wish: as in the relay, nothing is written that is there already, or to an agent who has left.
    private func delivery(of wish: Wish, to record: AgentRecord) -> DeliveryReport {
        var report = DeliveryReport(
            agentID: record.facts.id,
            revision: wish.revision,
            status: DeliveryStatus(state: .confirmed, attempts: 0, at: clock),
            summary: "the agent already has \(wish.target): nothing to write"
        )
        if record.facts.presence?.system == .offline, !record.presenceIsOurs, wish.leavesOffline != true {
            report.status.state = .superseded
            report.summary = "the agent is Offline: nothing is written"
            report.isGuard = true
        } else if wish.target.isNoChange(from: record.facts.presence) {
            report.isGuard = true
        } else {
            report.status.attempts = 1
            report.summary = "taken for granted"
            report.news = .accepted(AcceptedWrite(definitionID: wish.target.definitionID, modifiedAt: clock))
        }
        return report
    }

    /// Reads the presence: what comes of it now, or later when reads take their time.
    private func read(_ moment: Moment, _ step: inout RehearsalStep) -> DecisionEngine.Command? {
        guard options.readTakes == .zero else {
            waitForAnswer(at: moment.place)
            return nil
        }
        assumePresence(at: moment.place)
        step.notes.append("the presence is not known: the relay would read it first; taken here as AVAILABLE")
        let outcome = engine.look(eventKey: moment.key, now: clock, into: &agents.all[moment.place].record)
        step.add(outcome)
        return outcome.command
    }

    func assumePresence(at place: Int) {
        agents.all[place].record.facts.presence = PresenceFacts(
            PresenceTarget(definitionID: Self.assumedDefinition, system: .available)
        )
    }
}

extension DecisionEngine.Outcome {
    /// It led to other facts at most.
    fileprivate var asksForNothing: Bool {
        if case .some = command { return false }
        return errands.isEmpty && history.isEmpty && errandHistory.isEmpty && conversationReads.isEmpty
    }

    /// It led to something beside other facts.
    fileprivate var isNews: Bool {
        if command != nil || !errands.isEmpty || !errandHistory.isEmpty { return true }
        return history.contains {
            $0.kind == .decision || ($0.kind == .guarded && $0.summary != DecisionEngine.ownChange)
        }
    }
}

extension Notification {
    /// A presence that was just set, as its event tells it.
    static func presence(_ target: PresenceTarget, of agentID: String, at time: Timestamp) -> Notification {
        var seen = PresenceObservation()
        seen.definitionID = target.definitionID
        seen.system = target.system
        seen.message = target.message
        seen.modifiedAt = time
        seen.source = "PURECLOUD"
        seen.primary = true
        return Notification(
            topicName: "v2.users.\(agentID).presence",
            timestamp: time,
            event: .presence(userID: agentID, seen)
        )
    }
}

extension JournalEntry {
    fileprivate static func echo(of agentID: String, at time: Timestamp) -> JournalEntry {
        JournalEntry(
            key: "echo",
            source: .webhook,
            topic: "v2.users.\(agentID).presence",
            agentID: agentID,
            receivedAt: time,
            body: []
        )
    }
}
