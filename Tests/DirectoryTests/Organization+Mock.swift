// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import GenesysAPI
import StatusRules
import Synchronization

@testable import Directory

/// An organisation as closures, which remembers what it was asked.
final class OrganizationMock: Sendable {
    struct State: Sendable {
        var entities: [DirectoryKind: [NamedEntity]] = [:]
        /// By id.
        var members: [String: Set<String>] = [:]
        /// What is answered instead: by `find queue Support`, `list queue`, `read queue ID`, `members queue ID`.
        var failures: [String: GenesysAPIError] = [:]
        var asked: [String] = []
    }

    let state: Mutex<State>

    init(_ entities: [DirectoryKind: [NamedEntity]], members: [String: Set<String>] = [:]) {
        state = Mutex(State(entities: entities, members: members))
    }

    /// What was asked since the last call, sorted: lookups run side by side.
    func asked() -> [String] {
        state.withLock { state in
            defer { state.asked = [] }
            return state.asked.sorted()
        }
    }

    func rename(_ kind: DirectoryKind, _ id: String, to name: String) {
        state.withLock { state in
            for index in (state.entities[kind] ?? []).indices where state.entities[kind]?[index].id == id {
                state.entities[kind]?[index].name = name
            }
        }
    }

    var resolver: DirectoryResolver {
        DirectoryResolver(
            DirectoryEffects(
                find: { kind, name throws(GenesysAPIError) in
                    try self.answer("find \(kind) \(name)") {
                        $0.entities[kind, default: []].filter { $0.name == name }
                    }
                },
                list: { kind throws(GenesysAPIError) in
                    try self.answer("list \(kind)") { $0.entities[kind, default: []] }
                },
                read: { kind, id throws(GenesysAPIError) in
                    try self.answer("read \(kind) \(id)") { $0.entities[kind, default: []].first { $0.id == id } }
                },
                members: { kind, id throws(GenesysAPIError) in
                    try self.answer("members \(kind) \(id)") { $0.members[id] ?? [] }
                }
            )
        )
    }

    private func answer<Value>(_ question: String, _ value: (State) -> Value) throws(GenesysAPIError) -> Value {
        let (answer, failure) = state.withLock { state in
            state.asked.append(question)
            return (value(state), state.failures[question])
        }
        if let failure { throw failure }
        return answer
    }
}

extension DirectoryReference {
    static func mock(
        _ kind: DirectoryKind,
        _ text: String,
        members: Bool = false,
        line: Int = 1,
        isShown: Bool = true
    ) -> DirectoryReference {
        DirectoryReference(
            kind: kind,
            text: text,
            needsMembers: members,
            location: SourceLocation(file: "relay.yaml", line: line, column: 5),
            isShown: isShown
        )
    }
}

extension DirectoryResolution {
    var descriptions: [String] { problems.map(\.description) }
}

extension GenesysAPIError {
    static let down = GenesysAPIError(.server, status: 503, message: "down", isWrite: false)
}

enum Unit {
    static let support = NamedEntity(id: "aaaaaaaa-0000-4000-8000-000000000001", name: "Support")
    static let sales = NamedEntity(id: "aaaaaaaa-0000-4000-8000-000000000002", name: "Sales EMEA")
    static let salesAgain = NamedEntity(id: "aaaaaaaa-0000-4000-8000-000000000003", name: "SALES emea")
    static let twin = NamedEntity(id: "aaaaaaaa-0000-4000-8000-000000000004", name: "Twin")
    static let otherTwin = NamedEntity(id: "aaaaaaaa-0000-4000-8000-000000000005", name: "Twin")
    static let nobody = "aaaaaaaa-0000-4000-8000-0000000000ff"
    static let berlin = NamedEntity(id: "88888888-0000-4000-8000-000000000001", name: "Berlin")
    static let queues = [support, sales, salesAgain, twin, otherTwin]
}
