// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysAPI
public import GenesysEvents

/// One agent's wish on its way: decides each next call. Pure: time, randomness and answers come in as arguments.
///
/// At most one call is in flight; a newer wish replaces one that is not sent yet at no cost and waits for one that is.
public struct AgentDelivery: Sendable {
    private enum Stage {
        /// Compare with what is observed, then write.
        case ready
        /// What the presence is now is not known (never seen, or a write without an answer): read before writing.
        case checking
        /// Accepted: wait for the presence event until `verifyBy`, then read.
        case verifying
    }

    private let agentID: String
    private let policy: DeliveryPolicy
    private var wish: Wish?
    private var stage = Stage.ready
    /// Writes sent for the wish, and those that were taken and then not found by a read.
    private var attempts = 0
    private var misses = 0
    /// The last read has shown what is wanted, but from before the write: another one has to tell.
    private var isDoubted = false
    private var failures = CallFailures()
    /// The call under way, and the wish it was for.
    private var inFlight: (call: Call, revision: Int)?
    private var observed: PresenceFacts?
    /// Our newest write that is known to have happened, and the definition of a later one without an answer.
    private var written: AcceptedWrite?
    private var unanswered: String?
    /// The same as long as it is not yet observed, and when to read for it.
    private var unobserved: AcceptedWrite?
    private var verifyBy: Timestamp?
    /// A write without an answer has been made since the last read, for whatever wish.
    private var outcomeIsUnknown = false
    private var readIsWanted = false
    /// Bulk calls leave this agent out: its next call is for it alone.
    private(set) var needsCallAlone = false
    /// When the wish's first write went out.
    private var sentAt: Timestamp?

    /// Nothing is wanted yet.
    public init(agentID: String, policy: DeliveryPolicy) {
        self.agentID = agentID
        self.policy = policy
    }

    /// Nothing is wanted and nothing is under way.
    public var isIdle: Bool { inFlight == nil && !hasWork }

    /// A call is due, or will be.
    var hasWork: Bool { inFlight == nil && (wish != nil || readIsWanted || unobserved != nil) }

    /// The next call; `nil` when nothing is to be done.
    var nextKind: Kind? {
        guard hasWork else { return nil }
        guard wish != nil else { return readIsWanted ? .read : .verifyingRead }
        switch stage {
        // Back to Offline, behind a write of ours that is not seen yet: it may have had no effect.
        case .ready: return observed?.system == .offline && unobserved != nil ? .read : .write
        case .checking: return .read
        case .verifying: return .verifyingRead
        }
    }

    /// How much of the change others see: whether calls reach the agent, then adherence, then only a label.
    var prominence: Int {
        guard let wish, let wanted = wish.target.system, let shown = observed?.system, wanted != shown else { return 0 }
        return wanted == .onQueue || shown == .onQueue ? 2 : 1
    }

    /// When the newest wish was decided.
    var wantedSince: Timestamp? { wish?.since }

    /// When to look again although nothing happened; `nil` = at once, or not at all.
    public var deadline: Timestamp? {
        guard hasWork else { return nil }
        guard nextKind == .verifyingRead, let verifyBy else { return failures.notBefore }
        return max(verifyBy, failures.notBefore ?? verifyBy)
    }

    /// A new wish; `checkFirst` reads the presence before anything is written (after a restart).
    public mutating func want(_ new: Wish, observed presence: PresenceFacts?, checkFirst: Bool) {
        observe(presence)
        wish = new
        attempts = 0
        misses = 0
        isDoubted = false
        failures.beginAnew()
        sentAt = nil
        // A call that is in flight will tell by itself.
        if checkFirst, inFlight == nil { outcomeIsUnknown = true }
        stage = outcomeIsUnknown || observed == nil ? .checking : .ready
        if observed != nil { readIsWanted = false }
    }

    /// The wish is no longer wanted; a call in flight still ends.
    public mutating func withdraw() {
        wish = nil
        failures.endWaiting()
        // What is not known must not stay so: nobody would notice a write that happened.
        if outcomeIsUnknown { readIsWanted = true }
    }

    /// Asks for one read of the presence without a wish.
    public mutating func wantRead() {
        readIsWanted = true
    }

    /// Presence seen in an event; may confirm the wish.
    public mutating func observed(_ presence: PresenceFacts, now: Timestamp) -> [DeliveryReport] {
        observe(presence)
        guard case .verifying = stage, unobserved == nil, let wish, wish.target.isMet(by: observed) else { return [] }
        return [finish(.confirmed, now, "confirmed by the presence event")]
    }

    /// The next call, if one is due now. The caller makes it and hands the answer to `wrote` or `didRead`.
    public mutating func nextCall(now: Timestamp) -> (call: Call?, reports: [DeliveryReport]) {
        guard hasWork else { return (nil, []) }
        if let deadline, now < deadline { return (nil, []) }
        if nextKind == .read, wish != nil { stage = .checking }
        guard let wish, case .ready = stage else {
            inFlight = (.read, wish?.revision ?? 0)
            return (.read, [])
        }
        if observed?.system == .offline, !isOurs(observed), wish.leavesOffline != true {
            return (nil, [finish(.superseded, now, "the agent is Offline: nothing is written", isGuard: true)])
        }
        if unobserved == nil, wish.target.isNoChange(from: observed) {
            return (
                nil, [finish(.confirmed, now, "the agent already has \(wish.target): nothing to write", isGuard: true)]
            )
        }
        attempts += 1
        isDoubted = false
        inFlight = (.write(wish.target), wish.revision)
        let text = "\(wish.purpose.rawValue) \(wish.target): sent"
        var report = report(.sent, now, text, news: .sent(definitionID: wish.target.definitionID))
        if sentAt == nil {
            sentAt = now
            report.latencies = wish.latencies(sentAt: now)
        }
        return (.write(wish.target), [report])
    }

    /// The answer to a write. `random` in 0..<1 spreads the retry.
    public mutating func wrote(
        _ result: Result<UserPresence, GenesysAPIError>,
        now: Timestamp,
        random: Double
    ) -> [DeliveryReport] {
        guard let (call, revision) = inFlight, case .write(let target) = call else { return [] }
        inFlight = nil
        needsCallAlone = false
        let isCurrent = wish?.revision == revision
        switch result {
        case .success(let answer):
            // Whatever had no answer before, this came after it.
            outcomeIsUnknown = false
            unanswered = nil
            let accepted = AcceptedWrite(definitionID: target.definitionID, modifiedAt: answer.modifiedAt)
            written = accepted
            unobserved = accepted
            verifyBy = now.advanced(by: policy.verifyWithin)
            settle()
            failures.wrote()
            let state: DeliveryState = isCurrent ? .accepted : .superseded
            var reports = [report(state, now, "Genesys answered 2xx", revision: revision, news: .accepted(accepted))]
            guard isCurrent, let wish else { return reports }
            stage = .verifying
            if unobserved == nil, wish.target.isMet(by: observed) {
                reports.append(finish(.confirmed, now, "confirmed by the presence event"))
            }
            return reports
        case .failure(let error):
            let isUnknown = error.outcomeIsUnknown
            if isUnknown {
                outcomeIsUnknown = true
                unanswered = target.definitionID
                if wish == nil { readIsWanted = true }
            }
            if isUnknown || error.code == .conflict { stage = .checking }
            let news: WriteNews = isUnknown ? .unanswered : .refused
            if isCurrent { return [failed(error, now, random, what: "the write", news: news)] }
            let text = "the write failed, no longer wanted: \(error)"
            return [report(.superseded, now, text, revision: revision, news: news)]
        }
    }

    /// The bulk call of a write or read was refused as a whole, which says nothing of this agent: nothing has happened.
    public mutating func refusedTogether(now: Timestamp) -> [DeliveryReport] {
        guard let (call, revision) = inFlight else { return [] }
        inFlight = nil
        guard case .write = call else { return [] }
        let isCurrent = wish?.revision == revision
        let text = "the bulk call was refused as a whole" + (isCurrent ? ": sent again in smaller ones" : "")
        return [report(isCurrent ? .pending : .superseded, now, text, revision: revision, news: .refused)]
    }

    /// The answer to the bulk call of a write or read says nothing of this agent, or not what was written. Whether the
    /// write has happened is not known; what comes next, as the agent's own call, tells. As `oneOfMany` the agent is
    /// looked at with the others first: maybe Genesys has done it all and does not say so.
    public mutating func leftOut(oneOfMany: Bool = false, now: Timestamp) -> [DeliveryReport] {
        guard let (call, revision) = inFlight else { return [] }
        inFlight = nil
        guard case .write(let target) = call else {
            needsCallAlone = true
            return []
        }
        if oneOfMany { failures.suspectWrite() } else { needsCallAlone = true }
        let isCurrent = wish?.revision == revision
        outcomeIsUnknown = true
        unanswered = target.definitionID
        if wish == nil { readIsWanted = true }
        if !isCurrent || oneOfMany { stage = .checking }
        let next = !isCurrent ? "" : oneOfMany ? ": read, and then sent alone" : ": sent alone"
        let text = "left out of the answer to a bulk call" + next
        return [report(isCurrent ? .pending : .superseded, now, text, revision: revision, news: .unanswered)]
    }

    /// The answer to a read. A successful one is an observation: the caller journals it.
    public mutating func didRead(
        _ result: Result<UserPresence, GenesysAPIError>,
        now: Timestamp,
        random: Double
    ) -> [DeliveryReport] {
        guard let (call, revision) = inFlight, case .read = call else { return [] }
        inFlight = nil
        needsCallAlone = false
        readIsWanted = false
        switch result {
        case .success(let answer):
            return read(PresenceFacts(answer), revision, now)
        case .failure(let error):
            failures.loseRead(error)
            needsCallAlone = failures.readsNeedCallAlone
            let report = failed(error, now, random, what: "GET presence")
            if report.status.state == .pending {
                if wish == nil { readIsWanted = true }
            } else {
                unobserved = nil
                outcomeIsUnknown = false
            }
            return [report]
        }
    }

    /// The clock was set: what waits goes on waiting as long as it would have.
    mutating func clockWasSet(by change: Duration) {
        verifyBy = verifyBy?.advanced(by: change)
        failures.clockWasSet(by: change)
        sentAt = sentAt?.advanced(by: change)
    }

    // MARK: -

    private mutating func read(_ seen: PresenceFacts, _ revision: Int, _ now: Timestamp) -> [DeliveryReport] {
        let accepted = unobserved
        let news: WriteNews? = outcomeIsUnknown ? .settled(seen) : nil
        observe(seen)
        if let shown = seen.definitionID, shown == unanswered {
            written = AcceptedWrite(definitionID: shown, modifiedAt: seen.modifiedAt)
        }
        unanswered = nil
        unobserved = nil
        outcomeIsUnknown = false
        // A read that succeeds before a write that fails, over and over, is no progress.
        if wish == nil || stage != .checking { failures.succeeded() }
        failures.didRead()
        let found = seen.system?.name ?? seen.definitionID ?? "nothing"
        switch (wish, stage) {
        case (let wish?, .verifying) where wish.revision == revision:
            return [verified(wish, written: accepted, found, now)]
        case (let wish?, .checking):
            stage = .ready
            guard let news else { return [] }
            guard wish.target.isNoChange(from: observed) else {
                failures.loseWrite()
                needsCallAlone = failures.writesNeedCallAlone
                return [report(.pending, now, "a read shows \(found) after a write without an answer", news: news)]
            }
            return [
                finish(.confirmed, now, "confirmed by a read: the write without an answer had happened", news: news)
            ]
        default:
            let text = "a read shows \(found) after a write without an answer, which is no longer wanted"
            return news.map { [report(.superseded, now, text, revision: 0, news: $0)] } ?? []
        }
    }

    private mutating func verified(
        _ wish: Wish,
        written: AcceptedWrite?,
        _ found: String,
        _ now: Timestamp
    ) -> DeliveryReport {
        let age = observed?.modifiedAt.flatMap { seen in written?.modifiedAt.map { (seen: seen, ours: $0) } }
        if wish.target.isMet(by: observed) {
            // The agent has had it before: a read that lags shows that, although nothing has come of the write. Once more
            // and no oftener, for whatever dates Genesys gives, what two reads show is so.
            guard let age, age.seen < age.ours, !isDoubted else {
                return finish(.confirmed, now, "confirmed by a read")
            }
            isDoubted = true
            unobserved = written
            verifyBy = now.advanced(by: policy.verifyWithin)
            return report(.accepted, now, "a read shows \(found) from before the write; it is read again")
        }
        if let age, age.seen > age.ours {
            return finish(.superseded, now, "somebody else has set \(found) since")
        }
        misses += 1
        guard misses >= policy.verifyAttempts else {
            stage = .ready
            return report(.pending, now, "not applied: a read shows \(found); it is written again")
        }
        let text = "Genesys answered 2xx to \(misses) writes of \(wish.target), but a read still shows \(found)"
        return finish(.notApplied, now, text, .init(code: "notApplied", message: text))
    }

    /// Our own newest write: an agent whom we have put back to Offline, and who has chosen otherwise meanwhile, is no
    /// agent who has left.
    private func isOurs(_ presence: PresenceFacts?) -> Bool {
        guard let written, let presence, let seen = presence.modifiedAt else { return false }
        return presence.definitionID == written.definitionID && seen == written.modifiedAt
    }

    /// Takes in what an event or a read shows, unless it is older than what is known.
    private mutating func observe(_ presence: PresenceFacts?) {
        guard let presence else { return }
        if let known = observed?.modifiedAt, let seen = presence.modifiedAt, seen < known { return }
        observed = presence
        settle()
    }

    /// Our write is observed, or overtaken by a newer presence.
    private mutating func settle() {
        guard let write = unobserved, let seen = observed else { return }
        if let ours = write.modifiedAt, let theirs = seen.modifiedAt {
            if theirs >= ours { unobserved = nil }
        } else if seen.definitionID == write.definitionID {
            unobserved = nil
        }
    }

    private mutating func failed(
        _ error: GenesysAPIError,
        _ now: Timestamp,
        _ random: Double,
        what: String,
        news: WriteNews? = nil
    ) -> DeliveryReport {
        let text = "\(what) failed: \(error)"
        let isOpen = news == .unanswered
        switch failures.failed(error, isOpen: isOpen, policy: policy, now: now, random: random) {
        case .forGood: return finish(.failed, now, text, .init(error), news: news)
        case .again(let delay):
            return report(.pending, now, text + "; tried again in \(delay)", .init(error), news: news)
        }
    }

    private mutating func finish(
        _ state: DeliveryState,
        _ now: Timestamp,
        _ summary: String,
        _ error: DeliveryStatus.Failure? = nil,
        isGuard: Bool = false,
        news: WriteNews? = nil
    ) -> DeliveryReport {
        var report = report(state, now, summary, error, news: news)
        report.isGuard = isGuard
        if state == .confirmed, let wish, let sentAt {
            report.latencies = wish.latencies(sentAt: sentAt, confirmedAt: now)
        }
        wish = nil
        failures.endWaiting()
        failures.succeeded()
        if state == .notApplied || state == .failed { unobserved = nil }
        return report
    }

    private func report(
        _ state: DeliveryState,
        _ now: Timestamp,
        _ summary: String,
        _ error: DeliveryStatus.Failure? = nil,
        revision: Int? = nil,
        news: WriteNews? = nil
    ) -> DeliveryReport {
        DeliveryReport(
            agentID: agentID,
            revision: revision ?? wish?.revision ?? 0,
            status: DeliveryStatus(state: state, attempts: attempts, at: now, error: error),
            summary: summary,
            news: news
        )
    }
}
