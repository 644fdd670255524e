// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension SimulatedOrganization {
    /// Changes a user's presence. Presence is independent of being logged in and of calls: any definition at any time.
    ///
    /// A write that changes nothing leaves `modifiedDate` alone and announces nothing.
    ///
    /// - Parameter message: `nil` keeps the message
    mutating func setPresence(of index: Int, to definition: PresenceDefinition, message: String?, now: Timestamp) {
        let message = message ?? agents[index].message
        guard agents[index].presence != definition || agents[index].message != message else { return }
        let wasOnQueue = agents[index].isOnQueue
        let at = agents[index].tick(now)
        agents[index].formerPresence = (
            agents[index].presence, agents[index].message, agents[index].presenceModifiedAt
        )
        agents[index].presence = definition
        agents[index].message = message
        agents[index].presenceModifiedAt = at
        emit(.presence, agents[index].id, at: at) { $0.presenceBody(of: index) }
        // New work stops as soon as the user is not On Queue, even with a call under way (facts 3.4).
        if agents[index].isOnQueue != wasOnQueue {
            let status: RoutingStatus = agents[index].isOnQueue ? (isBusy(index) ? .interacting : .idle) : .offQueue
            changeRoutingStatus(of: index, to: status, now: at)
        } else {
            emit(.activity, agents[index].id, at: at) { $0.activityBody(of: index) }
        }
        adherenceIsDue(for: index, now: at)
    }

    /// Makes another source's presence count, or PURECLOUD's again, and announces it.
    mutating func setPrimarySource(of index: Int, to source: PresenceSource, now: Timestamp) {
        let former = agents[index].primarySource
        guard former != source else { return }
        let at = agents[index].tick(now)
        if source != .pureCloud, agents[index].otherPresence?.source != source {
            // Until the source says otherwise, its presence is the one shown so far.
            agents[index].otherPresence = (source, agents[index].shownPresence, at)
        }
        agents[index].primarySource = source
        emit(.integrationPresence, agents[index].id, at: at) { $0.primarySourceBody(of: index, from: former, at: at) }
        emit(.activity, agents[index].id, at: at) { $0.activityBody(of: index) }
        adherenceIsDue(for: index, now: at)
    }

    /// A source other than PURECLOUD reports a presence. It has no part in routing.
    mutating func setPresence(
        of index: Int,
        source: PresenceSource,
        to definition: PresenceDefinition,
        now: Timestamp
    ) {
        let at = agents[index].tick(now)
        agents[index].otherPresence = (source, definition, at)
        emit(.integrationPresence, agents[index].id, at: at) { $0.otherPresenceBody(of: index) }
        guard agents[index].primarySource == source else { return }
        emit(.activity, agents[index].id, at: at) { $0.activityBody(of: index) }
        adherenceIsDue(for: index, now: at)
    }

    /// Changes the routing status and announces it; nothing happens when it is the same.
    mutating func setRoutingStatus(of index: Int, to status: RoutingStatus, now: Timestamp) {
        guard agents[index].routingStatus != status else { return }
        changeRoutingStatus(of: index, to: status, now: now)
        adherenceIsDue(for: index, now: now)
    }

    /// A call or after-call work of the queue under way (an alert is not work yet).
    func isBusy(_ index: Int) -> Bool {
        agents[index].conversations.contains { id in
            guard let conversation = conversations[id], let leg = conversation.currentAgent else { return false }
            let participant = conversation.participants[leg]
            guard participant.userID == agents[index].id else { return false }
            return participant.state == .connected || participant.afterCallWork == .pending
        }
    }

    private mutating func changeRoutingStatus(of index: Int, to status: RoutingStatus, now: Timestamp) {
        let at = agents[index].tick(now)
        agents[index].routingStatus = status
        agents[index].routingStatusSince = at
        emit(.routingStatus, agents[index].id, at: at) { $0.routingStatusBody(of: index) }
        emit(.activity, agents[index].id, at: at) { $0.activityBody(of: index) }
    }
}
