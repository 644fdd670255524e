// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import Delivery
public import GenesysEvents
public import Journal
public import Logging
import Metrics
import StatusRules

/// Takes journalled events, in their order, through agent state and rules; commits the new states, the history and the
/// position in one transaction; and only then tells delivery. A restart at any point goes on from the last commit.
public actor Pipeline {
    let journal: Journal
    private let delivery: Delivery
    let inbox: PipelineInbox
    let now: @Sendable () -> Timestamp
    private let logger: Logger
    var engine: DecisionEngine
    var decoder = NotificationDecoder()

    var records = AgentRecords()
    var position: Int64 = 0
    var subscribers: [Int: AsyncStream<AgentRecord>.Continuation] = [:]
    var nextSubscriber = 0
    private var isRunning = false
    var isStopped = false

    private struct Look {
        var agentIDs: [String]
        var eventKey: String
        /// What is known may be old: it sets no status that an event of its age would not set.
        var mindsAge = false
        var done: CheckedContinuation<Void, Never>?
    }

    private struct Retry {
        var agentID: String
        var eventKey: String
        var done: CheckedContinuation<Bool, Never>
    }

    private var looks: [Look] = []
    private var retries: [Retry] = []

    private let reportCounters = Dictionary(
        uniqueKeysWithValues: DeliveryState.allCases.map { state in
            (state, Counter(label: "presence_relay_delivery_reports_total", dimensions: [("state", state.rawValue)]))
        }
    )

    /// Reports that go with the next transaction, or with one of their own after a moment: three reports a call would
    /// otherwise be three transactions.
    private var unwritten = PipelineStep()
    private var isTimed = false
    private var isDue = false
    private static let writeDelay = Duration.milliseconds(50)

    private static let batch = 256
    /// The engine may still lack its targets: `use` replaces it before `run`.
    public init(
        journal: Journal,
        delivery: Delivery,
        inbox: PipelineInbox,
        engine: DecisionEngine,
        now: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        self.journal = journal
        self.delivery = delivery
        self.inbox = inbox
        self.engine = engine
        self.now = now
        self.logger = logger
    }

    /// Reads the stored states. Before `run`.
    public func load() async throws(JournalError) {
        let snapshot = try await journal.snapshot()
        position = snapshot.position
        inbox.advance(to: position)
        for stored in snapshot.agents {
            do {
                _ = records.put(try AgentRecord(stored: stored.state))
            } catch {
                logger.error(
                    "a stored agent cannot be read; it is rebuilt from new events",
                    metadata: ["agent": "\(stored.id)"]
                )
            }
        }
    }

    /// Works until `stop`. Wishes that were under way when the process ended are taken up again, checked by a read
    /// first: whether their write happened is not known. Once what had waited is applied, every agent is looked at:
    /// rules may have changed, and a read that was asked for may have been lost.
    public func run() async {
        guard !isStopped else { return }
        isRunning = true
        await resume()
        while !isStopped, await advance() {}
        looks.append(Look(agentIDs: Array(records.ids), eventKey: "restart", mindsAge: true))
        let watcher = Task { [journal, inbox] in
            var seen: Int64 = -1
            while !Task.isCancelled {
                await journal.waitForEntries(after: seen)
                // Nothing new: the journal is closed, or this task is cancelled.
                guard journal.lastSequence > seen else { return }
                seen = journal.lastSequence
                inbox.wake()
            }
        }
        inbox.wake()
        for await _ in inbox.signals {
            while !isStopped, await advance() {}
            if isStopped { break }
        }
        watcher.cancel()
        await finish(unwritten)
        unwritten = PipelineStep()
        isRunning = false
        releaseWaiters()
    }

    /// Ends `run` after the transaction under way.
    public func stop() {
        isStopped = true
        inbox.finish()
        if !isRunning { releaseWaiters() }
    }

    private func releaseWaiters() {
        for look in looks { look.done?.resume() }
        looks = []
        for retry in retries { retry.done.resume(returning: false) }
        retries = []
        for subscriber in subscribers.values { subscriber.finish() }
        subscribers = [:]
    }

    /// The rules to begin with, once their statuses are resolved. Before `run`.
    public func use(_ engine: DecisionEngine) { self.engine = engine }

    /// New rules: every agent is looked at again, soon after the return.
    public func replace(engine: DecisionEngine) {
        self.engine = engine
        looks.append(Look(agentIDs: Array(records.ids), eventKey: "rules:\(engine.rules.version)"))
        inbox.wake()
    }

    /// Looks at agents again without a new event; returns when it is done (or the pipeline has stopped).
    public func look(at agentIDs: [String], eventKey: String) async {
        guard !isStopped else { return }
        await withCheckedContinuation { done in
            looks.append(Look(agentIDs: agentIDs, eventKey: eventKey, done: done))
            inbox.wake()
        }
    }

    /// Wants again what could not be brought about for an agent; returns, when it is decided and stored, whether there
    /// was anything to try.
    public func tryAgain(_ agentID: String, eventKey: String) async -> Bool {
        guard !isStopped else { return false }
        return await withCheckedContinuation { done in
            retries.append(Retry(agentID: agentID, eventKey: eventKey, done: done))
            inbox.wake()
        }
    }

    // MARK: Steps

    private func resume() async {
        var step = PipelineStep()
        for id in records.ids {
            guard var record = records[id] else { continue }
            let command = engine.resume(now: now(), into: &record)
            if records.put(record) { step.dirty.insert(id) }
            if let command { step.effects.append(.command(command, agentID: id)) }
        }
        if !step.dirty.isEmpty { await finish(step) }
    }

    /// Applies reports and one batch of entries; `false` when there was nothing to do.
    private func advance() async -> Bool {
        var step = unwritten
        unwritten = PipelineStep()
        var batch: [JournalRecord] = []
        if journal.lastSequence > position {
            do {
                batch = try await journal.read(after: position, limit: Self.batch)
            } catch {
                logger.error("the journal cannot be read: \(error)")
                await pause()
                inbox.wake()
            }
        }
        // Taken after the entries: an echo of our own write is never looked at before the report that it was sent.
        let (reports, count) = inbox.take()
        for report in reports {
            guard var record = records[report.agentID] else { continue }
            let outcome = engine.take(report, now: now(), into: &record)
            reportCounters[report.status.state]?.increment()
            step.keep(record, outcome, in: &records)
        }
        for record in batch { apply(record, in: &step) }
        if let last = batch.last { step.commit.position = last.sequence }
        let looked = looks
        looks = []
        for look in looked { self.look(look, in: &step) }
        let tried = retries.map { retry in (retry.done, tryAgain(retry, in: &step)) }
        retries = []
        if batch.isEmpty, looked.isEmpty, tried.isEmpty, step.canWait, !isDue {
            unwritten = step
            inbox.judged(upTo: count)
            if !reports.isEmpty { writeSoon() }
            return !reports.isEmpty
        }
        isDue = false
        await finish(step)
        inbox.judged(upTo: count)
        for look in looked { look.done?.resume() }
        for (done, isTried) in tried { done.resume(returning: isTried) }
        return true
    }

    /// Sees to it that what waits is written although no event comes.
    private func writeSoon() {
        guard !isTimed else { return }
        isTimed = true
        Task {
            try? await Task.sleep(for: Self.writeDelay)
            self.isTimed = false
            self.isDue = !self.unwritten.dirty.isEmpty || !self.unwritten.commit.history.isEmpty
            self.inbox.wake()
        }
    }

    private func tryAgain(_ retry: Retry, in step: inout PipelineStep) -> Bool {
        guard var record = records[retry.agentID],
            let outcome = engine.tryAgain(eventKey: retry.eventKey, now: now(), into: &record)
        else { return false }
        step.keep(record, outcome, in: &records)
        return true
    }

    private func look(_ look: Look, in step: inout PipelineStep) {
        for id in look.agentIDs {
            guard var record = records[id] else { continue }
            let age = look.mindsAge ? record.heardAt : nil
            let outcome = engine.look(eventKey: look.eventKey, eventTime: age, now: now(), into: &record)
            step.keep(record, outcome, in: &records)
        }
    }

    private func finish(_ done: PipelineStep) async {
        var step = done
        for id in step.dirty {
            guard let record = records[id] else { continue }
            do {
                step.commit.agents.append(StoredAgent(id: id, state: try record.stored()))
            } catch {
                logger.critical("an agent's state cannot be encoded: \(error)", metadata: ["agent": "\(id)"])
            }
        }
        guard await commit(step.commit) else { return }
        for effect in step.effects {
            switch effect {
            case .command(.want(let wish), let id):
                let record = records[id]
                await delivery.want(
                    wish,
                    agentID: id,
                    observed: record?.facts.presence,
                    checkFirst: record?.writes.unanswered.isEmpty == false
                )
            case .command(.withdraw, let id): await delivery.withdraw(agentID: id)
            case .command(.read, let id): await delivery.read(agentID: id)
            case .observed(let presence, let id): await delivery.observe(presence, agentID: id)
            }
        }
        if let applied = step.commit.position {
            position = applied
            inbox.advance(to: applied)
        }
        guard !subscribers.isEmpty else { return }
        for id in step.dirty {
            guard let record = records[id] else { continue }
            for subscriber in subscribers.values { subscriber.yield(record) }
        }
    }

    /// Until it is written: what the pipeline has decided must not go out before. `false` when it is not, because the
    /// relay stops: the entries are applied again after the next start.
    private func commit(_ commit: JournalCommit) async -> Bool {
        while true {
            do {
                try await journal.commit(commit)
                return true
            } catch {
                if error.code == .closed { return false }
                logger.error("the agents' states cannot be written; trying again: \(error)")
                if isStopped { return false }
                await pause()
            }
        }
    }

    private func pause() async { try? await Task.sleep(for: .milliseconds(500)) }
}
