// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// A job of the adherence explanations API.
struct ExplanationJob: Sendable {
    enum Task: Sendable {
        case add(agent: Int, AdherenceExplanation)
        case update(agent: Int, explanation: String, AdherenceExplanation.Status)
        /// All explanations of these agents that overlap the span.
        case query(agents: [Int], from: Timestamp, to: Timestamp, ofBusinessUnit: Bool)

        /// As the API calls it.
        var type: String {
            switch self {
            case .add: "AddExplanation"
            case .update: "UpdateExplanation"
            case .query(_, _, _, let ofBusinessUnit): ofBusinessUnit ? "QueryBuExplanations" : "QueryAgentExplanations"
            }
        }
    }

    enum Status: String, Sendable {
        case processing = "Processing"
        case complete = "Complete"
        case error = "Error"
    }

    let id: String
    let task: Task
    /// The OAuth client that started it, the only one that may read it.
    let client: String
    var status = Status.processing
    var error: String?
    /// What was added or changed, or what a query found.
    var results: [(agent: Int, explanation: AdherenceExplanation)] = []
}

extension SimulatedOrganization {
    /// Accepts a job; it takes effect when it is done.
    mutating func startJob(_ task: ExplanationJob.Task, client: String, now: Timestamp) -> ExplanationJob {
        let job = ExplanationJob(id: generator.uuid(), task: task, client: client)
        explanationJobs[job.id] = job
        timeline.add(.explanation(job: job.id), at: now.advanced(by: settings.explanationLatency))
        return job
    }

    mutating func finishJob(_ id: String, now: Timestamp) {
        guard var job = explanationJobs[id], job.status == .processing else { return }
        if let error = settings.explanationError {
            job.status = .error
            job.error = error
        } else {
            job.results = perform(job.task, now: now)
            job.status = .complete
        }
        explanationJobs[id] = job
    }

    private mutating func perform(
        _ task: ExplanationJob.Task,
        now: Timestamp
    ) -> [(agent: Int, explanation: AdherenceExplanation)] {
        switch task {
        case .add(let index, let explanation):
            // Nothing prevents two explanations of one span: whoever adds must look first.
            agents[index].explanations.append(explanation)
            announce(explanation, of: index, now: now)
            return [(index, explanation)]
        case .update(let index, let id, let status):
            guard let at = agents[index].explanations.firstIndex(where: { $0.id == id }) else { return [] }
            agents[index].explanations[at].status = status
            let explanation = agents[index].explanations[at]
            announce(explanation, of: index, now: now)
            return [(index, explanation)]
        case .query(let indices, let from, let to, _):
            return indices.flatMap { index in
                agents[index].explanations.filter { $0.start < to && from < $0.end }.map { (index, $0) }
            }
        }
    }

    private mutating func announce(_ explanation: AdherenceExplanation, of index: Int, now: Timestamp) {
        let at = agents[index].tick(now)
        emit(.explanations, agents[index].id, at: at) { $0.explanationBody(explanation, of: index) }
        updateAdherence(of: index, now: at)
        for limit in [explanation.start, explanation.end] where at < limit {
            timeline.add(.explanationLimit(agent: index), at: limit)
        }
    }
}
