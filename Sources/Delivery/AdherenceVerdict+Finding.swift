// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import GenesysAPI
public import GenesysEvents

/// What is known beside a read of adherence.
public struct AdherenceCircumstances: Sendable, Equatable {
    /// When the presence was confirmed.
    public var confirmedAt: Timestamp
    /// `modifiedDate` of the confirmed presence; `nil` when it is not known.
    public var writtenAt: Timestamp?
    /// The actual activity category before the write.
    public var before: String?
    /// The source whose presence counts, `PURECLOUD` or another's; `nil` when it was not asked for.
    public var primarySource: String?

    /// Circumstances; what is not given is not known.
    public init(
        confirmedAt: Timestamp,
        writtenAt: Timestamp? = nil,
        before: String? = nil,
        primarySource: String? = nil
    ) {
        self.confirmedAt = confirmedAt
        self.writtenAt = writtenAt
        self.before = before
        self.primarySource = primarySource
    }
}

extension AdherenceVerdict {
    /// What a read says of an expectation. Never `pending`: whether to look again is decided by who reads.
    ///
    /// - Parameters:
    ///   - read: `nil` when the agent is absent from the answer.
    public init(
        of read: UserAdherence?,
        against expectation: AdherenceExpectation,
        given circumstances: AdherenceCircumstances,
        at now: Timestamp
    ) {
        self.init(state: .unknown, at: now, expected: expectation.category)
        guard let read, !read.isRemovedFromManagementUnit else {
            reason = .notInWorkforceManagement
            message = AdherenceMessage.notInWorkforceManagement
            return
        }
        actual = read.observation.actualCategory.flatMap { $0.isEmpty ? nil : $0 }
        scheduled = read.observation.scheduledCategory.flatMap { $0.isEmpty ? nil : $0 }
        adherenceState = read.observation.state
        let comparison = AdherenceComparison(read: read, expectation: expectation, circumstances: circumstances)
        let finding = comparison.finding(expected: expected, actual: actual, scheduled: scheduled)
        state = finding.state
        reason = finding.reason
        message = finding.message
    }

    /// For the history: `presence confirmed, adherence differs (schedule): …`
    public var summary: String {
        let why = reason.map { " (\($0.rawValue))" } ?? ""
        let text = message.map { ": \($0)" } ?? ""
        switch state {
        case .pending: return "presence confirmed, adherence not known yet"
        case .confirmed: return "presence and adherence confirmed" + (actual.map { ": \($0)" } ?? "")
        case .differs: return "presence confirmed, adherence differs" + why + text
        case .unknown: return "presence confirmed, adherence unknown" + why + text
        }
    }
}

/// One read beside what was expected of it.
struct AdherenceComparison {
    struct Finding {
        var state: AdherenceVerdict.State
        var reason: AdherenceVerdict.Reason?
        var message: String?
    }

    var read: UserAdherence
    var expectation: AdherenceExpectation
    var circumstances: AdherenceCircumstances

    /// The time of the presence in WFM may be cut to the second.
    private static let resolution = Duration.seconds(1)

    func finding(expected: String?, actual: String?, scheduled: String?) -> Finding {
        let message = AdherenceMessage(read: read, expectation: expectation)
        guard let expected else { return Finding(state: .unknown, reason: .other, message: message.unknownDefinition) }
        guard let actual else { return Finding(state: .unknown, reason: .other, message: message.noActualActivity) }
        guard actual == expected else { return mismatch(expected: expected, actual: actual, message) }
        switch read.observation.state {
        case "InAdherence", "Explained", "Ignored": return Finding(state: .confirmed)
        case "OutOfAdherence", "Unscheduled": return notAdherent(actual: actual, scheduled: scheduled, message)
        default: return Finding(state: .unknown, reason: .other, message: message.unknownState)
        }
    }

    /// The activity is right, and still the agent does not count as adherent.
    private func notAdherent(actual: String, scheduled: String?, _ message: AdherenceMessage) -> Finding {
        let isScheduled = scheduled != nil && scheduled != "Unscheduled"
        if !isScheduled, actual == "Unavailable" || actual == "TimeOff" { return Finding(state: .confirmed) }
        if actual == AdherenceExpectation.onQueueWork, scheduled == actual, !countsAsOnQueueWork {
            return Finding(state: .differs, reason: .routingStatus, message: message.routingStatus)
        }
        guard let scheduled, isScheduled else {
            return Finding(state: .differs, reason: .schedule, message: message.nothingScheduled(actual: actual))
        }
        // Linked to the scheduled code it would count as that: the schedule need not be wrong.
        if expectation.isUnmapped {
            let text = message.unmapped(countsAs: actual, scheduled: scheduled)
            return Finding(state: .differs, reason: .unmappedSecondaryPresence, message: text)
        }
        let text = message.otherScheduled(scheduled, actual: actual)
        return Finding(state: .differs, reason: .schedule, message: text)
    }

    private func mismatch(expected: String, actual: String, _ message: AdherenceMessage) -> Finding {
        func differs(_ reason: AdherenceVerdict.Reason, _ text: String) -> Finding {
            Finding(state: .differs, reason: reason, message: text)
        }
        if read.isOutOfOffice { return differs(.outOfOffice, message.outOfOffice(actual: actual)) }
        if let source = circumstances.primarySource, source.uppercased() != "PURECLOUD" {
            return differs(.primarySource, message.primarySource(source))
        }
        if showsOlderPresence(actual: actual) { return differs(.lag, message.lag(actual: actual)) }
        guard expectation.isCertain || isOvertaken else {
            return Finding(state: .unknown, reason: .unreadable, message: message.codesUnreadable(actual: actual))
        }
        if !isOvertaken, expected == AdherenceExpectation.onQueueWork, !countsAsOnQueueWork {
            return differs(.routingStatus, message.routingStatus)
        }
        if !isOvertaken, expectation.isUnmapped {
            return differs(.unmappedSecondaryPresence, message.unmapped(countsAs: actual, scheduled: nil))
        }
        let text = message.other(expected: expected, actual: actual, isOvertaken: isOvertaken)
        return differs(.other, text)
    }

    /// WFM has not taken in the write yet: it shows the time, the presence or the activity of before.
    private func showsOlderPresence(actual: String) -> Bool {
        if isOvertaken { return false }
        if let shown = read.presenceUpdatedAt, let written = circumstances.writtenAt {
            return shown.advanced(by: Self.resolution) < written || showsAnotherPresence
        }
        return showsAnotherPresence || actual == circumstances.before
    }

    /// WFM knows of a presence that was set after ours. Both times are of Genesys' clock if the write's is known.
    private var isOvertaken: Bool {
        guard showsAnotherPresence, let shown = read.presenceUpdatedAt else { return false }
        return shown > (circumstances.writtenAt ?? circumstances.confirmedAt).advanced(by: Self.resolution)
    }

    private var showsAnotherPresence: Bool {
        if let shown = read.systemPresence, let wanted = expectation.system, shown != wanted { return true }
        guard let shown = read.secondaryPresenceID, !shown.isEmpty else { return false }
        return !shown.isSameID(as: expectation.target.definitionID)
    }

    /// On-queue work needs Idle, Interacting or Communicating; a status that is not known is not held against anybody.
    private var countsAsOnQueueWork: Bool {
        guard let status = read.routingStatus, !status.isEmpty, status != "__EMPTY__" else { return true }
        return ["IDLE", "INTERACTING", "COMMUNICATING"].contains(status.uppercased())
    }
}
