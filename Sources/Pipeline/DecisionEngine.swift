// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import Delivery
public import GenesysEvents
public import Journal
public import StatusRules

/// Whether decisions become calls.
public enum RelayMode: String, Sendable, Codable { case act, observe }

/// One agent's step: an event or a report goes in; history and what delivery has to do come out. Pure, so that
/// `explain` and the running relay decide alike.
public struct DecisionEngine: Sendable {
    public var rules: RuleSet
    /// The presence of each configured status by its name.
    public var targets: [String: PresenceTarget]
    public var policy: EpisodePolicy
    public var mode: RelayMode

    public init(rules: RuleSet, targets: [String: PresenceTarget], policy: EpisodePolicy, mode: RelayMode) {
        self.rules = rules
        self.targets = targets
        self.policy = policy
        self.mode = mode
    }

    /// What delivery has to do.
    public enum Command: Sendable, Equatable {
        case want(Wish)
        case withdraw
        /// The presence is not known: read it.
        case read
    }

    /// What a step leads to, besides the changed record.
    public struct Outcome: Sendable {
        public var history: [HistoryEntry] = []
        public var command: Command?
        public var deadLetters: [DeadLetter] = []
        /// What the rules said; set when it led to something, or when it was asked for.
        public var evaluation: Evaluation?

        public init() {}
    }

    /// An event about the agent.
    public func take(
        _ notification: Notification, from entry: JournalEntry, now: Timestamp, into record: inout AgentRecord
    ) -> Outcome {
        var outcome = Outcome()
        let wasOurs = record.presenceIsOurs
        let result = record.facts.apply(notification, receivedAt: entry.receivedAt)
        let kind: HistoryEntry.Kind = entry.source == .observation ? .observation : .event
        switch result {
        case .changed(let changes):
            let detail = EventDetail(eventKey: entry.key, topic: entry.topic, changes: changes)
            let summary = changes.map(\.description).joined(separator: ", ")
            outcome.history.append(line(record, now, kind, summary, detail))
            if entry.source == .webhook, record.presenceIsOurs, !wasOurs {
                outcome.history.append(line(record, now, .guarded, "our own change came back as an event: no call", detail))
            }
        case .stale(let reason):
            let detail = EventDetail(eventKey: entry.key, topic: entry.topic, changes: [])
            outcome.history.append(line(record, now, kind, "nothing taken: \(reason)", detail))
        case .unchanged:
            break
        }
        let eventTime = entry.source == .observation ? nil : notification.timestamp ?? notification.event.ownTime
        decide(Trigger(eventKey: entry.key, eventTime: eventTime), now: now, record: &record, outcome: &outcome)
        return outcome
    }

    /// A report of delivery about the agent.
    public func take(_ report: DeliveryReport, now: Timestamp, into record: inout AgentRecord) -> Outcome {
        var outcome = Outcome()
        if let write = report.acceptedWrite {
            record.lastWrite = write
            record.write = .accepted(modifiedAt: write.modifiedAt)
        } else if report.status.state == .sent || report.outcomeIsUnknown {
            if record.write == .notSent { record.write = .inFlight }
        } else if record.write == .inFlight, report.status.error != nil {
            record.write = .notSent
        }
        let isCurrent = report.revision == record.wish?.revision
        if isCurrent { record.delivery = report.status }
        let detail = CallDetail(status: report.status, target: isCurrent ? record.wish?.target.description : nil)
        let kind: HistoryEntry.Kind = report.isGuard ? .guarded : report.status.state == .confirmed ? .observation : .call
        outcome.history.append(line(record, report.status.at, kind, report.summary, detail))
        if isCurrent || report.revision == 0, report.status.state == .failed || report.status.state == .notApplied {
            let event = CallDetail(status: report.status, target: record.wish?.target.description)
            outcome.deadLetters.append(
                DeadLetter(at: now, reason: report.summary, agentID: report.agentID, event: encoded(event))
            )
        }
        if report.acceptedWrite != nil, let key = record.episodes.episode?.eventKey {
            // A change by hand that was seen while the write was under way can be told now.
            decide(Trigger(eventKey: key), now: now, record: &record, outcome: &outcome)
        }
        return outcome
    }

    /// Looks at the agent again without a new event (after a restart, a resync, or with new rules).
    public func look(eventKey: String, now: Timestamp, into record: inout AgentRecord) -> Outcome {
        var outcome = Outcome()
        decide(Trigger(eventKey: eventKey), now: now, record: &record, outcome: &outcome)
        return outcome
    }

    /// Wants again what the newest wish could not bring about, with new attempts, as a person asks for.
    ///
    /// `nil` when there is nothing to try: no wish has failed, or what it stood for is over: the rule has let go, or
    /// somebody has changed the presence since.
    public func tryAgain(eventKey: String, now: Timestamp, into record: inout AgentRecord) -> Outcome? {
        guard let failed = record.wish, let state = record.delivery?.state, state == .failed || state == .notApplied
        else { return nil }
        let isStillMeant =
            switch failed.purpose {
            // A change by hand would have ended the episode.
            case .set: record.episodes.episode?.target == failed.target
            case .restore: record.episodes.episode == nil && record.presenceIsOurs
            }
        guard isStillMeant else { return nil }
        var outcome = Outcome()
        outcome.command = wish(failed.purpose, failed.target, now, &record)
        let detail = DecisionDetail(
            eventKey: eventKey,
            rule: record.episodes.episode?.rule,
            status: record.episodes.episode?.status,
            conversationId: record.episodes.episode?.conversationID,
            rulesVersion: rules.version,
            trace: []
        )
        outcome.history.append(line(record, now, .decision, "\(failed.target) is tried again on request", detail))
        return outcome
    }

    // MARK: -

    private func decide(_ trigger: Trigger, now: Timestamp, record: inout AgentRecord, outcome: inout Outcome) {
        let match = rules.evaluate(record.facts, tracing: false).match
        let before = record.episodes.episode
        let step = record.episodes.advance(
            facts: record.facts,
            match: match,
            trigger: trigger,
            now: now,
            write: record.write,
            restoring: record.restoring,
            policy: policy,
            target: { targets[$0] }
        )
        guard step != .none else { return }
        let evaluation = rules.evaluate(record.facts, tracing: true)
        outcome.evaluation = evaluation
        let detail = DecisionDetail(
            eventKey: trigger.eventKey,
            rule: (record.episodes.episode ?? before)?.rule ?? match?.rule,
            status: (record.episodes.episode ?? before)?.status ?? match?.status,
            conversationId: (record.episodes.episode ?? before)?.conversationID,
            rulesVersion: rules.version,
            trace: evaluation.trace
        )
        switch step {
        case .none:
            break
        case .set(let target):
            if before == nil { record.write = initialProgress(record) }
            outcome.command = wish(.set, target, now, &record)
            let text = "rule '\(match?.rule ?? "")' wants \(match?.status ?? target.description)"
            outcome.history.append(line(record, now, .decision, text, detail))
        case .restore(let target, let reason):
            outcome.command = wish(.restore, target, now, &record)
            outcome.history.append(line(record, now, .decision, "\(reason): restore \(target)", detail))
        case .end(let reason):
            if record.isOutstanding {
                record.delivery?.state = .superseded
                record.delivery?.at = now
                outcome.command = .withdraw
            }
            outcome.history.append(line(record, now, .decision, reason, detail))
        case .guarded(let reason):
            outcome.history.append(line(record, now, .guarded, reason, detail))
        case .readPresence:
            outcome.command = .read
            outcome.history.append(line(record, now, .decision, "the presence is not known yet: it is read first", detail))
        }
    }

    private func wish(
        _ purpose: Wish.Purpose, _ target: PresenceTarget, _ now: Timestamp, _ record: inout AgentRecord
    ) -> Command? {
        record.revision += 1
        let wish = Wish(revision: record.revision, purpose: purpose, target: target, since: now)
        record.wish = wish
        record.delivery = DeliveryStatus(state: mode == .act ? .pending : .observed, attempts: 0, at: now)
        return mode == .act ? .want(wish) : nil
    }

    /// An episode starts with no write of its own, unless one of an earlier episode is not yet seen: until then the
    /// old presence must not be taken for a change by hand.
    private func initialProgress(_ record: AgentRecord) -> WriteProgress {
        if record.restoring != nil { return .inFlight }
        guard let ours = record.lastWrite?.modifiedAt, let seen = record.facts.presence?.modifiedAt, seen < ours else {
            return .notSent
        }
        return .accepted(modifiedAt: ours)
    }

    private func line(
        _ record: AgentRecord, _ now: Timestamp, _ kind: HistoryEntry.Kind, _ summary: String, _ detail: some Encodable
    ) -> HistoryEntry {
        HistoryEntry(agentID: record.facts.id, at: now, kind: kind, summary: summary, detail: encoded(detail))
    }
}
