// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax

/// One file of rules, parsed.
public struct RuleDocument: Sendable, Equatable {
    /// Its path, as in the locations of its nodes.
    public var file: String
    /// A list of rules, or a mapping with `rules` and perhaps `statuses`.
    public var root: ConfigurationNode

    /// A file's content.
    public init(file: String, root: ConfigurationNode) {
        self.file = file
        self.root = root
    }
}

/// `statuses:` and `rules:` as `RuleSet.compile` takes them, from however many files they come.
public struct RuleSources: Sendable, Equatable {
    /// A mapping of all statuses; `nil` = none are written.
    public var statuses: ConfigurationNode?
    /// A list of all rules in the order in which they are looked at; `nil` = none are written.
    public var rules: ConfigurationNode?
    /// The files besides the configuration's own, in order.
    public var files: [String] = []
    /// All that is named could be read.
    public var isComplete = true

    /// What one file says by itself.
    public init(statuses: ConfigurationNode?, rules: ConfigurationNode?) {
        self.statuses = statuses
        self.rules = rules
    }

    /// Joins documents in their order. Every node keeps its place, so that findings name the file they are about.
    ///
    /// - Parameters:
    ///   - statuses: of the configuration file; those of the documents follow.
    ///   - location: of the list of rules as a whole.
    public init(
        statuses: ConfigurationNode?,
        documents: [RuleDocument],
        at location: SourceLocation,
        diagnostics: Diagnostics
    ) {
        var joined = JoinedStatuses(statuses)
        var rules: [ConfigurationNode] = []
        for document in documents {
            switch document.root.content {
            case .sequence(let elements):
                rules += elements
            case .mapping:
                let reader = MappingReader(
                    document.root,
                    path: "",
                    keys: ["statuses", "rules"],
                    diagnostics: diagnostics
                )
                guard let reader else { continue }
                reader.require("rules", "a file of rules has a list of them, if need be an empty one: rules: []")
                rules += Self.rules(reader)
                joined.add(reader)
            case .scalar:
                diagnostics.error(
                    at: document.root.location,
                    "expected a list of rules, or a mapping with 'rules:', found \(document.root.kind)"
                )
            }
        }
        self.statuses = joined.node
        self.rules = ConfigurationNode(content: .sequence(rules), location: location)
        files = documents.map(\.file)
    }

    private static func rules(_ reader: MappingReader) -> [ConfigurationNode] {
        guard let node = reader.node("rules"), !node.isNull else { return [] }
        switch node.content {
        case .sequence(let elements): return elements
        case .scalar:
            reader.diagnostics.error(
                at: node.location,
                "rules: a file of rules holds them itself; only the configuration file names other files"
            )
        case .mapping:
            reader.diagnostics.error(at: node.location, "rules: expected a list of rules, found \(node.kind)")
        }
        return []
    }
}

/// The statuses of several files as one mapping.
private struct JoinedStatuses {
    /// As `RuleSet.compile` takes it: what is no mapping is reported there.
    private(set) var node: ConfigurationNode?
    private var places: [String: SourceLocation] = [:]

    init(_ node: ConfigurationNode?) {
        self.node = node
        for entry in node?.entries ?? [] { places[entry.key] = entry.keyLocation }
    }

    mutating func add(_ reader: MappingReader) {
        guard let added = reader.node("statuses"), !added.isNull else { return }
        guard let new = added.entries else {
            reader.diagnostics.error(at: added.location, "statuses: expected a mapping, found \(added.kind)")
            return
        }
        var entries = node?.entries ?? []
        for entry in new {
            if let first = places[entry.key] {
                reader.diagnostics.error(
                    at: entry.keyLocation,
                    "the status '\(entry.key)' is already written in \(first.named(from: entry.keyLocation))"
                )
                continue
            }
            places[entry.key] = entry.keyLocation
            entries.append(entry)
        }
        // What is wrong with the first stays to be reported.
        guard node == nil || node?.isNull == true || node?.entries != nil else { return }
        node = ConfigurationNode(content: .mapping(entries), location: node?.location ?? added.location)
    }
}

extension ConfigurationNode {
    fileprivate var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }
}
