// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysAPI
public import GenesysEvents

/// Limits of delivery.
public struct DeliveryPolicy: Sendable {
    /// How long to wait for the presence event before reading.
    public var verifyWithin: Duration = .seconds(10)
    /// Writes per wish before it is `notApplied`.
    public var verifyAttempts = 3
    /// First retry delay; doubles with each failure, with full jitter.
    public var backoffBase: Duration = .milliseconds(500)
    public var backoffLimit: Duration = .seconds(30)
    /// A wish that still fails after this long is `failed`.
    public var giveUpAfter: Duration = .seconds(600)

    public init() {}

    /// Full jitter: anywhere between nothing and the doubled delay, so that many agents do not retry together.
    func backoff(failures: Int, random: Double) -> Duration {
        min(backoffLimit, backoffBase * (1 << min(failures, 16))) * max(0.1, random)
    }
}

/// One agent's wish on its way: decides each next call. Pure: time, randomness and answers come in as arguments.
///
/// At most one call is in flight; a newer wish replaces one that is not sent yet at no cost and waits for one that is.
public struct AgentDelivery: Sendable {
    /// A call to make.
    public enum Call: Sendable, Equatable {
        /// `PATCH /api/v2/users/{id}/presences/purecloud`
        case write(PresenceTarget)
        /// `GET /api/v2/users/{id}/presences/purecloud`
        case read
    }

    private enum Stage: Equatable {
        /// Compare with what is observed, then write.
        case ready
        /// What the presence is now is not known (never seen, or a write without an answer): read before writing.
        case checking
        /// Accepted: wait for the presence event until then, then read.
        case verifying(deadline: Timestamp)
    }

    private let agentID: String
    private let policy: DeliveryPolicy
    private var wish: Wish?
    private var stage = Stage.ready
    private var attempts = 0
    private var failures = 0
    private var notBefore: Timestamp?
    /// The call under way, and the wish it was for.
    private var inFlight: (call: Call, revision: Int)?
    private var observed: PresenceFacts?
    /// Our newest write that is accepted but not yet observed.
    private var unobserved: AcceptedWrite?
    /// A write without an answer has been made for this wish.
    private var mayHaveWritten = false
    private var readIsWanted = false

    public init(agentID: String, policy: DeliveryPolicy) {
        self.agentID = agentID
        self.policy = policy
    }

    /// Nothing is wanted and nothing is under way.
    public var isIdle: Bool { wish == nil && inFlight == nil && !readIsWanted && unobserved == nil }

    /// A call may be due.
    var hasWork: Bool { inFlight == nil && (wish != nil || readIsWanted) }

    /// The next call verifies an accepted write.
    var isVerifying: Bool {
        if case .verifying = stage { return wish != nil }
        return false
    }

    /// When to look again although nothing happened; `nil` = not at all.
    public var deadline: Timestamp? {
        guard inFlight == nil, wish != nil || readIsWanted else { return nil }
        if case .verifying(let deadline) = stage, !readIsWanted { return max(deadline, notBefore ?? deadline) }
        return notBefore
    }

    /// A new wish; `checkFirst` reads the presence before anything is written (after a restart).
    public mutating func want(_ new: Wish, observed presence: PresenceFacts?, checkFirst: Bool) {
        observe(presence)
        wish = new
        attempts = 0
        failures = 0
        notBefore = nil
        mayHaveWritten = checkFirst
        stage = checkFirst || observed == nil ? .checking : .ready
    }

    /// The wish is no longer wanted; a call in flight still ends.
    public mutating func withdraw() {
        wish = nil
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
        guard inFlight == nil else { return (nil, []) }
        if let notBefore, now < notBefore { return (nil, []) }
        guard let wish else {
            guard readIsWanted else { return (nil, []) }
            inFlight = (.read, 0)
            return (.read, [])
        }
        switch stage {
        case .checking:
            inFlight = (.read, wish.revision)
            return (.read, [])
        case .verifying(let deadline):
            guard now >= deadline else { return (nil, []) }
            inFlight = (.read, wish.revision)
            return (.read, [])
        case .ready:
            if observed?.system == .offline {
                var report = finish(.superseded, now, "the agent is Offline: nothing is written")
                report.isGuard = true
                return (nil, [report])
            }
            if unobserved == nil, wish.target.isNoChange(from: observed) {
                return (nil, [finish(.confirmed, now, "the agent already has \(wish.target): nothing to write", isGuard: true)])
            }
            attempts += 1
            inFlight = (.write(wish.target), wish.revision)
            return (.write(wish.target), [report(.sent, now, "\(wish.purpose.rawValue) \(wish.target): PATCH sent")])
        }
    }

    /// The answer to a write. `random` in 0..<1 spreads the retry.
    public mutating func wrote(
        _ result: Result<UserPresence, GenesysAPIError>, now: Timestamp, random: Double
    ) -> [DeliveryReport] {
        guard let (call, revision) = inFlight, case .write(let target) = call else { return [] }
        inFlight = nil
        let isCurrent = wish?.revision == revision
        switch result {
        case .success(let answer):
            let accepted = AcceptedWrite(definitionID: target.definitionID, modifiedAt: answer.modifiedAt)
            unobserved = accepted
            settle()
            guard isCurrent, let wish else { return [written(revision, .superseded, accepted, now)] }
            failures = 0
            stage = .verifying(deadline: now.advanced(by: policy.verifyWithin))
            var reports = [written(revision, .accepted, accepted, now)]
            if unobserved == nil, wish.target.isMet(by: observed) {
                reports.append(finish(.confirmed, now, "confirmed by the presence event"))
            }
            return reports
        case .failure(let error):
            let unknown = error.outcomeIsUnknown
            if isCurrent {
                mayHaveWritten = mayHaveWritten || unknown
                if unknown || error.code == .conflict { stage = .checking }
                return [failed(error, now, random, what: "PATCH")]
            }
            if unknown, wish != nil {
                stage = .checking
                mayHaveWritten = true
            }
            var report = report(.superseded, now, "PATCH failed, no longer wanted: \(error)", revision: revision)
            report.outcomeIsUnknown = unknown
            return [report]
        }
    }

    /// The answer to a read. A successful one is an observation: the caller journals it.
    public mutating func didRead(
        _ result: Result<UserPresence, GenesysAPIError>, now: Timestamp, random: Double
    ) -> [DeliveryReport] {
        guard let (_, revision) = inFlight else { return [] }
        inFlight = nil
        readIsWanted = false
        switch result {
        case .success(let answer):
            let written = unobserved
            observed = PresenceFacts(answer)
            unobserved = nil
            failures = 0
            notBefore = nil
            guard let wish else { return [] }
            switch stage {
            case .checking:
                stage = .ready
                defer { mayHaveWritten = false }
                guard mayHaveWritten, wish.target.isNoChange(from: observed) else { return [] }
                let accepted = AcceptedWrite(definitionID: answer.definitionID, modifiedAt: answer.modifiedAt)
                var report = finish(.confirmed, now, "confirmed by a read: the write without an answer had happened")
                report.acceptedWrite = accepted
                return [report]
            case .verifying:
                return wish.revision == revision ? [verified(wish, answer, written: written, now)] : []
            case .ready:
                return []
            }
        case .failure(let error):
            guard wish != nil else {
                if error.isRetryable, failures < 5 { readIsWanted = true }
                return [failed(error, now, random, what: "GET presence", revision: 0)]
            }
            return [failed(error, now, random, what: "GET presence")]
        }
    }

    // MARK: -

    private mutating func verified(
        _ wish: Wish, _ answer: UserPresence, written: AcceptedWrite?, _ now: Timestamp
    ) -> DeliveryReport {
        if wish.target.isMet(by: observed) { return finish(.confirmed, now, "confirmed by a read") }
        let found = answer.system?.name ?? answer.definitionID
        if let seen = answer.modifiedAt, let ours = written?.modifiedAt, seen > ours {
            return finish(.superseded, now, "somebody else has set \(found) since")
        }
        guard attempts >= policy.verifyAttempts else {
            stage = .ready
            return report(.pending, now, "not applied: a read shows \(found); it is written again")
        }
        let text = "Genesys answered 2xx to \(attempts) writes of \(wish.target), but a read still shows \(found)"
        return finish(.notApplied, now, text, .init(code: "notApplied", message: text))
    }

    /// Takes in what an event shows, unless it is older than what is known.
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
        _ error: GenesysAPIError, _ now: Timestamp, _ random: Double, what: String, revision: Int? = nil
    ) -> DeliveryReport {
        failures += 1
        let outOfTime = wish.map { now.timeIntervalSince($0.since) > policy.giveUpAfter } ?? false
        let retry = (error.isRetryable || error.code == .conflict) && !outOfTime
        let text = "\(what) failed: \(error)"
        guard retry else {
            if wish == nil { return report(.failed, now, text, .init(error), revision: revision) }
            var report = finish(.failed, now, text, .init(error))
            report.outcomeIsUnknown = mayHaveWritten
            return report
        }
        let delay = error.retryAfter ?? policy.backoff(failures: failures - 1, random: random)
        notBefore = now.advanced(by: delay)
        var report = report(.pending, now, text + "; tried again in \(delay)", .init(error), revision: revision)
        report.outcomeIsUnknown = mayHaveWritten
        return report
    }

    private func written(
        _ revision: Int, _ state: DeliveryState, _ write: AcceptedWrite, _ now: Timestamp
    ) -> DeliveryReport {
        var report = report(state, now, "PATCH answered 2xx", revision: revision)
        report.acceptedWrite = write
        return report
    }

    private mutating func finish(
        _ state: DeliveryState, _ now: Timestamp, _ summary: String,
        _ error: DeliveryStatus.Failure? = nil, isGuard: Bool = false
    ) -> DeliveryReport {
        var report = report(state, now, summary, error)
        report.isGuard = isGuard
        wish = nil
        notBefore = nil
        if state == .notApplied || state == .failed { unobserved = nil }
        return report
    }

    private func report(
        _ state: DeliveryState, _ now: Timestamp, _ summary: String,
        _ error: DeliveryStatus.Failure? = nil, revision: Int? = nil
    ) -> DeliveryReport {
        DeliveryReport(
            agentID: agentID,
            revision: revision ?? wish?.revision ?? 0,
            status: DeliveryStatus(state: state, attempts: attempts, at: now, error: error),
            summary: summary
        )
    }
}

extension PresenceFacts {
    init(_ presence: UserPresence) {
        self.init(
            definitionID: presence.definitionID,
            system: presence.system,
            message: presence.message,
            modifiedAt: presence.modifiedAt
        )
    }
}
