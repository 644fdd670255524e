// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

/// What all rules of one configuration share while they are compiled.
final class RuleCompiler {
    let diagnostics: Diagnostics
    let known: KnownStatuses
    /// Names that only the organisation can resolve, in the order of the file.
    private(set) var names = ResolvedNames()
    /// The fields of conversations that rules ask for.
    private(set) var fields: [ConversationField] = []
    private var slots: [ConversationField: Int] = [:]
    /// Where each attribute is asked for, in the order of the file.
    private(set) var attributes: [(field: ConversationField, location: SourceLocation)] = []
    /// Of the rule that is being compiled.
    var rule = ""

    init(known: KnownStatuses, diagnostics: Diagnostics) {
        self.known = known
        self.diagnostics = diagnostics
    }

    /// The place of a name in ``names``.
    func name(_ kind: DirectoryKind, _ text: String, at node: ConfigurationNode, needsMembers: Bool) -> Int {
        names.add(
            DirectoryReference(
                kind: kind,
                text: text,
                needsMembers: needsMembers,
                location: node.location,
                isShown: node.provenance == .written
            )
        )
    }

    /// The place of a field of a conversation that a condition names.
    func slot(of field: ConversationField, at location: SourceLocation) -> Int {
        switch field {
        case .attribute, .customerAttribute: attributes.append((field, location))
        default: break
        }
        if let slot = slots[field] { return slot }
        slots[field] = fields.count
        fields.append(field)
        return fields.count - 1
    }

    /// A `for:` beside other conditions of the same mapping.
    ///
    /// The slot is made of the rule's name and of those conditions as text, so that it outlives other changes.
    func hold(_ entry: ConfigurationNode.Entry, beside entries: [ConfigurationNode.Entry], path: String) -> Hold? {
        let limit = Duration.seconds(7 * 86_400)
        guard
            let duration = entry.value.duration(path, in: .milliseconds(1)...limit, diagnostics: diagnostics)
        else { return nil }
        let others = entries.filter { $0.key != "for" }
        guard !others.isEmpty else {
            diagnostics.error(at: entry.keyLocation, "\(path): there is no condition beside it that could hold so long")
            return nil
        }
        var hash = FNV1a()
        hash.add("\(rule.utf8.count):\(rule)")
        hash.add(
            ConfigurationNode(content: .mapping(others), location: entry.keyLocation)
        )
        return Hold(slot: hash.value, duration: duration)
    }
}

/// What rules may name.
struct KnownStatuses {
    /// Those with an error of their own too.
    var names: [String]
    /// Those that are known to set On Queue.
    var onQueue: Set<String>
}
