// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Testing

@testable import GenesysSimulator

@Suite("AdherenceComputation")
struct AdherenceComputationTests {
    private let catalog = PresenceCatalog(seed: 1)

    private func compute(
        _ presence: String,
        routing: RoutingStatus = .offQueue,
        scheduled: ActivityCategory,
        linked: ActivityCategory? = nil,
        outOfOffice: Bool = false,
        explained: Bool = false
    ) throws -> AdherenceComputation {
        AdherenceComputation(
            presence: try #require(catalog.system(presence)),
            linked: linked,
            isOutOfOffice: outOfOffice,
            routingStatus: routing,
            scheduled: scheduled,
            isExplained: explained
        )
    }

    @Test(
        "each system presence has its default activity category",
        arguments: [
            ("Available", "OffQueueWork"), ("Away", "Unavailable"), ("Break", "Break"), ("Busy", "OffQueueWork"),
            ("Meal", "Meal"), ("Meeting", "Meeting"), ("Idle", "Unavailable"), ("Offline", "Unavailable"),
            ("On Queue", "OnQueueWork"), ("Training", "Training"),
        ]
    )
    func defaultCategory(presence: String, category: String) throws {
        #expect(try compute(presence, scheduled: .onQueueWork).actual.rawValue == category)
    }

    @Test("doing what is scheduled is in adherence, anything else is not")
    func equality() throws {
        #expect(try compute("Break", scheduled: .break).state == .inAdherence)
        #expect(try compute("Break", scheduled: .meal).state == .outOfAdherence)
        #expect(try compute("Available", scheduled: .onQueueWork).state == .outOfAdherence)
    }

    @Test(
        "on-queue work needs a routing status that works",
        arguments: [
            (RoutingStatus.idle, true), (.interacting, true), (.communicating, true), (.notResponding, false),
            (.offQueue, false),
        ]
    )
    func onQueueWork(routing: RoutingStatus, isAdherent: Bool) throws {
        let computed = try compute("OnQueue", routing: routing, scheduled: .onQueueWork)
        #expect(computed.state == (isAdherent ? .inAdherence : .outOfAdherence))
    }

    @Test("with nothing scheduled being away is fine and working is unscheduled")
    func nothingScheduled() throws {
        #expect(try compute("Offline", scheduled: .unscheduled).state == .inAdherence)
        #expect(try compute("Available", scheduled: .unscheduled, outOfOffice: true).state == .inAdherence)
        #expect(try compute("OnQueue", routing: .idle, scheduled: .unscheduled).state == .unscheduled)
    }

    @Test("out of office counts as time off whatever the presence")
    func outOfOffice() throws {
        let computed = try compute("OnQueue", routing: .idle, scheduled: .timeOff, outOfOffice: true)
        #expect(computed.actual == .timeOff)
        #expect(computed.state == .inAdherence)
    }

    @Test("a secondary presence counts as the activity code it is linked to")
    func linkedPresence() throws {
        #expect(try compute("Busy", scheduled: .training, linked: .training).state == .inAdherence)
    }

    @Test("an approved explanation explains only what needs it")
    func explanation() throws {
        #expect(try compute("Break", scheduled: .meal, explained: true).state == .explained)
        #expect(try compute("Meal", scheduled: .meal, explained: true).state == .inAdherence)
    }

    @Test("working through a break is positive, a break instead of work negative, the rest neutral")
    func impact() throws {
        #expect(try compute("OnQueue", routing: .idle, scheduled: .break).impact == .positive)
        #expect(try compute("Break", scheduled: .onQueueWork).impact == .negative)
        #expect(try compute("Training", scheduled: .meeting).impact == .neutral)
        #expect(try compute("Break", scheduled: .break).impact == .neutral)
    }
}
