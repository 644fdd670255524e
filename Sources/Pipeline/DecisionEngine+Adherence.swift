// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import Delivery
public import GenesysEvents
import Journal
import StatusRules

/// What follows a confirmed presence: adherence is put, and looked at.
extension DecisionEngine {
    /// A status is confirmed and still wanted.
    func follow(_ report: DeliveryReport, now: Timestamp, record: inout AgentRecord, outcome: inout Outcome) {
        guard report.status.state == .confirmed, let wish = record.wish, wish.revision == report.revision,
            wish.purpose == .set, let episode = record.episodes.episode
        else { return }
        if mode == .act, rules.statuses[episode.status]?.putsAdherence == true {
            let errand = Errand(
                id: "putAdherence-\(wish.revision)",
                rule: episode.rule,
                work: .putAdherence(status: episode.status, definitionID: wish.target.definitionID),
                since: now
            )
            let detail = ErrandDetail(errand, eventKey: episode.eventKey, rulesVersion: rules.version)
            let text = "status '\(episode.status)' wants to \(errand.work.summary)"
            outcome.errandHistory.append(line(record, now, .decision, text, detail))
            want(errand, record: &record, outcome: &outcome)
        }
        guard verifiesAdherence else { return }
        record.adherence = AdherenceVerdict(state: .pending, at: report.status.at)
        outcome.adherenceCheck = AdherenceCheck(
            revision: wish.revision,
            target: wish.target,
            confirmedAt: report.status.at,
            writtenAt: wish.target.isMet(by: record.facts.presence) ? record.facts.presence?.modifiedAt : nil
        )
    }

    /// What adherence says of the newest wish's presence; of any other, or of one that nobody asks about any more, it is
    /// passed over.
    public func take(_ report: AdherenceReport, now: Timestamp, into record: inout AgentRecord) -> Outcome {
        var outcome = Outcome()
        guard let known = record.adherence, report.revision == record.wish?.revision else { return outcome }
        let verdict = report.verdict
        record.adherence = verdict
        let isNews = known.state != verdict.state || known.reason != verdict.reason
        guard isNews, verdict.state != .pending else { return outcome }
        let reason = verdict.message ?? verdict.reason?.rawValue ?? "no reason is known"
        let text =
            switch verdict.state {
            case .confirmed: "confirmed in adherence"
            case .differs: "presence confirmed, adherence differs: \(reason)"
            case .unknown: "presence confirmed, adherence is not known: \(reason)"
            case .pending: ""
            }
        outcome.history.append(line(record, verdict.at, .observation, text, verdict))
        return outcome
    }

    /// After a restart: all that had been handed out. What has become of it is not known, so it is looked up before it
    /// is done again.
    public func takeUp(now: Timestamp, into record: inout AgentRecord) -> Outcome {
        var outcome = Outcome()
        outcome.command = resume(now: now, into: &record)
        if mode == .act {
            outcome.errands = record.errands
        } else {
            for errand in record.errands {
                let text = "mode observe: rule '\(errand.rule)' no longer gets to \(errand.work.summary)"
                outcome.errandHistory.append(line(record, now, .guarded, text, ErrandDetail(errand)))
            }
            record.errands = []
        }
        guard record.adherence?.state == .pending else { return outcome }
        guard verifiesAdherence, let wish = record.wish else {
            record.adherence = nil
            return outcome
        }
        outcome.adherenceCheck = AdherenceCheck(
            revision: wish.revision,
            target: wish.target,
            confirmedAt: record.delivery?.at ?? now
        )
        return outcome
    }
}
