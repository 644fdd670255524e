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
    /// The rules in force.
    public var rules: RuleSet
    /// The presence of each configured status by its name.
    public var targets: [String: PresenceTarget]
    /// What may be done to agents.
    public var policy: EpisodePolicy
    /// Whether decisions become calls.
    public var mode: RelayMode
    /// Adherence is to show a confirmed presence as well (`verify.adherence`).
    public var verifiesAdherence: Bool
    /// Events have lines in the history, lines their details, and decisions their traces; a replay of millions of events
    /// goes without.
    public var keepsDetails = true
    /// What the history says when a write of ours comes back as an event; `replay` finds the relay's own writes by it.
    public static let ownChange = "our own change came back as an event: no call"

    /// Rules with the targets of their statuses resolved.
    public init(
        rules: RuleSet,
        targets: [String: PresenceTarget],
        policy: EpisodePolicy,
        mode: RelayMode,
        verifiesAdherence: Bool = false
    ) {
        self.rules = rules
        self.targets = targets
        self.policy = policy
        self.mode = mode
        self.verifiesAdherence = verifiesAdherence
        // A label or an id alone does not say that it is On Queue.
        self.rules.onQueueStatuses.formUnion(targets.filter { $0.value.system == .onQueue }.keys)
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
        /// Facts that the event has changed.
        public var changes: [FactChange] = []
        /// Lines for the agent's history, in order.
        public var history: [HistoryEntry] = []
        /// What delivery has to do; `nil` = nothing.
        public var command: Command?
        /// Lines about what is done beside the presence; they follow `history`.
        public var errandHistory: [HistoryEntry] = []
        /// What is to be done beside the presence, from now on.
        public var errands: [Errand] = []
        /// What adherence is to show; `nil` = nothing new.
        public var adherenceCheck: AdherenceCheck?
        /// Conversations that have to be read: nothing was heard of them for too long.
        public var conversationReads: [String] = []
        /// What was given up, with the reason.
        public var deadLetters: [DeadLetter] = []
        /// What the rules said; set when it led to something, or when it was asked for.
        public var evaluation: Evaluation?

        /// Nothing has happened yet.
        public init() {}
    }

    /// An event about the agent.
    public func take(
        _ notification: Notification,
        from entry: JournalEntry,
        now: Timestamp,
        into record: inout AgentRecord
    ) -> Outcome {
        // Most events tell nothing of it, and three texts are not copied for nothing.
        guard notification.event.tellsPresence else {
            let result = record.facts.apply(notification, receivedAt: entry.receivedAt)
            return follow(result, hasNewPresence: false, notification, from: entry, now: now, into: &record)
        }
        let presenceBefore = record.facts.presence
        let result = record.facts.apply(notification, receivedAt: entry.receivedAt)
        let hasNewPresence = record.facts.presence != presenceBefore
        return follow(result, hasNewPresence: hasNewPresence, notification, from: entry, now: now, into: &record)
    }

    /// An event about the agent, of which another engine has found out what it changes: everything but the presence
    /// comes from there. Its details are not kept.
    public func take(
        _ notification: Notification,
        from entry: JournalEntry,
        alreadyIn facts: consuming AgentFacts,
        now: Timestamp,
        into record: inout AgentRecord
    ) -> Outcome {
        record.facts.takeAllButPresence(of: consume facts)
        return follow(.unchanged, hasNewPresence: false, notification, from: entry, now: now, into: &record)
    }

    private func follow(
        _ result: FactsOutcome,
        hasNewPresence: Bool,
        _ notification: Notification,
        from entry: JournalEntry,
        now: Timestamp,
        into record: inout AgentRecord
    ) -> Outcome {
        var outcome = Outcome()
        if hasNewPresence, let seen = record.facts.presence, record.writes.witness(seen) {
            record.episodes.noteWrite()
        }
        record.settleRelease()
        let kind: HistoryEntry.Kind = entry.source == .observation ? .observation : .event
        if case .changed(let changes) = result { outcome.changes = changes }
        switch result {
        // Nobody reads what an event has changed where not even details are kept.
        case _ where !keepsDetails: break
        case .changed(let changes):
            let detail = EventDetail(eventKey: entry.key, topic: entry.topic, changes: changes)
            let summary = changes.map(\.description).joined(separator: ", ")
            outcome.history.append(line(record, now, kind, summary, detail))
            if entry.source == .webhook, hasNewPresence, record.presenceIsOurs {
                outcome.history.append(
                    line(record, now, .guarded, Self.ownChange, detail)
                )
            }
        case .stale(let reason):
            let detail = EventDetail(eventKey: entry.key, topic: entry.topic, changes: [])
            outcome.history.append(line(record, now, kind, "nothing taken: \(reason)", detail))
        case .unchanged:
            break
        }
        let eventTime = entry.source == .observation ? nil : notification.timestamp ?? notification.event.ownTime
        let heardAt = eventTime ?? entry.receivedAt
        record.heardAt = max(record.heardAt ?? heardAt, heardAt)
        let trigger = Trigger(
            eventKey: entry.key,
            eventTime: eventTime,
            receivedAt: entry.source == .observation ? nil : entry.receivedAt
        )
        decide(trigger, now: now, record: &record, outcome: &outcome)
        return outcome
    }

    /// A report of delivery about the agent.
    public func take(_ report: DeliveryReport, now: Timestamp, into record: inout AgentRecord) -> Outcome {
        var outcome = Outcome()
        if let news = report.news { record.take(news, at: report.status.at) }
        let state = report.status.state
        let isCurrent = report.revision == record.wish?.revision
        if isCurrent {
            record.delivery = report.status
            record.writes.forgetOvertaken()
        }
        let kind: HistoryEntry.Kind = report.isGuard ? .guarded : state == .confirmed ? .observation : .call
        let wish = isCurrent ? record.wish : nil
        outcome.history.append(line(record, report.status.at, kind, report.summary, CallDetail(report, wish: wish)))
        if isCurrent || report.revision == 0, state == .failed || state == .notApplied {
            let event = CallDetail(status: report.status, wish: record.wish)
            outcome.deadLetters.append(
                DeadLetter(at: now, reason: report.summary, agentID: report.agentID, event: encoded(event))
            )
        }
        // A change by hand that was seen while the write was under way can be told now.
        let key =
            record.episodes.episode?.eventKey ?? record.episodes.releasing.map { _ in "delivery" }
            ?? record.episodes.armed?.eventKey
        if let key, report.tellsOutcome || (isCurrent && state.isFinal) {
            let trigger = Trigger(eventKey: key, eventTime: record.heardAt)
            decide(trigger, now: now, record: &record, outcome: &outcome)
        }
        record.settleRelease()
        follow(report, now: now, record: &record, outcome: &outcome)
        return outcome
    }

    /// Looks at the agent again without a new event (after a restart, a resync, or with new rules).
    ///
    /// - Parameter eventTime: how old what is known of the agent is; `nil` = it counts as of now.
    public func look(
        eventKey: String,
        eventTime: Timestamp? = nil,
        now: Timestamp,
        into record: inout AgentRecord
    ) -> Outcome {
        var outcome = Outcome()
        let trigger = Trigger(eventKey: eventKey, eventTime: eventTime)
        decide(trigger, now: now, record: &record, outcome: &outcome)
        return outcome
    }

    /// Looks at the agent because its time has come (`AgentRecord.wakeAt`), which counts as an event of that time; or
    /// forgets what is long over.
    public func wake(now: Timestamp, into record: inout AgentRecord) -> Outcome {
        var outcome = Outcome()
        record.forgetEnded(now: now)
        if let due = record.wakeAt, due <= now {
            record.wakeAt = nil
            decide(Trigger(eventKey: "timer", eventTime: due), now: now, record: &record, outcome: &outcome)
        } else if let next = record.reads.next, next <= now {
            let context = context(of: record, changedAt: nil, now: now)
            let unheard = rules.evaluate(record.facts, context, tracing: false).unheard
            outcome.conversationReads = record.reads.ask(for: unheard, now: now)
        }
        return outcome
    }

    /// After a restart: what delivery has to take up again. A write that was under way may have happened.
    public func resume(now: Timestamp, into record: inout AgentRecord) -> Command? {
        guard record.isOutstanding, let wish = record.wish else {
            guard record.writes.isOpen else { return nil }
            record.writes.loseTrack(of: nil)
            return mode == .act ? .read : nil
        }
        guard mode == .act else {
            record.delivery = DeliveryStatus(state: .observed, attempts: record.delivery?.attempts ?? 0, at: now)
            return nil
        }
        record.writes.loseTrack(of: (wish.target.definitionID, wish.since))
        return .want(wish)
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
            case .restore: record.episodes.releasing != nil
            }
        guard isStillMeant else { return nil }
        var outcome = Outcome()
        outcome.command = wish(failed.purpose, failed.target, now, &record)
        let trace = evaluation(of: record, now: now).trace
        var detail = DecisionDetail(eventKey: eventKey, rulesVersion: rules.version, trace: trace)
        if let episode = record.episodes.episode { detail.explain(episode) }
        let reason = "\(failed.target) is tried again on request"
        outcome.history.append(line(record, now, .decision, reason, detail.leading(to: record.wish)))
        return outcome
    }

    func line(
        _ record: AgentRecord,
        _ now: Timestamp,
        _ kind: HistoryEntry.Kind,
        _ summary: String,
        _ detail: @autoclosure () -> some Encodable
    ) -> HistoryEntry {
        HistoryEntry(
            agentID: record.facts.id,
            at: now,
            kind: kind,
            summary: summary,
            detail: keepsDetails ? encoded(detail()) : []
        )
    }
}

extension DeliveryReport {
    /// Something that was not known of a write is known now.
    fileprivate var tellsOutcome: Bool {
        switch news {
        case .accepted, .refused, .settled: true
        case .sent, .unanswered, nil: false
        }
    }
}

extension AgentRecord {
    /// Ends the release whose wish is settled, once the facts show what has come of it.
    fileprivate mutating func settleRelease() {
        // By its case: `!= nil` copies all of it first.
        guard $episodes.peek({ if case .some = $0.releasing { true } else { false } }) == true else { return }
        guard let wish, let state = delivery?.state, state.isFinal else { return }
        // What has failed may be tried again, and the agent's own choice is still to be kept until then.
        guard state != .failed, state != .notApplied else { return }
        // A report overtakes the observation that it is about. While what we had set before is still shown, it must not be
        // taken for the agent's choice by an episode that begins now.
        if let presence = facts.presence {
            if writes.made(presence), !wish.target.isMet(by: presence) { return }
            // Nor while what is shown is older than the write: the observation stands behind events in the journal.
            if let seen = presence.modifiedAt, let written = acceptedWrites.last?.modifiedAt, seen < written { return }
        }
        episodes.released()
    }

    fileprivate mutating func take(_ news: WriteNews, at time: Timestamp) {
        switch news {
        case .sent(let definitionID): writes.send(definitionID, at: time)
        case .refused: writes.refuse()
        case .unanswered: writes.loseAnswer()
        case .accepted(let write):
            writes.accept(write.definitionID, modifiedAt: write.modifiedAt)
            episodes.noteWrite()
        case .settled(let seen):
            if writes.settle(by: seen) { episodes.noteWrite() } else { episodes.noteRead(seen) }
        }
    }
}
