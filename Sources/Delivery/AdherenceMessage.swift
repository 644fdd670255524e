// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// What people are told of adherence that is not as wanted: what is the matter, then what to do.
struct AdherenceMessage {
    var read: UserAdherence
    var expectation: AdherenceExpectation

    static let notInWorkforceManagement =
        "the agent is in no management unit that the OAuth client sees: add the agent to one (Admin > Workforce "
        + "Management > Management Units), or set `verify.adherence: false`"

    private var presence: String { "'\(expectation.target)'" }

    private var explain: String {
        "or let the rule add an adherence explanation (`explain`)"
    }

    // MARK: The activity is right

    func nothingScheduled(actual: String) -> String {
        "nothing is scheduled now, so \(actual) counts as unscheduled: publish a schedule that has it, " + explain
    }

    func otherScheduled(_ scheduled: String, actual: String) -> String {
        guard scheduled != actual else {
            return "another activity code of the category \(actual) is scheduled\(codeName): schedule the one that "
                + "\(presence) belongs to (\(expectation.code?.name ?? "the default one")), " + explain
        }
        return "\(scheduled) is scheduled\(codeName), the agent is in \(actual): change the schedule or the rule, "
            + explain
    }

    /// Of a presence that no code lists, whatever is scheduled.
    func unmapped(countsAs actual: String, scheduled: String?) -> String {
        let schedule = scheduled.map { ", while \($0) is scheduled\(codeName)" } ?? ""
        return "link the presence \(presence) to an activity code (Admin > Workforce Management > Activity codes): no "
            + "active code lists it, so it counts as \(actual)" + schedule
    }

    private var codeName: String {
        guard let name = read.scheduledCodeName, !name.isEmpty else { return "" }
        return " ('\(name)')"
    }

    var routingStatus: String {
        let status = read.routingStatus ?? "unknown"
        let remedy =
            status.uppercased() == "NOT_RESPONDING"
            ? "let the agent go back On Queue, or set the routing status to IDLE"
            : "the agent has to be On Queue"
        return "on-queue work needs the routing status Idle, Interacting or Communicating, and it is \(status): "
            + remedy
    }

    var unknownState: String {
        "WFM shows the expected activity but not whether it is adherent (\(read.observation.state ?? "no state"))"
    }

    // MARK: The activity is not right

    func outOfOffice(actual: String) -> String {
        "the agent is out of office, which counts as \(actual) whatever the presence: end it in the agent's profile"
    }

    func primarySource(_ source: String) -> String {
        "the agent's primary presence source is \(source), so WFM does not look at the presence in Genesys Cloud: make "
            + "PURECLOUD the primary source (PUT /api/v2/presence/users/{id}/primarysource)"
    }

    func lag(actual: String) -> String {
        let since = read.presenceUpdatedAt.map { " of \($0)" } ?? ""
        return "WFM still shows \(actual), from an older presence\(since): it should follow; if it never does, open a "
            + "case with Genesys"
    }

    func codesUnreadable(actual: String) -> String {
        "WFM shows \(actual), and whether that is what \(presence) belongs to is not known because the activity codes "
            + "could not be read: wfm:realtimeAdherence:view or wfm:activityCode:view is needed"
    }

    func other(expected: String, actual: String, isOvertaken: Bool) -> String {
        let shown = [read.systemPresence?.name, read.routingStatus].compactMap { $0 }.joined(separator: ", ")
        let detail = shown.isEmpty ? "" : " (\(shown))"
        if isOvertaken, let updated = read.presenceUpdatedAt {
            return "WFM shows \(actual)\(detail) in place of \(expected): another presence was set at \(updated)"
        }
        return "WFM shows \(actual)\(detail) in place of \(expected), for no reason that the read tells: look at the "
            + "agent in Performance > Workforce Management > Real-time Adherence"
    }

    var noActualActivity: String { "WFM shows no actual activity for the agent" }

    var unknownDefinition: String {
        "no activity can be expected of the presence \(presence): no activity code lists it, and its system presence "
            + "is not known"
    }

    // MARK: No read

    /// The reads failed for good.
    static func unreadable(_ error: GenesysAPIError) -> String {
        let permission =
            error.code == .forbidden ? "grant wfm:realtimeAdherence:view to a role of the OAuth client; " : ""
        return "adherence could not be read: \(permission)\(error)"
    }
}
