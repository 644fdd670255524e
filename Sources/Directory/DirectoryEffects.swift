// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysAPI
public import StatusRules

/// The organisation as the directory needs it.
public struct DirectoryEffects: Sendable {
    /// Those of a kind that Genesys finds under a name. May be more than have exactly that name, and where Genesys minds
    /// upper and lower case, fewer than a person would find. Only of kinds that have a search.
    public var find: @Sendable (DirectoryKind, _ name: String) async throws(GenesysAPIError) -> [NamedEntity]
    /// All of a kind; a presence definition once for each of its labels.
    public var list: @Sendable (DirectoryKind) async throws(GenesysAPIError) -> [NamedEntity]
    /// The one with an id; `nil` = there is none. Only of kinds that have a search.
    public var read: @Sendable (DirectoryKind, _ id: String) async throws(GenesysAPIError) -> NamedEntity?
    /// Ids of the users that belong to it; none for wrap-up codes and presences, to which nobody belongs.
    public var members: @Sendable (DirectoryKind, _ id: String) async throws(GenesysAPIError) -> Set<String>

    /// All closures are needed.
    public init(
        find: @escaping @Sendable (DirectoryKind, String) async throws(GenesysAPIError) -> [NamedEntity],
        list: @escaping @Sendable (DirectoryKind) async throws(GenesysAPIError) -> [NamedEntity],
        read: @escaping @Sendable (DirectoryKind, String) async throws(GenesysAPIError) -> NamedEntity?,
        members: @escaping @Sendable (DirectoryKind, String) async throws(GenesysAPIError) -> Set<String>
    ) {
        self.find = find
        self.list = list
        self.read = read
        self.members = members
    }
}

extension DirectoryEffects {
    /// The organisation behind these OAuth clients, read under the budget and behind everything that matters more.
    ///
    /// - Parameters:
    ///   - apis: one for each client of the gate, in its order.
    ///   - sleep: waits before a read that has failed is tried again.
    public init(
        gate: CallGate,
        apis: [GenesysAPI],
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        let reads = DirectoryReads(gate: gate, apis: apis, sleep: sleep)
        self.init(
            find: { kind, name throws(GenesysAPIError) in try await reads.find(kind, name) },
            list: { kind throws(GenesysAPIError) in try await reads.list(kind) },
            read: { kind, id throws(GenesysAPIError) in try await reads.read(kind, id) },
            members: { kind, id throws(GenesysAPIError) in try await reads.members(kind, id) }
        )
    }
}
