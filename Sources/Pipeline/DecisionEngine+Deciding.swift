// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysEvents
import Journal
import StatusRules

/// How a look at an agent becomes steps, and each step history and a command.
extension DecisionEngine {
    func decide(_ trigger: Trigger, now: Timestamp, record: inout AgentRecord, outcome: inout Outcome) {
        let context = context(of: record, changedAt: trigger.eventTime, now: now)
        let verdict = rules.evaluate(record.facts, context, tracing: false)
        record.holds = verdict.holds
        var before: (episode: Episode?, armed: ArmedWish?) = (nil, nil)
        var move = EpisodeMove()
        var lines: [ShadowLine] = []
        // Of most agents nothing is wanted most of the time, and what the look would go by is large.
        let matches = if case .some = verdict.match { true } else { false }
        if matches || !record.$episodes.isSilent || !verdict.shadows.isEmpty || !record.shadows.isEmpty {
            // Only details tell of them.
            if keepsDetails { before = (record.episodes.episode, record.episodes.armed) }
            let input = input(verdict, trigger, now: now, record)
            move = record.episodes.advance(input)
            lines = record.shadows.advance(verdict.shadows, input)
        }
        record.setWake(Timestamp.earliest(verdict.wakeAt, move.wakeAt), now: now)
        let unheard = move.unheard.isEmpty ? verdict.unheard : verdict.unheard + move.unheard
        if !unheard.isEmpty || !record.reads.isEmpty, policy.mayTouch(record.facts.id) {
            outcome.conversationReads += record.reads.ask(for: unheard, now: now)
        }
        if !move.steps.isEmpty || !lines.isEmpty {
            let evaluation = keepsDetails ? rules.evaluate(record.facts, context) : verdict
            outcome.evaluation = evaluation
            var detail = DecisionDetail(
                eventKey: trigger.eventKey,
                rulesVersion: rules.version,
                trace: evaluation.trace,
                changes: outcome.changes,
                wakeAt: record.wakeAt
            )
            for step in move.steps {
                if keepsDetails {
                    detail.explain(step, verdict.match, record.episodes, before.episode, before.armed)
                }
                carryOut(step, detail, trigger, now: now, record: &record, outcome: &outcome)
            }
            for shadow in lines {
                detail.explain(shadow)
                outcome.history.append(line(record, now, .decision, shadow.text, detail))
            }
        }
        begin(verdict, trigger, now: now, record: &record, outcome: &outcome)
    }

    /// What an evaluation of the agent goes by.
    func context(of record: AgentRecord, changedAt: Timestamp?, now: Timestamp) -> EvaluationContext {
        EvaluationContext(
            now: now,
            changedAt: changedAt,
            holds: record.holds,
            conversationTimeout: policy.conversationTimeout
        )
    }

    private func input(
        _ verdict: Evaluation,
        _ trigger: Trigger,
        now: Timestamp,
        _ record: AgentRecord
    ) -> EpisodeInput {
        EpisodeInput(
            facts: record.facts,
            match: verdict.match,
            unheard: verdict.unheard,
            trigger: trigger,
            now: now,
            writes: record.writes,
            isOutstanding: record.isOutstanding,
            policy: policy,
            target: { [targets] in targets[$0] },
            matchAlone: { [rules, changedAt = trigger.eventTime, last = verdict.stoppedAt ?? .max] in
                let match = rules.match(ofRule: $0, $1, EvaluationContext(now: now, changedAt: changedAt))
                return match.flatMap { $0.order <= last ? $0 : nil }
            }
        )
    }

    private func carryOut(
        _ step: EpisodeStep,
        _ detail: DecisionDetail,
        _ trigger: Trigger,
        now: Timestamp,
        record: inout AgentRecord,
        outcome: inout Outcome
    ) {
        switch step {
        case .set(let target, let reason):
            outcome.command = wish(.set, target, now, &record, after: trigger)
            outcome.history.append(line(record, now, .decision, reason, detail.leading(to: record.wish)))
        case .restore(let target, let reason):
            outcome.command = wish(.restore, target, now, &record, after: trigger)
            outcome.history.append(line(record, now, .decision, reason, detail.leading(to: record.wish)))
        case .end(let reason, let leaving):
            record.adherence = nil
            if let leaving {
                outcome.command = wish(.restore, leaving, now, &record, after: trigger)
            } else if record.isOutstanding {
                record.delivery?.state = .superseded
                record.delivery?.at = now
                outcome.command = .withdraw
            }
            let wish = leaving == nil ? nil : record.wish
            outcome.history.append(line(record, now, .decision, reason, detail.leading(to: wish)))
        case .armed(let reason, let isGuard):
            outcome.history.append(line(record, now, isGuard ? .guarded : .decision, reason, detail))
        case .disarmed(let reason):
            outcome.history.append(line(record, now, .decision, reason, detail))
        case .guarded(let reason):
            outcome.history.append(line(record, now, .guarded, reason, detail))
        case .readPresence:
            outcome.command = outcome.command ?? .read
            outcome.history.append(
                line(record, now, .decision, "the presence is not known yet: it is read first", detail)
            )
        }
    }

    func wish(
        _ purpose: Wish.Purpose,
        _ target: PresenceTarget,
        _ now: Timestamp,
        _ record: inout AgentRecord,
        after trigger: Trigger? = nil
    ) -> Command? {
        if record.isOutstanding, let old = record.wish {
            record.writes.overtake(old.target.definitionID, since: old.since)
        }
        record.revision += 1
        let wish = Wish(
            revision: record.revision,
            purpose: purpose,
            target: target,
            since: now,
            eventAt: trigger?.receivedAt == nil ? nil : trigger?.eventTime,
            receivedAt: trigger?.receivedAt,
            leavesOffline: purpose == .set && record.episodes.episode?.behavior.guards.offline == false ? true : nil
        )
        record.wish = wish
        record.adherence = nil
        record.delivery = DeliveryStatus(state: mode == .act ? .pending : .observed, attempts: 0, at: now)
        return mode == .act ? .want(wish) : nil
    }
}

extension AgentRecord {
    /// Takes when the rules have to look again. A time that has come and was not looked at yet stays: it counts with
    /// its own age, whatever comes between.
    fileprivate mutating func setWake(_ time: Timestamp?, now: Timestamp) {
        if let due = wakeAt, due <= now { return }
        // One that is over already must not come round and round.
        wakeAt = time.map { $0 > now ? $0 : now.advanced(by: .seconds(1)) }
    }
}
