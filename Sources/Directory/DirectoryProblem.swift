// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax
public import GenesysAPI
public import StatusRules

/// A name or id in the configuration that leads to nothing, or not to one thing.
public struct DirectoryProblem: Error, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable {
        /// Nothing has this name or id.
        case unknown
        /// Several things have this name.
        case ambiguous
        /// Genesys could not be asked, or refused; it may answer another time.
        case unreadable(GenesysAPIError)
    }

    /// What was looked for.
    public var kind: DirectoryKind
    /// As written: a name or an id.
    public var text: String
    /// Every place where it is written.
    public var locations: [SourceLocation]
    /// What is wrong.
    public var reason: Reason
    /// What is wrong and what to do: the name, what may have been meant, ids to write instead.
    public var message: String
    /// Those that the message lists.
    public var candidates: [NamedEntity]

    /// The same for each place.
    public var diagnostics: [Diagnostic] { locations.map { Diagnostic(.error, at: $0, message) } }

    /// One line for each place: `relay.yaml:12:30: error: there is no queue "Suport"; did you mean …?`
    public var description: String { diagnostics.map(\.description).joined(separator: "\n") }

    /// Genesys could not be asked: nothing is said of the name.
    public var isUnreadable: Bool { if case .unreadable = reason { true } else { false } }
}

extension DirectoryProblem {
    /// `nil` when the name means one thing.
    ///
    /// - Parameter count: how many there are to choose from, as far as that is known.
    init?(_ wanted: WantedName, _ match: NameMatch, of count: Int?) {
        let noun = wanted.kind.noun, nouns = wanted.kind.nouns, name = wanted.shown
        switch match {
        case .one: return nil
        case .several(let all):
            let ids = all.map(\.id).joined(separator: ", ")
            self.init(
                wanted,
                .ambiguous,
                "\(all.count) \(nouns) are called \(name): write one of their ids: \(ids)",
                all
            )
        case .severalFolded(let all):
            self.init(
                wanted,
                .ambiguous,
                "no \(noun) is called exactly \(name), and \(all.count) are but for upper and lower case: "
                    + Self.list(all),
                all
            )
        case .none(let near) where near.isEmpty:
            let seen = count.map { " among the \($0) that the OAuth client sees" } ?? ""
            self.init(
                wanted,
                .unknown,
                "there is no \(noun) \(name)\(seen); those of divisions in which its roles do not hold are not shown"
            )
        case .none(let near):
            self.init(wanted, .unknown, "there is no \(noun) \(name); did you mean \(Self.list(near, "or"))?", near)
        }
    }

    static func noSuchID(_ wanted: WantedName) -> DirectoryProblem {
        DirectoryProblem(
            wanted,
            .unknown,
            "no \(wanted.kind.noun) has the id \(wanted.shown); it may be deleted, of another organisation, or of a "
                + "division that the OAuth client does not see"
        )
    }

    static func unreadable(_ wanted: WantedName, _ error: GenesysAPIError) -> DirectoryProblem {
        DirectoryProblem(
            wanted,
            .unreadable(error),
            "the \(wanted.kind.noun) \(wanted.shown) could not be read: \(error)"
        )
    }

    private init(_ wanted: WantedName, _ reason: Reason, _ message: String, _ candidates: [NamedEntity] = []) {
        self.init(
            kind: wanted.kind,
            text: wanted.text,
            locations: wanted.locations,
            reason: reason,
            message: message,
            candidates: candidates
        )
    }

    /// `"Support" (0c0e8b7e-…), "Sales" (…)`
    private static func list(_ entities: [NamedEntity], _ last: String = "and") -> String {
        let all = entities.map { "\"\($0.name)\" (\($0.id))" }
        guard let end = all.last, all.count > 1 else { return all.first ?? "" }
        return all.dropLast().joined(separator: ", ") + " \(last) " + end
    }
}
