// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import StatusRules
import Testing

@Suite("agents: whom the relay may touch")
struct AgentsTests {
    private func agents(_ yaml: String, missingIsError: Bool = true) throws -> RelayConfiguration.Agents {
        let environment = ConfigurationEnvironment.mock(["QUEUE": "Hidden"], missingIsError: missingIsError)
        let document = """
            webhook: { allowUnauthenticated: true }
            admin: { allowUnauthenticated: true }
            genesys: { region: us-east-1, clients: [{ id: a, secret: b }] }
            agents: \(yaml)
            """
        return try #require(Outcome(document, environment: environment).configuration).agents
    }

    private let directory = DirectorySnapshot(entries: [
        .queue: ["Support": .init(id: "q", name: "Support", members: ["in queue", "both"])],
        .managementUnit: ["Berlin": .init(id: "m", name: "Berlin", members: ["in unit", "both"])],
    ])

    @Test("queues and management units are names or ids, each with its place")
    func units() throws {
        let agents = try agents("{ include: { queues: [Support, Sales], managementUnits: Berlin } }")
        #expect(agents.includeUnits.map(\.kind) == [.queue, .queue, .managementUnit])
        #expect(agents.includeUnits.map(\.text) == ["Support", "Sales", "Berlin"])
        #expect(agents.includeUnits.map(\.location.column) == [31, 40, 65])
        let all = agents.includeUnits
        #expect(all.allSatisfy { $0.needsMembers && $0.isShown && $0.location.line == 4 })
    }

    @Test("a name from a variable is not to be shown, and one that is missing is no name")
    func variables() throws {
        let agents = try agents(
            #"{ include: { queues: ["${env:QUEUE}", "${env:MISSING}"] } }"#,
            missingIsError: false
        )
        #expect(agents.includeUnits.map(\.text) == ["Hidden"])
        #expect(agents.includeUnits.map(\.isShown) == [false])
    }

    @Test("without any, everybody may be touched but the excluded")
    func everybody() throws {
        let mayTouch = try agents("{ exclude: { users: [x] } }").mayTouch(in: DirectorySnapshot())
        #expect(mayTouch("anyone"))
        #expect(!mayTouch("x"))
    }

    @Test("users, members of queues and of management units add up, and the excluded stay out")
    func included() throws {
        let agents = try agents(
            "{ include: { users: [named], queues: [Support], managementUnits: [Berlin] }, exclude: { users: [both] } }"
        )
        let mayTouch = agents.mayTouch(in: directory)
        #expect(["named", "in queue", "in unit"].allSatisfy(mayTouch))
        #expect(!mayTouch("both"))
        #expect(!mayTouch("stranger"))
    }

    @Test("a queue of which no member is known includes nobody, not everybody")
    func emptyQueue() throws {
        let mayTouch = try agents("{ include: { queues: [Sales] } }").mayTouch(in: directory)
        #expect(!mayTouch("anyone"))
    }

    @Test("without a network nobody is known to be outside a queue")
    func offline() throws {
        let limited = try agents("{ include: { users: [named], queues: [Support] }, exclude: { users: [x] } }")
        #expect(limited.mayTouch(in: nil)("anyone"))
        #expect(!limited.mayTouch(in: nil)("x"))
        let users = try agents("{ include: { users: [named] } }")
        #expect(!users.mayTouch(in: nil)("anyone"))
    }

    @Test("the directory is refreshed every five minutes, or as often as the file says")
    func refresh() throws {
        let usual = try #require(Outcome().configuration)
        #expect(usual.genesys.directoryRefresh == .seconds(300))
        let often = Outcome(
            genesys: "{ region: us-east-1, clients: [{ id: a, secret: b }], directoryRefresh: 90s }"
        )
        #expect(try #require(often.configuration).genesys.directoryRefresh == .seconds(90))
    }
}
