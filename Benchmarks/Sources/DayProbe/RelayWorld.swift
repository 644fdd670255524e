// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import Delivery
import GenesysAPI
import GenesysEvents
import Journal
import Pipeline
import Probing
import StatusRules

/// The relay itself: its state, rules and delivery on a driven clock. What is left out is the way in (HTTP, decoding) and
/// the disk: a step of the decisions takes two milliseconds, as a commit would.
///
/// Unchecked: it is used on the one thread of `SerialExecution` alone.
final class RelayWorld: @unchecked Sendable {
    private enum Effect {
        case command(DecisionEngine.Command, agent: Int)
        case observed(PresenceFacts, agent: Int)
    }

    private struct Entry {
        var notification: GenesysEvents.Notification
        var source: JournalSource
        var receivedAt: Timestamp
        var isJudged: CheckedContinuation<Void, Never>?
    }

    private static let commit: Int64 = 2

    private let day: Day
    private let time = VirtualTime()
    private let port: GenesysPort
    private let engine: DecisionEngine
    private var relay: RelayUnderTest?
    private var ledger: Ledger
    private var records: [AgentRecord]
    private var entries: [Entry] = []
    private var reports: [DeliveryReport] = []
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var isBusy = false
    private var events = 0
    private var wishes = 0
    private var confirmed = 0
    private var deadLetters = 0

    init(_ day: Day, limit: Int, lostShare: Double) throws {
        self.day = day
        ledger = Ledger(agents: day.agents)
        engine = try Self.decisions()
        records = (0..<day.agents).map { AgentRecord(id: GenesysPort.id($0)) }
        port = GenesysPort(time: time, agents: day.agents, limit: limit, lostShare: lostShare, seed: day.seed)
        port.changed = { [unowned self] agent, stored in presenceChanged(agent, stored) }
        relay = RelayUnderTest(
            port: port,
            time: time,
            limit: limit,
            report: { [unowned self] report in
                reports.append(report)
                if report.status.state == .confirmed { confirmed += 1 }
                wake()
            },
            judged: { [unowned self] in await judged() },
            observed: { [unowned self] presence in await observed(presence) }
        )
    }

    func run() -> WorldResult {
        time.run(day.happenings, rest: 15 * 60_000) { happening in
            ledger.take(happening)
            if happening.what == .human {
                port.choose(happening.presence, Int(happening.agent))
            } else {
                arrive(happening.notification(at: time.timestamp(Int64(happening.at))))
            }
        }
        ledger.close(time.milliseconds)
        return WorldResult(
            name: "relay",
            agents: day.agents,
            limit: port.model.limit,
            events: events,
            wishes: wishes,
            ledger: ledger,
            calls: ModelGenesys.CallKind.allCases.map { (name: $0.name, count: port.model.calls[$0.rawValue]) },
            refused: port.model.refused,
            shareAtLimit: port.model.shareAtLimit(of: Int64(Day.length)),
            remark: "\(confirmed) confirmed, \(deadLetters) dead letters"
        )
    }

    // MARK: Events

    private func presenceChanged(_ agent: Int, _ stored: ModelGenesys.Stored) {
        // The agent's own choice is in the ledger already.
        ledger.show(stored.presence, agent, time.milliseconds)
        guard !port.losesEvent() else { return }
        var seen = PresenceObservation()
        seen.definitionID = stored.presence.id
        seen.system = stored.presence.system
        seen.message = ""
        seen.modifiedAt = time.timestamp(stored.modifiedAt)
        arrive(
            GenesysEvents.Notification(
                topicName: "v2.users.\(GenesysPort.id(agent)).presence",
                timestamp: time.now,
                event: .presence(userID: GenesysPort.id(agent), seen)
            )
        )
    }

    private func arrive(_ notification: GenesysEvents.Notification) {
        time.after(port.eventDelay()) { [self] in
            events += 1
            entries.append(Entry(notification: notification, source: .webhook, receivedAt: time.now))
            wake()
        }
    }

    /// What was read comes back as notifications; the last of them is judged last.
    private func observed(_ presences: [UserPresence]) async {
        guard let last = presences.last else { return }
        for presence in presences.dropLast() { entries.append(entry(presence, isJudged: nil)) }
        await withCheckedContinuation { continuation in
            entries.append(entry(last, isJudged: continuation))
            wake()
        }
    }

    private func entry(_ presence: UserPresence, isJudged: CheckedContinuation<Void, Never>?) -> Entry {
        var seen = PresenceObservation()
        seen.definitionID = presence.definitionID
        seen.system = presence.system
        seen.message = presence.message
        seen.modifiedAt = presence.modifiedAt
        let notification = GenesysEvents.Notification(
            topicName: "v2.users.\(presence.userID).presence",
            event: .presence(userID: presence.userID, seen)
        )
        return Entry(
            notification: notification,
            source: .observation,
            receivedAt: time.now,
            isJudged: isJudged
        )
    }

    private func judged() async {
        guard isBusy || !reports.isEmpty else { return }
        await withCheckedContinuation { continuation in
            waiters.append(continuation)
            wake()
        }
    }

    // MARK: Decisions

    /// One step at a time, as the pipeline does: decide, commit, tell delivery.
    private func wake() {
        guard !isBusy, !entries.isEmpty || !reports.isEmpty || !waiters.isEmpty else { return }
        isBusy = true
        let taken = (entries: entries, reports: reports, waiters: waiters)
        entries = []
        reports = []
        waiters = []
        var effects: [Effect] = []
        let now = time.now
        for report in taken.reports {
            guard let agent = GenesysPort.agent(report.agentID) else { continue }
            keep(engine.take(report, now: now, into: &records[agent]), agent, &effects)
        }
        for entry in taken.entries { apply(entry, now, &effects) }
        let done = taken.waiters + taken.entries.compactMap(\.isJudged)
        guard !effects.isEmpty || !taken.entries.isEmpty else { return finish(done) }
        time.after(Self.commit) { [self] in tell(effects, done) }
    }

    private func apply(_ entry: Entry, _ now: Timestamp, _ effects: inout [Effect]) {
        guard let id = entry.notification.event.userID, let agent = GenesysPort.agent(id) else { return }
        let kept = JournalEntry(
            key: "entry",
            source: entry.source,
            topic: entry.notification.topicName,
            agentID: id,
            receivedAt: entry.receivedAt,
            body: []
        )
        let outcome = engine.take(entry.notification, from: kept, now: now, into: &records[agent])
        records[agent].facts.forgetEnded(before: entry.receivedAt.advanced(by: .seconds(-600)))
        keep(outcome, agent, &effects)
        if case .presence = entry.notification.event, let seen = records[agent].facts.presence {
            effects.append(.observed(seen, agent: agent))
        }
    }

    private func keep(_ outcome: DecisionEngine.Outcome, _ agent: Int, _ effects: inout [Effect]) {
        deadLetters += outcome.deadLetters.count
        guard let command = outcome.command else { return }
        if case .want = command { wishes += 1 }
        effects.append(.command(command, agent: agent))
    }

    private func tell(_ effects: [Effect], _ done: [CheckedContinuation<Void, Never>]) {
        guard let relay, !effects.isEmpty else { return finish(done) }
        Task.detached { [self] in
            for effect in effects {
                switch effect {
                case .command(let command, let agent):
                    let known = records[agent].facts.presence
                    await relay.take(command, agentID: GenesysPort.id(agent), observed: known)
                case .observed(let presence, let agent):
                    await relay.observe(presence, agentID: GenesysPort.id(agent))
                }
            }
            finish(done)
        }
    }

    private func finish(_ done: [CheckedContinuation<Void, Never>]) {
        isBusy = false
        for continuation in done { continuation.resume() }
        wake()
    }

    private static func decisions() throws -> DecisionEngine {
        let diagnostics = Diagnostics()
        let rules = RuleSet.parse(
            """
            statuses:
              Break: { presence: Break }
              Meeting: { presence: Meeting }
              Training: { presence: Training }
            rules:
              - name: flagged
                when:
                  conversation:
                    media: call
                    state: connected
                    attributes.wfm_status: { in: [Break, Meeting, Training] }
                then: { status: "${conversation.attributes.wfm_status}" }
            """,
            file: "rules.yaml",
            diagnostics: diagnostics
        )
        guard let rules else { throw ProbeError(message: "the rules: \(diagnostics.all)") }
        let targets = Presence.flags.map { ($0.id, PresenceTarget(definitionID: $0.id, system: $0.system)) }
        return DecisionEngine(
            rules: rules,
            targets: Dictionary(uniqueKeysWithValues: targets),
            policy: EpisodePolicy(),
            mode: .act
        )
    }
}
