// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension SimulatedOrganization {
    /// Lets workforce management learn a little later what the agent does now.
    mutating func adherenceIsDue(for index: Int, now: Timestamp) {
        guard let latency = settings.adherenceLatency else { return }
        let view = agents[index].currentView(at: now)
        timeline.add(.adherence(agent: index, view: view), at: now.advanced(by: latency))
    }

    /// Workforce management learns what an agent did at the time of the view.
    mutating func learn(_ view: AdherenceView, of index: Int, now: Timestamp) {
        // With a latency that was shortened meanwhile, news overtake each other.
        guard agents[index].view.at <= view.at else { return }
        agents[index].view = view
        updateAdherence(of: index, now: now)
    }

    /// Computes adherence and announces it when anything that the event shows is different.
    mutating func updateAdherence(of index: Int, now: Timestamp) {
        let before = agents[index].adherence
        computeAdherence(of: index, now: now)
        guard agents[index].adherence != before, agents[index].isInWorkforce else { return }
        let at = agents[index].tick(now)
        if before?.computed.state != agents[index].adherence?.computed.state {
            agents[index].adherence?.changedAt = at
        }
        emit(.adherence, agents[index].id, at: at) { $0.adherenceBody(of: index, now: now) }
    }

    mutating func computeAdherence(of index: Int, now: Timestamp) {
        let view = agents[index].view
        let scheduled = agents[index].schedule.category(at: now)
        let covering = agents[index].explanations.filter { $0.covers(now) }
        let explanation = covering.last { $0.status == .approved } ?? covering.last
        let computed = AdherenceComputation(
            presence: view.presence,
            linked: activities.code(linkedTo: view.presence.id)?.category,
            isOutOfOffice: view.isOutOfOffice,
            routingStatus: view.routingStatus,
            scheduled: scheduled,
            isExplained: explanation?.status == .approved
        )
        agents[index].adherence = ObservedAdherence(
            computed: computed,
            scheduled: scheduled,
            presence: view.presence,
            routingStatus: view.routingStatus,
            presenceUpdatedAt: view.presenceUpdatedAt,
            changedAt: agents[index].adherence?.changedAt ?? now,
            isOutOfOffice: view.isOutOfOffice,
            explanationID: explanation?.id
        )
    }

    /// Links presences to an activity code and computes the adherence of everyone concerned anew.
    mutating func link(_ definitionIDs: [String], to code: ActivityCode, now: Timestamp) {
        let concerned = Set(definitionIDs).symmetricDifference(code.secondaryPresences)
        activities.link(definitionIDs, to: code.id)
        for index in agents.indices where concerned.contains(agents[index].view.presence.id) {
            updateAdherence(of: index, now: now)
        }
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
}
