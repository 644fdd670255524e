// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import GenesysAPI
import StatusRules
import Synchronization
import Testing

@testable import Directory

@Suite("DirectoryResolver", .timeLimit(.minutes(1)))
struct DirectoryResolverTests {
    @Test("a name leads to the one thing that has exactly this name, with those who belong to it where that is asked")
    func exactName() async {
        let organization = OrganizationMock([.queue: Unit.queues], members: [Unit.support.id: ["a", "b"]])
        let resolution = await organization.resolver.resolve([
            .mock(.queue, "Support", members: true), .mock(.queue, "Sales EMEA"),
        ])
        #expect(resolution.isComplete)
        #expect(
            resolution.snapshot.entries == [
                .queue: [
                    "Support": .init(id: Unit.support.id, name: "Support", members: ["a", "b"]),
                    "Sales EMEA": .init(id: Unit.sales.id, name: "Sales EMEA"),
                ]
            ]
        )
        #expect(
            organization.asked() == ["find queue Sales EMEA", "find queue Support", "members queue \(Unit.support.id)"]
        )
    }

    @Test("a name that differs only in upper and lower case leads there too, when it is the only one")
    func folded() async {
        let organization = OrganizationMock([.queue: Unit.queues])
        let resolution = await organization.resolver.resolve([.mock(.queue, "SUPPORT")])
        #expect(resolution.snapshot[.queue, "SUPPORT"]?.id == Unit.support.id)
        #expect(resolution.isComplete)
    }

    @Test("an id must exist, in whatever case it is written, and two texts for one thing read its members once")
    func identifiers() async {
        let organization = OrganizationMock([.queue: Unit.queues], members: [Unit.support.id: ["a"]])
        let resolution = await organization.resolver.resolve([
            .mock(.queue, Unit.support.id.uppercased(), members: true), .mock(.queue, "Support", members: true),
            .mock(.queue, Unit.nobody, line: 7),
        ])
        #expect(resolution.snapshot[.queue, Unit.support.id.uppercased()]?.members == ["a"])
        #expect(resolution.snapshot[.queue, "Support"]?.members == ["a"])
        #expect(
            resolution.descriptions == [
                "relay.yaml:7:5: error: no queue has the id \"\(Unit.nobody)\"; it may be deleted, of another "
                    + "organisation, or of a division that the OAuth client does not see"
            ]
        )
        #expect(organization.asked().filter { $0.hasPrefix("members") }.count == 1)
    }

    @Test("an unknown name is shown with its place, with what may have been meant, and with the ids of those")
    func unknown() async {
        let organization = OrganizationMock([.queue: Unit.queues])
        let resolution = await organization.resolver.resolve([
            .mock(.queue, "Suport", line: 3), .mock(.queue, "Returns", line: 4), .mock(.queue, "Suport", line: 9),
            .mock(.queue, "EMEA", line: 5),
        ])
        let meant =
            "error: there is no queue \"Suport\"; did you mean \"Support\" (\(Unit.support.id))?"
        #expect(
            resolution.descriptions == [
                "relay.yaml:3:5: \(meant)\nrelay.yaml:9:5: \(meant)",
                "relay.yaml:4:5: error: there is no queue \"Returns\" among the 5 that the OAuth client sees; those of "
                    + "divisions in which its roles do not hold are not shown",
                "relay.yaml:5:5: error: there is no queue \"EMEA\"; did you mean \"SALES emea\" (\(Unit.salesAgain.id)) "
                    + "or \"Sales EMEA\" (\(Unit.sales.id))?",
            ]
        )
        #expect(resolution.snapshot == DirectorySnapshot())
        #expect(resolution.failure == nil)
        // One list serves all of them.
        #expect(organization.asked().filter { $0 == "list queue" }.count == 1)
    }

    @Test("a name that several things have is shown with all their ids")
    func ambiguous() async {
        let organization = OrganizationMock([.queue: Unit.queues])
        let resolution = await organization.resolver.resolve([
            .mock(.queue, "Twin", line: 3), .mock(.queue, "sales emea", line: 4),
        ])
        #expect(
            resolution.descriptions == [
                "relay.yaml:3:5: error: 2 queues are called \"Twin\": write one of their ids: \(Unit.twin.id), "
                    + Unit.otherTwin.id,
                "relay.yaml:4:5: error: no queue is called exactly \"sales emea\", and 2 are but for upper and lower "
                    + "case: \"Sales EMEA\" (\(Unit.sales.id)) and \"SALES emea\" (\(Unit.salesAgain.id))",
            ]
        )
        #expect(resolution.problems.map(\.candidates.count) == [2, 2])
    }

    @Test("kinds without a search are looked up in their list, read once")
    func listed() async {
        let team = NamedEntity(id: "p1", name: "Team huddle"), german = NamedEntity(id: "p1", name: "Teamrunde")
        let organization = OrganizationMock(
            [.managementUnit: [Unit.berlin], .presence: [team, german]],
            members: [Unit.berlin.id: ["a"]]
        )
        let resolution = await organization.resolver.resolve([
            .mock(.managementUnit, "Berlin", members: true), .mock(.managementUnit, Unit.berlin.id),
            .mock(.managementUnit, Unit.nobody), .mock(.presence, "Teamrunde", members: true),
            .mock(.presence, "Team huddle"),
        ])
        #expect(resolution.snapshot[.managementUnit, "Berlin"]?.members == ["a"])
        #expect(resolution.snapshot[.managementUnit, Unit.berlin.id]?.id == Unit.berlin.id)
        #expect(resolution.snapshot[.presence, "Teamrunde"]?.id == "p1")
        #expect(resolution.snapshot[.presence, "Team huddle"]?.id == "p1")
        #expect(resolution.problems.map(\.text) == [Unit.nobody])
        #expect(
            organization.asked() == [
                "list managementUnit", "list presence", "members managementUnit \(Unit.berlin.id)",
            ]
        )
    }

    @Test("many names of a kind are looked up in the list, which costs fewer calls")
    func manyNames() async {
        let queues = (1...30).map { NamedEntity(id: "q\($0)", name: "Queue \($0)") }
        let organization = OrganizationMock([.queue: queues])
        let resolution = await organization.resolver.resolve(queues.map { .mock(.queue, $0.name) })
        #expect(resolution.isComplete)
        #expect(resolution.snapshot.nameCount == 30)
        #expect(organization.asked() == ["list queue"])
    }

    @Test("a name from a variable or file is not shown")
    func secretName() async {
        let organization = OrganizationMock([.queue: Unit.queues])
        let resolution = await organization.resolver.resolve([
            .mock(.queue, "hush-hush", isShown: false), .mock(.queue, "hush-hush"),
            .mock(.queue, Unit.nobody, isShown: false),
        ])
        #expect(resolution.problems.count == 2)
        #expect(!resolution.descriptions.joined().contains("hush"))
        #expect(!resolution.descriptions.joined().contains(Unit.nobody))
        #expect(resolution.descriptions.joined().contains("(not shown)"))
    }

    @Test("what Genesys does not answer is a failure, and no verdict on the name")
    func failures() async {
        let organization = OrganizationMock([.queue: Unit.queues], members: [Unit.support.id: ["a"]])
        organization.state.withLock {
            $0.failures = [
                "find queue Sales EMEA": .down, "members queue \(Unit.support.id)": .down, "list group": .down,
                "find group Nobody": .down,
            ]
        }
        let resolution = await organization.resolver.resolve([
            .mock(.queue, "Sales EMEA"), .mock(.queue, "Support", members: true), .mock(.group, "Nobody"),
            .mock(.queue, "Twin"),
        ])
        #expect(resolution.failure?.code == .server)
        #expect(resolution.problems.map(\.isUnreadable) == [true, true, true, false])
        #expect(
            resolution.descriptions[0]
                == "relay.yaml:1:5: error: the queue \"Sales EMEA\" could not be read: server (503): down"
        )
        #expect(resolution.snapshot == DirectorySnapshot())
    }

    @Test("a refresh reads members anew")
    func refresh() async {
        let organization = OrganizationMock([.queue: Unit.queues], members: [Unit.support.id: ["a"]])
        let names: [DirectoryReference] = [.mock(.queue, "Support", members: true)]
        let first = await organization.resolver.resolve(names).snapshot
        organization.state.withLock { $0.members[Unit.support.id] = ["b"] }
        let second = await organization.resolver.resolve(names, keeping: first)
        #expect(second.snapshot[.queue, "Support"]?.members == ["b"])
        #expect(second.snapshot.change(since: first) == .members(["a", "b"]))
    }

    @Test("a name that was edited since keeps its id, with the members that it has now, and says so")
    func renamed() async {
        let organization = OrganizationMock([.queue: Unit.queues], members: [Unit.support.id: ["a"]])
        let names: [DirectoryReference] = [.mock(.queue, "Support", members: true)]
        let first = await organization.resolver.resolve(names).snapshot
        organization.rename(.queue, Unit.support.id, to: "Front office")
        organization.state.withLock { $0.members[Unit.support.id] = ["a", "b"] }
        let second = await organization.resolver.resolve(names, keeping: first)
        #expect(
            second.snapshot[.queue, "Support"]
                == .init(id: Unit.support.id, name: "Front office", members: ["a", "b"])
        )
        #expect(
            second.descriptions.first?.hasSuffix(
                "; queue \(Unit.support.id) is called \"Front office\" now, and is kept"
            ) == true
        )
        // Loaded anew it is an error.
        let anew = await organization.resolver.resolve(names)
        #expect(anew.snapshot == DirectorySnapshot())
        #expect(anew.problems.count == 1)
    }

    @Test("what is gone, or cannot be read, stays as it was")
    func gone() async {
        let organization = OrganizationMock(
            [.queue: [Unit.support, Unit.sales]],
            members: [Unit.support.id: ["a"], Unit.sales.id: ["c"]]
        )
        let names: [DirectoryReference] = [
            .mock(.queue, "Support", members: true), .mock(.queue, "Sales EMEA", members: true),
        ]
        let first = await organization.resolver.resolve(names).snapshot
        organization.state.withLock {
            $0.entities[.queue] = [Unit.sales]
            $0.failures = [
                "members queue \(Unit.support.id)": GenesysAPIError(.notFound, message: "gone"),
                "members queue \(Unit.sales.id)": .down,
            ]
        }
        let second = await organization.resolver.resolve(names, keeping: first)
        #expect(second.snapshot == first)
        #expect(second.problems.map(\.text) == ["Support", "Sales EMEA"])
        #expect(second.failure?.code == .server)
    }

    @Test("a name that another thing has now means that one, from the next refresh on")
    func swapped() async {
        let organization = OrganizationMock([.queue: [Unit.support, Unit.twin]])
        let names: [DirectoryReference] = [.mock(.queue, "Support")]
        let first = await organization.resolver.resolve(names).snapshot
        organization.rename(.queue, Unit.support.id, to: "Old support")
        organization.rename(.queue, Unit.twin.id, to: "Support")
        let second = await organization.resolver.resolve(names, keeping: first)
        #expect(second.snapshot[.queue, "Support"]?.id == Unit.twin.id)
        #expect(second.isComplete)
        #expect(second.snapshot.change(since: first) == .meaning)
    }
}

@Suite("Changes of a directory")
struct DirectoryChangeTests {
    private func snapshot(_ entries: [String: DirectorySnapshot.Entry]) -> DirectorySnapshot {
        DirectorySnapshot(entries: [.group: entries])
    }

    @Test("a new name of the same thing changes nothing, another thing changes everything")
    func meaning() {
        let old = snapshot(["A": .init(id: "1", name: "A", members: ["x"])])
        #expect(old.change(since: old) == .none)
        #expect(snapshot(["A": .init(id: "1", name: "B", members: ["x"])]).change(since: old) == .none)
        #expect(snapshot(["A": .init(id: "2", name: "A", members: ["x"])]).change(since: old) == .meaning)
        #expect(snapshot([:]).change(since: old) == .meaning)
        #expect(old.change(since: DirectorySnapshot()) == .meaning)
    }

    @Test("those who came and those who left are named, of all units together")
    func members() {
        let old = snapshot([
            "A": .init(id: "1", name: "A", members: ["x", "y"]), "B": .init(id: "2", name: "B", members: ["z"]),
        ])
        let new = snapshot([
            "A": .init(id: "1", name: "A", members: ["y", "w"]), "B": .init(id: "2", name: "B", members: []),
        ])
        #expect(new.change(since: old) == .members(["x", "w", "z"]))
        #expect(old.nameCount == 2)
        #expect(old.memberCount == 3)
    }

    @Test(
        "a text in the form of a UUID is an id",
        arguments: [
            ("0c0e8b7e-0000-4000-8000-00000000000a", true), ("0C0E8B7E-0000-4000-8000-00000000000A", true),
            ("0c0e8b7e-0000-4000-8000-00000000000", false), ("0c0e8b7e-0000-4000-8000-00000000000g", false),
            ("0c0e8b7e00004000800000000000000a", false), ("Support", false), ("", false), ("----", false),
        ]
    )
    func identifiers(text: String, isIdentifier: Bool) {
        #expect(text.isIdentifier == isIdentifier)
    }
}
