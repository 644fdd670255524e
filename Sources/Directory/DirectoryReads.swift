// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import StatusRules

/// Which endpoint knows what, each page a call of its own.
struct DirectoryReads: Sendable {
    var gate: CallGate
    var apis: [GenesysAPI]
    var sleep: @Sendable (Duration) async throws -> Void

    private static let attempts = 3

    func find(_ kind: DirectoryKind, _ name: String) async throws(GenesysAPIError) -> [NamedEntity] {
        switch kind {
        case .queue:
            try await all { api, place throws(GenesysAPIError) in try await api.queues(name: name, at: place) }
        case .wrapupCode:
            try await all { api, place throws(GenesysAPIError) in try await api.wrapupCodes(name: name, at: place) }
        case .team:
            try await all { api, place throws(GenesysAPIError) in try await api.teams(name: name, at: place) }
        case .group: try await call { api throws(GenesysAPIError) in try await api.groups(named: name) }
        case .managementUnit, .presence: try await list(kind)
        }
    }

    func list(_ kind: DirectoryKind) async throws(GenesysAPIError) -> [NamedEntity] {
        switch kind {
        case .queue: try await all { api, place throws(GenesysAPIError) in try await api.queues(at: place) }
        case .wrapupCode: try await all { api, place throws(GenesysAPIError) in try await api.wrapupCodes(at: place) }
        case .team: try await all { api, place throws(GenesysAPIError) in try await api.teams(at: place) }
        case .group: try await all { api, place throws(GenesysAPIError) in try await api.groups(at: place) }
        case .managementUnit: try await call { api throws(GenesysAPIError) in try await api.managementUnits() }
        case .presence:
            try await call { api throws(GenesysAPIError) in try await api.presenceDefinitions() }.flatMap {
                definition in
                Set(definition.labels.values).sorted().map { NamedEntity(id: definition.id, name: $0) }
            }
        }
    }

    func read(_ kind: DirectoryKind, _ id: String) async throws(GenesysAPIError) -> NamedEntity? {
        do throws(GenesysAPIError) {
            return switch kind {
            case .queue: try await call { api throws(GenesysAPIError) in try await api.queue(id: id) }
            case .wrapupCode: try await call { api throws(GenesysAPIError) in try await api.wrapupCode(id: id) }
            case .team: try await call { api throws(GenesysAPIError) in try await api.team(id: id) }
            case .group: try await call { api throws(GenesysAPIError) in try await api.group(id: id) }
            case .managementUnit, .presence: try await list(kind).first { $0.id == id }
            }
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    func members(_ kind: DirectoryKind, _ id: String) async throws(GenesysAPIError) -> Set<String> {
        switch kind {
        case .queue:
            Set(
                try await all { api, place throws(GenesysAPIError) in try await api.queueMembers(queueID: id, at: place)
                }
            )
        case .team:
            Set(
                try await all { api, place throws(GenesysAPIError) in try await api.teamMembers(teamID: id, at: place) }
            )
        case .group:
            Set(
                try await all { api, place throws(GenesysAPIError) in try await api.groupMembers(groupID: id, at: place)
                }
            )
        case .managementUnit:
            Set(
                try await call { api throws(GenesysAPIError) in try await api.managementUnitUsers(managementUnitID: id)
                }
            )
        case .wrapupCode, .presence: []
        }
    }

    // MARK: -

    /// A listing to its end. A page that brings nothing new ends it too: whoever answers does not know of pages.
    private func all<Element: Hashable & Sendable>(
        _ page: @Sendable (GenesysAPI, ListingPlace) async throws(GenesysAPIError) -> ListingPage<Element>
    ) async throws(GenesysAPIError) -> [Element] {
        var elements: [Element] = []
        var seen: Set<Element> = []
        var place: ListingPlace? = .start
        while let here = place {
            let read = try await call { api throws(GenesysAPIError) in try await page(api, here) }
            let new = read.elements.filter { seen.insert($0).inserted }
            elements += new
            place = new.isEmpty ? nil : read.next
        }
        return elements
    }

    /// One read under the budget; tried again when that may help.
    private func call<Value: Sendable>(
        _ body: @Sendable (GenesysAPI) async throws(GenesysAPIError) -> Value
    ) async throws(GenesysAPIError) -> Value {
        var attempt = 1
        while true {
            do {
                return try await gate.call(.resync) { client throws(GenesysAPIError) in try await body(apis[client]) }
            } catch {
                guard error.isRetryable, attempt < Self.attempts else { throw error }
                // After a 429 the gate itself waits as long as it was told.
                if error.code != .rateLimited, (try? await sleep(.milliseconds(250 << attempt))) == nil { throw error }
                attempt += 1
            }
        }
    }
}
