// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import Delivery
import Foundation
import GenesysAPI
public import GenesysEvents
import Journal
import StatusRules

/// What rules want done beside the presence, once per episode.
extension DecisionEngine {
    /// Spans are remembered this long: no second explanation for the same time.
    private static let explainedFor = Duration.seconds(86_400)

    /// Begins what the matching rules want and have not wanted yet.
    func begin(
        _ verdict: Evaluation,
        _ trigger: Trigger,
        now: Timestamp,
        record: inout AgentRecord,
        outcome: inout Outcome
    ) {
        let wanted = verdict.errands
        guard !wanted.isEmpty || !record.errandEpisodes.isEmpty else { return }
        let hindrance = policy.hindrance(agentID: record.facts.id, trigger: trigger, now: now)
        // A rule that matches no longer only because a conversation is being read again has not let go.
        let facts = record.facts
        let isAwaitingNews: (String) -> Bool =
            verdict.unheard.isEmpty ? { _ in false } : { rules.holds(rule: $0, facts, EvaluationContext(now: now)) }
        let steps = record.errandEpisodes.advance(
            wanted: wanted,
            now: now,
            hindrance: hindrance,
            isAwaitingNews: isAwaitingNews
        )
        for step in steps {
            if outcome.evaluation == nil {
                outcome.evaluation = evaluation(of: record, changedAt: trigger.eventTime, now: now)
            }
            switch step {
            case .begin(let wanted, let id, let since):
                let errand = errand(wanted, id: id, since: since, now: now, record)
                begin(errand, trigger, now: now, record: &record, outcome: &outcome)
            case .guarded(let wanted, let reason):
                let errand = errand(wanted, id: "", since: now, now: now, record)
                let text = "rule '\(wanted.rule)' would \(errand.work.summary): \(reason)"
                let detail = detail(errand, trigger, outcome)
                outcome.errandHistory.append(line(record, now, .guarded, text, detail))
            }
        }
    }

    private func errand(
        _ wanted: RuleErrand,
        id: String,
        since: Timestamp,
        now: Timestamp,
        _ record: AgentRecord
    ) -> Errand {
        let work: Errand.Work =
            switch wanted.work {
            case .tag(let conversationID, let attributes):
                .tag(conversationID: conversationID, attributes: attributes)
            case .explain(let minutes, let status, let notes):
                .explain(
                    AdherenceExplanation(
                        start: ExplainedSpan(start: since, minutes: minutes).start,
                        minutes: minutes,
                        status: status,
                        notes: notes
                    )
                )
            case .routingStatus(let status): .routingStatus(status)
            case .notify(let notification):
                .notify(
                    NotificationMessage(
                        errandID: id,
                        endpoint: notification.endpoint,
                        timestamp: now,
                        agentID: record.facts.id,
                        agentName: notification.agentName,
                        rule: wanted.rule,
                        status: notification.status,
                        conversationID: notification.conversationID,
                        since: since,
                        rulesVersion: rules.version,
                        data: notification.data
                    )
                )
            }
        return Errand(id: id, rule: wanted.rule, work: work, since: now)
    }

    private func begin(
        _ errand: Errand,
        _ trigger: Trigger,
        now: Timestamp,
        record: inout AgentRecord,
        outcome: inout Outcome
    ) {
        let detail = detail(errand, trigger, outcome)
        if let span = errand.work.span {
            if let other = record.explained.first(where: span.overlaps) {
                let text =
                    "rule '\(errand.rule)' would \(errand.work.summary): the \(other.minutes) min from \(other.start)"
                    + " are explained already"
                return outcome.errandHistory.append(line(record, now, .guarded, text, detail))
            }
            if mode == .act {
                let oldest = now.advanced(by: .zero - Self.explainedFor)
                record.explained.removeAll { $0.end < oldest }
                record.explained.append(span)
            }
        }
        guard mode == .act else {
            let text = "mode observe: rule '\(errand.rule)' would \(errand.work.summary)"
            return outcome.errandHistory.append(line(record, now, .decision, text, detail))
        }
        let text = "rule '\(errand.rule)' wants to \(errand.work.summary)"
        outcome.errandHistory.append(line(record, now, .decision, text, detail))
        want(errand, record: &record, outcome: &outcome)
    }

    /// What explains a decision about an errand.
    private func detail(_ errand: Errand, _ trigger: Trigger, _ outcome: Outcome) -> ErrandDetail {
        let trace = outcome.evaluation?.trace
        return ErrandDetail(errand, eventKey: trigger.eventKey, rulesVersion: rules.version, trace: trace)
    }

    /// The same errand is never wanted twice at a time.
    func want(_ errand: Errand, record: inout AgentRecord, outcome: inout Outcome) {
        guard !record.errands.contains(where: { $0.id == errand.id }) else { return }
        record.errands.append(errand)
        outcome.errands.append(errand)
    }

    /// A report about an errand; one that is not (or no longer) outstanding is passed over.
    public func take(_ report: ErrandReport, now: Timestamp, into record: inout AgentRecord) -> Outcome {
        var outcome = Outcome()
        guard let place = record.errands.firstIndex(where: { $0.id == report.errandID }) else { return outcome }
        let errand = record.errands[place]
        var detail = ErrandDetail(errand)
        detail.take(report)
        outcome.errandHistory.append(line(record, report.at, .call, report.summary, detail))
        guard report.state.isFinal else { return outcome }
        record.errands.remove(at: place)
        if report.state == .failed {
            // The time may be explained by another rule, or by a person.
            if let span = errand.work.span { record.explained.removeAll { $0 == span } }
            outcome.deadLetters.append(
                DeadLetter(at: now, reason: report.summary, agentID: record.facts.id, event: encoded(detail))
            )
        }
        return outcome
    }
}

extension DecisionEngine {
    /// The `event` of a dead letter is that of an errand.
    static func isAboutErrand(_ letter: [UInt8]) -> Bool {
        (try? JSONDecoder().decode(ErrandDetail.self, from: Data(letter)))?.wanted != nil
    }

    /// Wants an errand again that has failed for good, as a person asks for.
    ///
    /// - Parameter letter: the `event` of its dead letter.
    /// - Returns: `nil` when the letter is about no errand, or nothing may be done.
    func tryAgain(
        letter: [UInt8],
        eventKey: String,
        now: Timestamp,
        into record: inout AgentRecord
    ) -> Outcome? {
        guard mode == .act, policy.mayTouch(record.facts.id),
            let detail = try? JSONDecoder().decode(ErrandDetail.self, from: Data(letter)), var errand = detail.wanted
        else { return nil }
        // Whoever carries it out may remember that the earlier one has failed.
        errand.id += "-\(now.milliseconds)"
        var outcome = Outcome()
        if let span = errand.work.span, !record.explained.contains(where: span.overlaps) {
            record.explained.append(span)
        }
        let again = ErrandDetail(errand, eventKey: eventKey, rulesVersion: rules.version)
        let text = "tried again on request: rule '\(errand.rule)' wants to \(errand.work.summary)"
        outcome.errandHistory.append(line(record, now, .decision, text, again))
        want(errand, record: &record, outcome: &outcome)
        return outcome
    }
}

extension Errand.Work {
    /// The time that is explained.
    fileprivate var span: ExplainedSpan? {
        guard case .explain(let explanation) = self else { return nil }
        return ExplainedSpan(start: explanation.start, minutes: explanation.minutes)
    }
}
