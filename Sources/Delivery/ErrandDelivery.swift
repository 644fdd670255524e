// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// One errand on its way: decides each next call. Pure: time, randomness and answers come in as arguments.
struct ErrandDelivery: Sendable {
    let errand: Errand
    /// Taken up then.
    let wantedAt: Timestamp
    /// No call before then.
    private(set) var notBefore: Timestamp?
    private let agentID: String
    private let policy: ErrandPolicy
    private var steps: any ErrandSteps
    private var failures = 0
    private var failingSince: Timestamp?
    private var conflicts = 0
    /// The failure that was reported last.
    private var told: DeliveryStatus.Failure?

    /// - Parameter checkFirst: it may have been done without our knowing (a restart): looked for before it is done.
    ///
    /// `nil` = no call to Genesys does it.
    init?(
        _ errand: Errand,
        agentID: String,
        tags: TagTarget,
        policy: ErrandPolicy,
        checkFirst: Bool,
        now: Timestamp
    ) {
        self.errand = errand
        self.agentID = agentID
        self.policy = policy
        wantedAt = now
        switch (errand.work, tags) {
        case (.notify, _): return nil
        case (.explain(let explanation), _):
            steps = ExplanationSteps(explanation, policy: policy, checkFirst: checkFirst)
            // The write that was cut off may have started a job that has not added anything yet.
            if checkFirst { notBefore = now.advanced(by: policy.settle) }
        case (.tag(let id, let attributes), .participantAttributes):
            steps = ParticipantTagSteps(conversationID: id, attributes: attributes)
        case (.tag(let id, let attributes), .customAttributes(let selector)):
            steps = CustomTagSteps(conversationID: id, attributes: attributes, selector: selector)
        case (.routingStatus(let status), _):
            steps = SingleCallSteps(call: .setRoutingStatus(status))
        case (.putAdherence(let status, let definitionID), _):
            steps = SingleCallSteps(call: .putAdherence(status: status, definitionID: definitionID))
        }
    }

    /// The next call; stays the same until `answered`.
    mutating func nextCall(schemas: [AttributeSchema]) -> ErrandCall {
        steps.nextCall(schemas: schemas)
    }

    /// The answer to a call. `random` in 0..<1 spreads the retry.
    ///
    /// - Returns: what is to be told: the end, or that it is tried again for another reason than before.
    mutating func answered(
        _ result: Result<ErrandAnswer, GenesysAPIError>,
        to call: ErrandCall,
        client: Int,
        now: Timestamp,
        random: Double
    ) -> ErrandReport? {
        notBefore = nil
        switch result {
        case .success(let answer):
            // A read that succeeds before a write that fails, over and over, is no progress.
            if call.isWrite {
                failures = 0
                failingSince = nil
            }
            switch steps.answered(answer, client: client, now: now) {
            case .next: return nil
            case .wait(let delay):
                notBefore = now.advanced(by: delay)
                return nil
            case .end(let state, let summary, let failure):
                return report(state, now, summary, failure)
            }
        case .failure(let error):
            return failed(error, call, now, random)
        }
    }

    private mutating func failed(
        _ error: GenesysAPIError,
        _ call: ErrandCall,
        _ now: Timestamp,
        _ random: Double
    ) -> ErrandReport? {
        failures += 1
        if error.code == .conflict { conflicts += 1 }
        let since = failingSince ?? now
        failingSince = since
        let text = "\(call.name) failed: \(error)"
        switch steps.failed(error) {
        case .drop(let reason):
            return report(.dropped, now, reason)
        case .again(let soonest):
            let isOutOfTime = now.timeIntervalSince(since) > policy.giveUpAfter
            guard isWorthRepeating(error), !isOutOfTime else { return report(.failed, now, text, .init(error)) }
            let delay = error.retryAfter ?? policy.backoff(failures: failures - 1, random: random)
            notBefore = now.advanced(by: max(delay, soonest))
            let failure = DeliveryStatus.Failure(error)
            // Each answer has another correlation id.
            guard told?.code != failure.code || told?.message != failure.message else { return nil }
            told = failure
            return report(.pending, now, text + "; it is tried again", failure)
        }
    }

    private func isWorthRepeating(_ error: GenesysAPIError) -> Bool {
        switch error.code {
        case .conflict: conflicts <= policy.conflictLimit
        // Not by us: a client that closes. Whoever takes the errand up after the restart can do it.
        case .cancelled: true
        default: error.isRetryable
        }
    }

    private func report(
        _ state: ErrandState,
        _ now: Timestamp,
        _ summary: String,
        _ error: DeliveryStatus.Failure? = nil
    ) -> ErrandReport {
        ErrandReport(
            agentID: agentID,
            errandID: errand.id,
            state: state,
            at: now,
            summary: "\(errand.work.kind.rawValue): \(summary)",
            error: error
        )
    }
}

extension Errand {
    /// The other errand is about the same thing: it waits until this one has ended.
    func concernsSame(as other: Errand) -> Bool {
        switch (work, other.work) {
        case (.explain(let mine), .explain(let theirs)): mine.overlaps(theirs)
        case (.tag(let mine, _), .tag(let theirs, _)): mine == theirs
        case (.routingStatus, .routingStatus), (.putAdherence, .putAdherence): true
        default: false
        }
    }
}

extension Errand.Work {
    enum Kind: String, CaseIterable { case explain, tag, routingStatus, putAdherence, notify }

    var kind: Kind {
        switch self {
        case .explain: .explain
        case .tag: .tag
        case .routingStatus: .routingStatus
        case .putAdherence: .putAdherence
        case .notify: .notify
        }
    }
}

extension ErrandCall {
    /// Changes something.
    var isWrite: Bool {
        switch self {
        case .addExplanation, .setParticipantAttributes, .putCustomAttributes, .amendCustomAttributes,
            .createAttributeSchema, .setRoutingStatus, .putAdherence:
            true
        case .queryExplanations, .explanationJob, .conversation, .customAttributes, .attributeSchemas: false
        }
    }
}
