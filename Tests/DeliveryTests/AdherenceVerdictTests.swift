// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysAPI
import GenesysEvents
import Testing

/// One read and what is to be said of it.
struct AdherenceVector: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var expectation: AdherenceExpectation
    var read: UserAdherence?
    var before: String?
    var source: String?
    var state: AdherenceVerdict.State
    var reason: AdherenceVerdict.Reason?
    /// What the message has to say.
    var says = ""

    init(
        _ description: String,
        _ expectation: AdherenceExpectation,
        _ read: UserAdherence?,
        before: String? = nil,
        source: String? = nil,
        _ state: AdherenceVerdict.State,
        _ reason: AdherenceVerdict.Reason? = nil,
        says: String = ""
    ) {
        testDescription = description
        self.expectation = expectation
        self.read = read
        self.before = before
        self.source = source
        self.state = state
        self.reason = reason
        self.says = says
    }

    static let old = Timestamp.adherenceWrite.advanced(by: .seconds(-30))
    static let new = Timestamp.adherenceConfirmed.advanced(by: .seconds(5))

    static let confirmed: [Self] = [
        Self("in adherence", .of("break"), .shows("Break"), .confirmed),
        Self("explained", .of("break"), .shows("Break", scheduled: "Meal", state: "Explained"), .confirmed),
        Self("ignored", .of("break"), .shows("Break", scheduled: "Meal", state: "Ignored"), .confirmed),
        Self("by its code", .of("coaching"), .shows("Training"), .confirmed),
        Self(
            "away while nothing is scheduled",
            .of("away"),
            .shows("Unavailable", scheduled: "Unscheduled", state: "Unscheduled"),
            .confirmed
        ),
        Self("whatever the time of the presence", .of("break"), .shows("Break", updatedAt: old), .confirmed),
    ]

    static let rightActivity: [Self] = [
        Self(
            "another one is scheduled",
            .of("break"),
            .shows("Break", scheduled: "Training", state: "OutOfAdherence") { $0.scheduledCodeName = "Onboarding" },
            .differs,
            .schedule,
            says: "Training is scheduled ('Onboarding'), the agent is in Break"
        ),
        Self(
            "nothing is scheduled",
            .of("break"),
            .shows("Break", scheduled: "Unscheduled", state: "Unscheduled"),
            .differs,
            .schedule,
            says: "nothing is scheduled now"
        ),
        Self(
            "another code of the category is scheduled",
            .of("coaching"),
            .shows("Training", state: "OutOfAdherence"),
            .differs,
            .schedule,
            says: "another activity code of the category Training"
        ),
        Self(
            "away in a scheduled break",
            .of("away"),
            .shows("Unavailable", scheduled: "Break", state: "OutOfAdherence"),
            .differs,
            .schedule
        ),
        Self(
            "a presence that no code lists",
            .of("huddle", label: "Team huddle"),
            .shows("Meeting", scheduled: "Training", state: "OutOfAdherence"),
            .differs,
            .unmappedSecondaryPresence,
            says: "link the presence 'Team huddle' to an activity code (Admin > Workforce Management > Activity codes)"
        ),
        Self(
            "a presence that no code lists while nothing is scheduled: linking would not help",
            .of("huddle"),
            .shows("Meeting", scheduled: "Unscheduled", state: "Unscheduled"),
            .differs,
            .schedule
        ),
        Self(
            "on queue, not responding",
            .of("on-queue"),
            .shows("OnQueueWork", state: "OutOfAdherence") { $0.routingStatus = "NOT_RESPONDING" },
            .differs,
            .routingStatus,
            says: "it is NOT_RESPONDING"
        ),
        Self(
            "on queue in a break",
            .of("on-queue"),
            .shows("OnQueueWork", scheduled: "Break", state: "OutOfAdherence") { $0.routingStatus = "NOT_RESPONDING" },
            .differs,
            .schedule
        ),
        Self("WFM does not say yet", .of("break"), .shows("Break", state: "Unknown"), .unknown, .other),
        Self("WFM says nothing", .of("break"), .shows("Break", state: nil), .unknown, .other),
    ]

    static let wrongActivity: [Self] = [
        Self("a presence from before", .of("break"), .shows("OnQueueWork", updatedAt: old), .differs, .lag),
        Self(
            "the presence from before, without a time",
            .of("break"),
            .shows("OnQueueWork", updatedAt: nil) { $0.systemPresence = .onQueue },
            .differs,
            .lag
        ),
        Self(
            "the secondary presence from before",
            .of("break"),
            .shows("Meeting", updatedAt: nil) { $0.secondaryPresenceID = "huddle" },
            .differs,
            .lag
        ),
        Self(
            "the activity from before, without a time",
            .of("break"),
            .shows("OnQueueWork", updatedAt: nil),
            before: "OnQueueWork",
            .differs,
            .lag
        ),
        Self(
            "set by somebody else since",
            .of("break"),
            .shows("Meal", updatedAt: new) { $0.systemPresence = .meal },
            .differs,
            .other,
            says: "another presence was set at"
        ),
        Self(
            "our own presence, by a clock that is ahead of ours",
            .of("huddle"),
            .shows("Unavailable", updatedAt: new) { $0.systemPresence = .meeting },
            .differs,
            .unmappedSecondaryPresence
        ),
        Self(
            "the time of our write with the presence from before",
            .of("break"),
            .shows("Meal") { $0.systemPresence = .meal },
            .differs,
            .lag
        ),
        Self(
            "out of office",
            .of("break"),
            .shows("TimeOff", updatedAt: old) { $0.isOutOfOffice = true },
            .differs,
            .outOfOffice,
            says: "end it in the agent's profile"
        ),
        Self(
            "another primary source",
            .of("break"),
            .shows("OnQueueWork", updatedAt: old),
            source: "MICROSOFTTEAMS",
            .differs,
            .primarySource,
            says: "primary presence source is MICROSOFTTEAMS"
        ),
        Self(
            "Genesys Cloud is the primary source",
            .of("break"),
            .shows("OnQueueWork", updatedAt: old),
            source: "PureCloud",
            .differs,
            .lag
        ),
        Self(
            "a presence that no code lists",
            .of("huddle"),
            .shows("Unavailable"),
            .differs,
            .unmappedSecondaryPresence,
            says: "it counts as Unavailable"
        ),
        Self(
            "not responding",
            .of("on-queue"),
            .shows("OffQueueWork") { $0.routingStatus = "NOT_RESPONDING" },
            .differs,
            .routingStatus
        ),
        Self(
            "codes that could not be read",
            .of("coaching", codes: nil),
            .shows("Training"),
            .unknown,
            .unreadable,
            says: "wfm:activityCode:view"
        ),
        Self(
            "the presence of now, with its time cut to the second",
            .of("break"),
            .shows("Meal", updatedAt: Timestamp.adherenceWrite.advanced(by: .milliseconds(-999))),
            before: "Meal",
            .differs,
            .other
        ),
        Self("no reason to be seen", .of("break"), .shows("Meal"), .differs, .other, says: "in place of Break"),
        Self("no activity", .of("break"), .shows(nil), .unknown, .other),
        Self("an unknown definition", .of("gone"), .shows("Break"), .unknown, .other),
    ]
}

@Suite("AdherenceVerdict")
struct AdherenceVerdictTests {
    private func judge(_ vector: AdherenceVector) -> AdherenceVerdict {
        AdherenceVerdict(
            of: vector.read,
            against: vector.expectation,
            given: AdherenceCircumstances(
                confirmedAt: .adherenceConfirmed,
                writtenAt: .adherenceWrite,
                before: vector.before,
                primarySource: vector.source
            ),
            at: Timestamp(milliseconds: 2_000_000)
        )
    }

    @Test(
        "is confirmed when the activity is the expected one and counts as adherent",
        arguments: AdherenceVector.confirmed
    )
    func confirmed(vector: AdherenceVector) {
        let verdict = judge(vector)
        #expect(verdict.state == .confirmed)
        #expect(verdict.reason == nil)
        #expect(verdict.message == nil)
        #expect(verdict.actual == verdict.expected)
        #expect(verdict.summary.hasPrefix("presence and adherence confirmed"))
    }

    @Test(
        "names the reason why it differs or is unknown",
        arguments: AdherenceVector.rightActivity + AdherenceVector.wrongActivity
    )
    func reasons(vector: AdherenceVector) throws {
        let verdict = judge(vector)
        #expect(verdict.state == vector.state)
        #expect(verdict.reason == vector.reason)
        let message = try #require(verdict.message)
        #expect(message.contains(vector.says), "\(message)")
        #expect(verdict.summary.hasPrefix("presence confirmed, adherence \(vector.state.rawValue) ("))
    }

    @Test("an agent whom the answer leaves out, or who was removed, is not in workforce management")
    func absent() {
        let removed = UserAdherence.shows("Break") { $0.isRemovedFromManagementUnit = true }
        for read in [nil, removed] {
            let verdict = judge(AdherenceVector("", .of("break"), read, .unknown))
            #expect(verdict.state == .unknown)
            #expect(verdict.reason == .notInWorkforceManagement)
            #expect(verdict.expected == "Break")
            #expect(verdict.actual == nil)
        }
    }

    @Test("carries what WFM shows")
    func carries() {
        let read = UserAdherence.shows("Break", scheduled: "Meal", state: "OutOfAdherence")
        let verdict = judge(AdherenceVector("", .of("break"), read, .differs))
        #expect(verdict.actual == "Break")
        #expect(verdict.scheduled == "Meal")
        #expect(verdict.adherenceState == "OutOfAdherence")
        #expect(verdict.at == Timestamp(milliseconds: 2_000_000))
    }
}
