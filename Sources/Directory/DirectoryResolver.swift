// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
public import StatusRules

/// Resolves the names of a configuration in the organisation.
///
/// A text in the form of a UUID is an id, and must exist. Anything else is a name: the one thing that has exactly that
/// name, else the one thing that has it but for upper and lower case. None, or several, is a problem that says what may
/// have been meant.
public struct DirectoryResolver: Sendable {
    private let effects: DirectoryEffects

    /// Lookups at a time.
    private static let width = 4
    /// For more names of a kind than these the whole list, a hundred to a call, is cheaper.
    private static let mostSearches = 20

    /// Asks the organisation through these effects.
    public init(_ effects: DirectoryEffects) { self.effects = effects }

    /// Looks everything up anew.
    ///
    /// - Parameter known: an earlier snapshot. What has become a problem since keeps the id it had there, as long as
    ///   something has that id, so that a name that somebody edits does not switch off a rule that runs.
    public func resolve(
        _ references: [DirectoryReference],
        keeping known: DirectorySnapshot = DirectorySnapshot()
    ) async -> DirectoryResolution {
        let wanted = WantedName.all(in: references)
        var finds = await find(wanted)
        await keep(known, &finds)
        let entries = await withMembers(finds, known)
        var resolution = DirectoryResolution(snapshot: DirectorySnapshot(), problems: [])
        for (find, entry) in zip(finds, entries) {
            let kind = find.wanted.kind
            switch entry {
            case .success(let entry):
                resolution.snapshot.entries[kind, default: [:]][find.wanted.text] = entry
                if let problem = find.problem { resolution.problems.append(problem) }
            case .failure(let error):
                if let old = known[kind, find.wanted.text] {
                    resolution.snapshot.entries[kind, default: [:]][find.wanted.text] = old
                }
                resolution.problems.append(find.problem ?? .unreadable(find.wanted, error))
            case nil:
                if let problem = find.problem { resolution.problems.append(problem) }
            }
        }
        return resolution
    }

    // MARK: What a name means

    private struct Find: Sendable {
        var wanted: WantedName
        var entity: NamedEntity?
        var problem: DirectoryProblem?
    }

    private func find(_ wanted: [WantedName]) async -> [Find] {
        let counts = wanted.reduce(into: [DirectoryKind: Int]()) { $0[$1.kind, default: 0] += 1 }
        let searched = await each(wanted) { wanted -> Find? in
            guard wanted.kind.hasSearch, counts[wanted.kind, default: 0] <= Self.mostSearches else { return nil }
            return await search(wanted)
        }
        let open = zip(wanted, searched).filter { $1 == nil }.map(\.0)
        let kinds = DirectoryKind.allCases.filter { kind in open.contains { $0.kind == kind } }
        let lists = await each(kinds) { kind -> Result<[NamedEntity], GenesysAPIError> in
            await result { () throws(GenesysAPIError) in try await effects.list(kind) }
        }
        let listed = Dictionary(uniqueKeysWithValues: zip(kinds, lists))
        return zip(wanted, searched).map { wanted, find in
            if let find { return find }
            switch listed[wanted.kind] {
            case .success(let all): return look(for: wanted, in: all)
            case .failure(let error): return Find(wanted: wanted, problem: .unreadable(wanted, error))
            case nil: return Find(wanted: wanted)
            }
        }
    }

    /// `nil` = the search does not settle it: another spelling, or a name to suggest, is only in the whole list.
    private func search(_ wanted: WantedName) async -> Find? {
        do throws(GenesysAPIError) {
            if let id = wanted.id {
                let entity = try await effects.read(wanted.kind, id)
                return Find(wanted: wanted, entity: entity, problem: entity == nil ? .noSuchID(wanted) : nil)
            }
            let match = NameMatch(exactly: wanted.text, among: try await effects.find(wanted.kind, wanted.text))
            switch match {
            case .one(let entity): return Find(wanted: wanted, entity: entity)
            case .several: return Find(wanted: wanted, problem: DirectoryProblem(wanted, match, of: nil))
            case .severalFolded, .none: return nil
            }
        } catch {
            return Find(wanted: wanted, problem: .unreadable(wanted, error))
        }
    }

    private func look(for wanted: WantedName, in all: [NamedEntity]) -> Find {
        if let id = wanted.id {
            let entity = all.first { $0.id == id }
            return Find(wanted: wanted, entity: entity, problem: entity == nil ? .noSuchID(wanted) : nil)
        }
        let match = NameMatch(wanted.text, among: all)
        if case .one(let entity) = match { return Find(wanted: wanted, entity: entity) }
        return Find(wanted: wanted, problem: DirectoryProblem(wanted, match, of: Set(all.map(\.id)).count))
    }

    /// A name that no longer leads anywhere goes on meaning what it meant, under whatever name that has now.
    private func keep(_ known: DirectorySnapshot, _ finds: inout [Find]) async {
        finds = await each(finds) { find in
            var find = find
            guard find.entity == nil, let old = known[find.wanted.kind, find.wanted.text] else { return find }
            find.entity = NamedEntity(id: old.id, name: old.name)
            guard let problem = find.problem, case .unknown = problem.reason, find.wanted.id == nil,
                let now = try? await effects.read(find.wanted.kind, old.id)
            else { return find }
            find.entity = now
            find.problem?.message += "; \(find.wanted.kind.noun) \(old.id) is called \"\(now.name)\" now, and is kept"
            return find
        }
    }

    // MARK: Who belongs to it

    /// `nil` = there is nothing to belong to.
    private func withMembers(
        _ finds: [Find],
        _ known: DirectorySnapshot
    ) async -> [Result<DirectorySnapshot.Entry, GenesysAPIError>?] {
        struct Key: Hashable {
            var kind: DirectoryKind
            var id: String
        }
        var keys: [Key] = []
        for find in finds where find.wanted.needsMembers && find.wanted.kind.hasMembers {
            guard let id = find.entity?.id else { continue }
            let key = Key(kind: find.wanted.kind, id: id)
            if !keys.contains(key) { keys.append(key) }
        }
        let read = await each(keys) { key -> Result<Set<String>, GenesysAPIError> in
            await result { () throws(GenesysAPIError) in try await effects.members(key.kind, key.id) }
        }
        let members = Dictionary(uniqueKeysWithValues: zip(keys, read))
        return finds.map { find in
            guard let entity = find.entity else { return nil }
            var entry = DirectorySnapshot.Entry(id: entity.id, name: entity.name)
            switch members[Key(kind: find.wanted.kind, id: entity.id)] {
            case .success(let users): entry.members = users
            case .failure(let error): return .failure(error)
            case nil: break
            }
            // Asked for elsewhere only: here nobody needs them.
            if !find.wanted.needsMembers { entry.members = nil }
            return .success(entry)
        }
    }

    // MARK: -

    /// The results in the order of the elements, some at a time.
    private func each<Element: Sendable, Value: Sendable>(
        _ elements: [Element],
        _ body: @escaping @Sendable (Element) async -> Value
    ) async -> [Value] {
        await withTaskGroup(of: (Int, Value).self) { group in
            var values = [Value?](repeating: nil, count: elements.count)
            for (index, element) in elements.enumerated() {
                if index >= Self.width, let (done, value) = await group.next() { values[done] = value }
                group.addTask { (index, await body(element)) }
            }
            for await (done, value) in group { values[done] = value }
            return values.compactMap(\.self)
        }
    }

    private func result<Value: Sendable>(
        _ body: () async throws(GenesysAPIError) -> Value
    ) async -> Result<Value, GenesysAPIError> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
