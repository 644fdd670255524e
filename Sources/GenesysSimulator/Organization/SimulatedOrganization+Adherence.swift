// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// A job of the adherence explanations API.
struct ExplanationJob: Sendable {
    var id: String
    var agent: Int
    var explanation: AdherenceExplanation
    var isComplete = false
}

extension SimulatedOrganization {
    /// Has adherence computed a little later, as workforce management does.
    mutating func adherenceIsDue(for index: Int, now: Timestamp) {
        guard !agents[index].isAdherenceDue else { return }
        agents[index].isAdherenceDue = true
        timeline.add(.adherence(agent: index), at: now.advanced(by: settings.adherenceLatency))
    }

    /// Computes adherence and announces it when anything that the event shows is different.
    mutating func updateAdherence(of index: Int, now: Timestamp) {
        agents[index].isAdherenceDue = false
        let before = agents[index].adherence
        computeAdherence(of: index, now: now)
        guard agents[index].adherence != before else { return }
        let at = agents[index].tick(now)
        if before?.computed.state != agents[index].adherence?.computed.state {
            agents[index].adherence?.changedAt = at
        }
        emit(.adherence, agents[index].id, at: at) { $0.adherenceBody(of: index, now: now) }
    }

    mutating func computeAdherence(of index: Int, now: Timestamp) {
        let agent = agents[index]
        let scheduled = agent.schedule.category(at: now)
        let explanation = agent.explanations.last { $0.covers(now) }
        let computed = AdherenceComputation(
            presence: agent.presence,
            linked: activities.code(linkedTo: agent.presence.id)?.category,
            isOutOfOffice: agent.isOutOfOffice,
            routingStatus: agent.routingStatus,
            scheduled: scheduled,
            isExplained: explanation?.status == .approved
        )
        agents[index].adherence = ObservedAdherence(
            computed: computed,
            scheduled: scheduled,
            presence: agent.presence,
            routingStatus: agent.routingStatus,
            presenceUpdatedAt: agent.presenceModifiedAt,
            changedAt: agent.adherence?.changedAt ?? now,
            explanationID: explanation?.id
        )
    }

    /// Waits for the agent's next scheduled change of activity.
    mutating func scheduleBoundary(of index: Int, now: Timestamp) {
        guard let next = agents[index].schedule.nextChange(after: now) else { return }
        timeline.add(.scheduleBoundary(agent: index), at: next.at)
    }

    mutating func setSchedule(of index: Int, to category: ActivityCategory, now: Timestamp) {
        agents[index].schedule = ActivitySchedule(fixed: category)
        updateAdherence(of: index, now: now)
    }

    /// Accepts an explanation; it takes effect when its job is done.
    mutating func addExplanation(_ explanation: AdherenceExplanation, for index: Int, now: Timestamp) -> String {
        let job = ExplanationJob(id: generator.uuid(), agent: index, explanation: explanation)
        explanationJobs[job.id] = job
        timeline.add(.explanation(job: job.id), at: now.advanced(by: settings.explanationLatency))
        return job.id
    }

    mutating func completeExplanation(job id: String, now: Timestamp) {
        guard var job = explanationJobs[id], !job.isComplete else { return }
        job.isComplete = true
        explanationJobs[id] = job
        agents[job.agent].explanations.append(job.explanation)
        let at = agents[job.agent].tick(now)
        emit(.explanations, agents[job.agent].id, at: at) { $0.explanationBody(job.explanation, of: job.agent) }
        updateAdherence(of: job.agent, now: at)
    }
}
