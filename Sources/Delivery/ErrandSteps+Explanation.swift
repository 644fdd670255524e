// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// Adds an adherence explanation and follows the job. There is never a second one for the same span: where one may have
/// been added without our knowing, existing ones are looked for first.
struct ExplanationSteps: ErrandSteps {
    private struct Job {
        var id: String
        /// Only this client may ask for it.
        var client: Int
        var isQuery: Bool
        var startedAt: Timestamp
        var poll: Duration
    }

    private enum Stage {
        /// It may be there already: look for it.
        case looking
        /// It is not there.
        case adding
        /// A job is under way.
        case following(Job)
    }

    /// How far around the span is looked: an explanation that covers it may have begun before.
    private static let margin: Duration = .seconds(12 * 3600)

    private let explanation: AdherenceExplanation
    private let policy: ErrandPolicy
    private var stage: Stage

    init(_ explanation: AdherenceExplanation, policy: ErrandPolicy, checkFirst: Bool) {
        self.explanation = explanation
        self.policy = policy
        stage = checkFirst ? .looking : .adding
    }

    func nextCall(schemas: [AttributeSchema]) -> ErrandCall {
        switch stage {
        case .looking:
            .queryExplanations(
                from: explanation.start.advanced(by: .zero - Self.margin),
                to: explanation.end.advanced(by: Self.margin)
            )
        case .adding: .addExplanation(explanation)
        case .following(let job): .explanationJob(id: job.id, client: job.client)
        }
    }

    mutating func answered(_ answer: ErrandAnswer, client: Int, now: Timestamp) -> ErrandStep {
        guard case .job(let answer) = answer else { return .mismatch }
        var job: Job
        switch stage {
        case .following(let known): job = known
        case .looking, .adding:
            var isQuery = false
            if case .looking = stage { isQuery = true }
            job = Job(id: answer.id, client: client, isQuery: isQuery, startedAt: now, poll: policy.jobPoll)
        }
        switch answer.status {
        case .processing:
            guard now.timeIntervalSince(job.startedAt) < policy.jobDeadline else {
                return .failed("timeout", "job \(job.id) has not ended within \(policy.jobDeadline): see in Genesys")
            }
            let delay = job.poll
            job.poll = min(policy.jobPollLimit, job.poll * 2)
            stage = .following(job)
            return .wait(delay)
        case .complete where job.isQuery:
            guard !answer.explanations.contains(where: explanation.isExplained) else {
                return .end(.done, "already there")
            }
            stage = .adding
            return .next
        case .complete:
            return .end(.done, "explained \(explanation.minutes) min from \(explanation.start)")
        case .error:
            let what = job.isQuery ? "the query of existing explanations" : "the explanation"
            let reason = answer.errorMessage ?? "Genesys does not say why"
            return .failed("jobError", "\(what) failed in job \(job.id): \(reason)")
        }
    }

    mutating func failed(_ error: GenesysAPIError) -> ErrandSetback {
        // A conflict says that there is one, or that something else is in the way: the same look tells which.
        guard case .adding = stage, error.outcomeIsUnknown || error.code == .conflict else { return .again() }
        stage = .looking
        return .again(after: policy.settle)
    }
}

extension AdherenceExplanation {
    /// The end of the span.
    var end: Timestamp { start.advanced(by: .seconds(60 * Int64(minutes))) }

    /// Spans that share some time.
    func overlaps(_ other: AdherenceExplanation) -> Bool { start < other.end && other.start < end }

    /// The other one is of the same span, to the minute that Genesys may cut times to, or covers it.
    func isExplained(by other: AdherenceExplanation) -> Bool {
        let isSame = minutes == other.minutes && abs(start.milliseconds - other.start.milliseconds) < 60_000
        return isSame || other.start <= start && other.end >= end
    }
}
