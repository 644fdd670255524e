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
    let delivery: Delivery
    let inbox: PipelineInbox
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let errands: @Sendable ([Errand], String, Bool) async -> Void
    let checkAdherence: @Sendable (AdherenceCheck, String) async -> Void
    let adherenceObserved: @Sendable (AdherenceObservation, String) async -> Void
    let rereadConversation: @Sendable (String, String) async -> Void
    let sleep: @Sendable (Duration) async throws -> Void
    var engine: DecisionEngine
    var decoder = NotificationDecoder(isTrusted: true)

    var records = AgentRecords()
    var position: Int64 = 0
    var subscribers: [Int: AsyncStream<AgentRecord>.Continuation] = [:]
    var letterReaders: [Int: AsyncStream<DeadLetter>.Continuation] = [:]
    var nextSubscriber = 0
    var givenUp = GivenUp()
    /// The id of the newest dead letter.
    var newestLetter: Int64 = 0
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
        /// `event` of the dead letter.
        var letter: [UInt8]
        var done: CheckedContinuation<Bool, Never>
    }

    private var looks: [Look] = []
    /// When the alarm goes off that is set.
    var alarm: (at: Timestamp, task: Task<Void, Never>)?
    private var retries: [Retry] = []

    private let reportCounters = Dictionary(
        uniqueKeysWithValues: DeliveryState.allCases.map { state in
            (state, Counter(label: "presence_relay_delivery_reports_total", dimensions: [("state", state.rawValue)]))
        }
    )

    private let errandCounters = Dictionary(
        uniqueKeysWithValues: ErrandState.allCases.map { state in
            (state, Counter(label: "presence_relay_errand_reports_total", dimensions: [("state", state.rawValue)]))
        }
    )

    /// Reports that go with the next transaction, or with one of their own after a moment: three reports a call would
    /// otherwise be three transactions.
    private var unwritten = PipelineStep()
    private var isTimed = false
    private var isDue = false
    private static let writeDelay = Duration.milliseconds(50)

    /// Entries, or agents, in one transaction.
    static let batch = 256
    /// Bytes of bodies in one transaction: many events may be as large as a request may be.
    private static let batchBytes = 4 * 1024 * 1024

    /// The engine may still lack its targets: `use` replaces it before `run`.
    ///
    /// - Parameters:
    ///   - errands: takes new errands of an agent, each once; when its last argument is `true` they were handed out
    ///     before the process ended, and may be done already. Its answers come back through the inbox.
    ///   - checkAdherence: takes what an agent's adherence is to show, now that the presence is confirmed; a newer
    ///     revision replaces it. Again after a restart, as long as there is no verdict.
    ///   - adherenceObserved: hears every adherence of an agent that was seen, while adherence is verified.
    ///   - rereadConversation: has a conversation read of which there was no news for `EpisodePolicy.conversationTimeout`
    ///     (its id, then the agent's) and journalled as an observation; must not wait for the answer. Asked again, after
    ///     a minute and then less and less often, while there is no news.
    ///   - sleep: waits, or throws when the task is cancelled; with `now` it decides when agents are looked at by the
    ///     clock.
    public init(
        journal: Journal,
        delivery: Delivery,
        inbox: PipelineInbox,
        engine: DecisionEngine,
        now: @escaping @Sendable () -> Timestamp,
        logger: Logger,
        errands: @escaping @Sendable ([Errand], String, Bool) async -> Void = { _, _, _ in },
        checkAdherence: @escaping @Sendable (AdherenceCheck, String) async -> Void = { _, _ in },
        adherenceObserved: @escaping @Sendable (AdherenceObservation, String) async -> Void = { _, _ in },
        rereadConversation: @escaping @Sendable (String, String) async -> Void = { _, _ in },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.journal = journal
        self.delivery = delivery
        self.inbox = inbox
        self.engine = engine
        self.now = now
        self.logger = logger
        self.errands = errands
        self.checkAdherence = checkAdherence
        self.adherenceObserved = adherenceObserved
        self.rereadConversation = rereadConversation
        self.sleep = sleep
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
            setAlarm()
        }
        watcher.cancel()
        alarm?.task.cancel()
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
        for reader in letterReaders.values { reader.finish() }
        letterReaders = [:]
    }

    /// The rules from now on: those to begin with, once their names are resolved, or the same rules when who belongs to
    /// what has changed. Nobody is looked at because of it.
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
    ///
    /// - Parameter letter: `event` of the dead letter, which tells a failed errand from a failed presence; for what is about
    ///   no call (``isAboutCall(_:)``) there is nothing to try.
    public func tryAgain(_ agentID: String, eventKey: String, letter: [UInt8]) async -> Bool {
        guard !isStopped else { return false }
        return await withCheckedContinuation { done in
            retries.append(Retry(agentID: agentID, eventKey: eventKey, letter: letter, done: done))
            inbox.wake()
        }
    }

    // MARK: Steps

    private func resume() async {
        var step = PipelineStep()
        for id in records.ids {
            guard var record = records[id] else { continue }
            let outcome = engine.takeUp(now: now(), into: &record)
            step.keep(record, outcome, in: &records, checkFirst: true)
        }
        // A second restart in a row may find nothing to change, and still all of it to be done.
        if !step.dirty.isEmpty || !step.effects.isEmpty { await finish(step) }
    }

    /// Applies reports and one batch of entries; `false` when there was nothing to do.
    private func advance() async -> Bool {
        var step = unwritten
        unwritten = PipelineStep()
        var batch: [JournalRecord] = []
        if journal.lastSequence > position {
            do {
                batch = try await journal.readNext(after: position, limit: Self.batch, bytes: Self.batchBytes)
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
            let outcome = take(report, into: &record)
            step.keep(record, outcome, in: &records)
        }
        for record in batch { apply(record, in: &step) }
        if let last = batch.last { step.commit.position = last.sequence }
        let looked = looks
        looks = []
        for look in looked { self.look(look, in: &step) }
        // After the entries: what has happened before a time that has come counts when it comes.
        let isBehind = batch.last.map { $0.sequence < journal.lastSequence } ?? false
        let due = isBehind ? 0 : wakeDue(in: &step)
        let tried = retries.map { retry in (retry.done, tryAgain(retry, in: &step)) }
        retries = []
        if batch.isEmpty, looked.isEmpty, tried.isEmpty, due == 0, step.canWait, !isDue {
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

    private func take(_ report: PipelineReport, into record: inout AgentRecord) -> DecisionEngine.Outcome {
        switch report {
        case .delivery(let report):
            reportCounters[report.status.state]?.increment()
            return engine.take(report, now: now(), into: &record)
        case .errand(let report):
            errandCounters[report.state]?.increment()
            return engine.take(report, now: now(), into: &record)
        case .adherence(let report):
            return engine.take(report, now: now(), into: &record)
        }
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
        // What is no call must not become a try of another one.
        guard Self.isAboutCall(retry.letter), var record = records[retry.agentID] else {
            return false
        }
        let outcome =
            DecisionEngine.isAboutErrand(retry.letter)
            ? engine.tryAgain(letter: retry.letter, eventKey: retry.eventKey, now: now(), into: &record)
            : engine.tryAgain(eventKey: retry.eventKey, now: now(), into: &record)
        guard let outcome else { return false }
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
}
