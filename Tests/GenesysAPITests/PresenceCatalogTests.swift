// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Testing

@testable import GenesysAPI

@Suite("PresenceCatalog")
struct PresenceCatalogTests {
    private static func definition(
        _ id: String,
        _ system: String,
        _ labels: [String: String],
        type: String = "User",
        deactivated: Bool = false
    ) -> PresenceDefinition {
        PresenceDefinition(
            id: id,
            type: type,
            systemPresence: SystemPresence(system),
            labels: labels,
            deactivated: deactivated
        )
    }

    private let catalog = PresenceCatalog([
        definition("s-break", "Break", ["en_US": "Break", "de": "Pause"], type: "System"),
        definition("s-meeting", "Meeting", ["en_US": "Meeting"], type: "System"),
        definition("s-queue", "OnQueue", ["en_US": "On Queue"], type: "System"),
        definition("u-coffee", "Break", ["en_US": "Coffee", "de": "Kaffee"]),
        definition("u-team-1", "Meeting", ["en_US": "Team"]),
        definition("u-team-2", "Busy", ["en_US": "Team"]),
        definition("u-huddle", "Meeting", ["en_US": "Team huddle"]),
        definition("u-old", "Busy", ["en_US": "Paperwork"], deactivated: true),
        definition("u-twin-old", "Busy", ["en_US": "Twin"], deactivated: true),
        definition("u-twin", "Busy", ["en_US": "Twin"]),
    ])

    private func failure(
        _ resolve: () throws(PresenceCatalogError) -> PresenceDefinition
    ) -> PresenceCatalogError? {
        do throws(PresenceCatalogError) {
            let found = try resolve()
            Issue.record("found \(found.id)")
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a system presence is the System definition, in any spelling",
        arguments: ["On Queue", "ON_QUEUE", "OnQueue"]
    )
    func system(spelling: String) throws {
        #expect(try catalog.resolve(system: SystemPresence(spelling)).id == "s-queue")
        #expect(try catalog.resolve(system: SystemPresence("Break")).id == "s-break")
    }

    @Test("an unknown system presence lists those there are")
    func unknownSystem() {
        let error = failure { () throws(PresenceCatalogError) in try catalog.resolve(system: SystemPresence("Siesta")) }
        #expect(error?.code == .unknown)
        #expect(error?.message == "there is no system presence SIESTA; there are BREAK, MEETING, ON_QUEUE")
    }

    @Test("a label is found in any locale")
    func label() throws {
        #expect(try catalog.resolve(label: "Coffee", system: nil).id == "u-coffee")
        #expect(try catalog.resolve(label: "Kaffee").id == "u-coffee")
        #expect(try catalog.resolve(label: "Pause").id == "s-break")
    }

    @Test("a deactivated definition does not make its active twin ambiguous")
    func twin() throws {
        #expect(try catalog.resolve(label: "Twin").id == "u-twin")
    }

    @Test("a label that several definitions have names them all, and the system presence tells them apart")
    func ambiguous() throws {
        let error = failure { () throws(PresenceCatalogError) in try catalog.resolve(label: "Team") }
        #expect(error?.code == .ambiguous)
        #expect(
            error?.message
                == "2 definitions have the label \"Team\": u-team-1 (MEETING), u-team-2 (BUSY); name one by id"
        )
        #expect(error?.candidates.map(\.id) == ["u-team-1", "u-team-2"])
        #expect(try catalog.resolve(label: "Team", system: SystemPresence("Busy")).id == "u-team-2")
    }

    @Test("a label with another system presence says which it has")
    func otherSystem() {
        let error = failure { () throws(PresenceCatalogError) in
            try catalog.resolve(label: "Coffee", system: SystemPresence("Meal"))
        }
        #expect(error?.code == .unknown)
        #expect(error?.message.hasSuffix("with that label there is \"Coffee\" u-coffee (BREAK)") == true)
    }

    @Test(
        "a label that is nearly right is suggested, nearest first",
        arguments: [
            ("coffee", "\"Coffee\" u-coffee"), ("Cofee", "\"Coffee\" u-coffee"),
            ("TEAM HUDLE", "\"Team huddle\" u-huddle"),
        ]
    )
    func suggestion(label: String, suggested: String) {
        let error = failure { () throws(PresenceCatalogError) in try catalog.resolve(label: label) }
        #expect(error?.code == .unknown)
        #expect(error?.message.contains("did you mean \(suggested)") == true)
    }

    @Test("a label like no other suggests nothing")
    func noSuggestion() {
        let error = failure { () throws(PresenceCatalogError) in try catalog.resolve(label: "Zzzzzz") }
        #expect(error?.message == "no definition has the label \"Zzzzzz\"")
        #expect(error?.candidates.isEmpty == true)
    }

    @Test("a deactivated definition is named as such, by label and by id")
    func deactivated() {
        for error in [
            failure { () throws(PresenceCatalogError) in try catalog.resolve(label: "Paperwork") },
            failure { () throws(PresenceCatalogError) in try catalog.resolve(id: "u-old") },
        ] {
            #expect(error?.code == .deactivated)
            #expect(error?.message.contains("is deactivated: u-old (BUSY)") == true)
        }
    }

    @Test("an id is found, whatever its case; another one is not")
    func id() throws {
        #expect(try catalog.resolve(id: "U-Coffee").id == "u-coffee")
        let error = failure { () throws(PresenceCatalogError) in try catalog.resolve(id: "elsewhere") }
        #expect(error?.code == .unknown)
        #expect(error?.message.contains("division") == true)
    }

    @Test("a definition that comes twice is one")
    func duplicates() throws {
        #expect(
            try PresenceCatalog(catalog.definitions + catalog.definitions).resolve(label: "Coffee").id == "u-coffee"
        )
    }
}
