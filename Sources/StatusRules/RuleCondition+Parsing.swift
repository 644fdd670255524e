// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension ConditionGroup {
    /// The keys of `when:` and of every group in it.
    static let keys = [
        "conversation", "conversations", "presence", "primarySource", "routingStatus", "adherence", "outOfOffice",
        "activeQueues", "agent", "schedule", "all", "any", "none", "not", "for",
    ]

    /// Reads `when:` or a group in it: conditions in the order of the file, all of which must hold.
    ///
    /// - Returns: `nil`, reported, when a condition is wrong or there is none.
    static func parse(_ node: ConfigurationNode, path: String, _ compiler: RuleCompiler) -> ConditionGroup? {
        let diagnostics = compiler.diagnostics
        guard let reader = MappingReader(node, path: path, keys: keys, diagnostics: diagnostics) else { return nil }
        guard !reader.entries.isEmpty else {
            diagnostics.error(
                at: node.location,
                "\(path) is empty; write at least one of \(keys.filter { $0 != "for" }.joined(separator: ", "))"
            )
            return nil
        }
        var hold: Hold?
        var isGood = true
        var conditions: [RuleCondition] = []
        // The first wrong key does not keep the others from being checked.
        for entry in reader.entries {
            if entry.key == "for" {
                hold = compiler.hold(entry, beside: reader.entries, path: reader.name("for"))
                isGood = isGood && hold != nil
            } else if let parsed = RuleCondition.parse(entry, path: reader.name(entry.key), compiler) {
                conditions += parsed
            } else {
                isGood = false
            }
        }
        return isGood ? ConditionGroup(conditions: conditions, hold: hold) : nil
    }

    /// Reads `all:`, `any:` or `none:`, a list of groups.
    fileprivate static func list(
        _ node: ConfigurationNode,
        path: String,
        _ compiler: RuleCompiler
    ) -> [ConditionGroup]? {
        guard !node.elements.isEmpty else {
            compiler.diagnostics.error(
                at: node.location,
                "\(path): expected a list of conditions such as [{ presence: Break }, { outOfOffice: true }], "
                    + "found \(node.kind)"
            )
            return nil
        }
        let groups = node.elements.enumerated().map { parse($1, path: "\(path)[\($0)]", compiler) }
        return groups.contains { $0 == nil } ? nil : groups.compactMap(\.self)
    }
}

extension RuleCondition {
    fileprivate static func parse(
        _ entry: ConfigurationNode.Entry,
        path: String,
        _ compiler: RuleCompiler
    ) -> [RuleCondition]? {
        let node = entry.value
        switch entry.key {
        case "conversation":
            return ConversationGroup.parse(node, path: path, compiler).map {
                [.conversation(ConversationCondition($0))]
            }
        case "conversations":
            return counted(node, path: path, compiler)
        case "presence":
            return facts(
                node,
                path,
                [
                    .presenceSystem, .presenceDefinitionID, .presenceLabel, .presenceMessage, .presenceSince,
                    .presenceRequested,
                ],
                main: .presenceSystem,
                compiler
            )
        case "routingStatus":
            return facts(node, path, [.routingStatus, .routingStatusSince], main: .routingStatus, compiler)
        case "adherence":
            return facts(
                node,
                path,
                [
                    .adherenceState, .adherenceScheduled, .adherenceActual, .adherenceImpact, .adherenceSince,
                    .adherenceActivityCode, .adherenceExplanation, .adherenceNext, .adherenceNextAt,
                    .adherenceManagementUnit, .adherenceTeam,
                ],
                // "adherence: Break" could mean what is scheduled, what is done or neither.
                main: nil,
                compiler
            )
        case "outOfOffice":
            return facts(
                node,
                path,
                [.outOfOffice, .outOfOfficeUntil],
                main: .outOfOffice,
                mainKey: "active",
                compiler
            )
        case "primarySource": return fact(node, path, .primarySource, compiler)
        case "activeQueues": return fact(node, path, .activeQueues, compiler)
        case "agent": return agent(node, path: path, compiler)
        case "schedule":
            return ScheduleWindow.parse(node, path: path, diagnostics: compiler.diagnostics).map { [.schedule($0)] }
        case "all": return ConditionGroup.list(node, path: path, compiler).map { [.all($0)] }
        case "any": return ConditionGroup.list(node, path: path, compiler).map { [.any($0)] }
        case "none": return ConditionGroup.list(node, path: path, compiler).map { [.none($0)] }
        case "not": return ConditionGroup.parse(node, path: path, compiler).map { [.not($0)] }
        default: return nil
        }
    }

    /// `conversations: { count: { atLeast: 2 }, media: chat }`
    private static func counted(
        _ node: ConfigurationNode,
        path: String,
        _ compiler: RuleCompiler
    ) -> [RuleCondition]? {
        guard case .mapping(let entries) = node.content, let count = entries.first(where: { $0.key == "count" }) else {
            compiler.diagnostics.error(
                at: node.location,
                "\(path): expected a mapping with a count, such as { media: chat, count: { atLeast: 2 } }, "
                    + "found \(node.kind)"
            )
            return nil
        }
        var others = node
        others.content = .mapping(entries.filter { $0.key != "count" })
        let group = ConversationGroup.parse(others, path: path, compiler)
        let test = FactTest.parse(
            count.value,
            TestSubject(path: "\(path).count", shape: .number, compiler: compiler)
        )
        guard let group, let test else { return nil }
        return [.conversations(ConversationCondition(group), count: test)]
    }

    private static func fact(
        _ node: ConfigurationNode,
        _ path: String,
        _ field: AgentField,
        _ compiler: RuleCompiler
    ) -> [RuleCondition]? {
        FactTest.parse(node, TestSubject(path: path, shape: field.shape, compiler: compiler)).map {
            [.fact(field, $0)]
        }
    }

    /// A mapping of fields, or a test of the main field alone: `presence: Break`, `presence: { not: Break }`.
    private static func facts(
        _ node: ConfigurationNode,
        _ path: String,
        _ fields: [AgentField],
        main: AgentField?,
        mainKey: String? = nil,
        _ compiler: RuleCompiler
    ) -> [RuleCondition]? {
        if let main, node.isTest { return fact(node, path, main, compiler) }
        let names = fields.map { $0 == main ? mainKey ?? $0.key : $0.key }
        let diagnostics = compiler.diagnostics
        guard let reader = MappingReader(node, path: path, keys: names, diagnostics: diagnostics) else { return nil }
        guard !reader.entries.isEmpty else {
            diagnostics.error(
                at: node.location,
                "\(path) is empty; write at least one of \(names.joined(separator: ", "))"
            )
            return nil
        }
        let conditions = reader.entries.compactMap { entry -> [RuleCondition]? in
            guard let index = names.firstIndex(of: entry.key) else { return nil }
            return fact(entry.value, reader.name(entry.key), fields[index], compiler)
        }
        return conditions.count == reader.entries.count ? conditions.flatMap(\.self) : nil
    }

    // MARK: - Agent

    private static let memberKeys: [(key: String, kind: DirectoryKind)] = [
        ("queue", .queue), ("managementUnit", .managementUnit), ("team", .team), ("group", .group),
    ]

    /// `agent: { group: Trainees }`: who the agent is and belongs to.
    private static func agent(
        _ node: ConfigurationNode,
        path: String,
        _ compiler: RuleCompiler
    ) -> [RuleCondition]? {
        let keys = ["id", "name"] + memberKeys.map(\.key)
        let diagnostics = compiler.diagnostics
        guard let reader = MappingReader(node, path: path, keys: keys, diagnostics: diagnostics) else { return nil }
        guard !reader.entries.isEmpty else {
            diagnostics.error(
                at: node.location,
                "\(path) is empty; write at least one of \(keys.joined(separator: ", "))"
            )
            return nil
        }
        let conditions = reader.entries.compactMap { entry -> [RuleCondition]? in
            let name = reader.name(entry.key)
            switch entry.key {
            case "id": return fact(entry.value, name, .agentID, compiler)
            case "name": return fact(entry.value, name, .agentName, compiler)
            default:
                guard let kind = memberKeys.first(where: { $0.key == entry.key })?.kind else { return nil }
                return membership(entry.value, name, kind, isNegated: false, compiler).map { [.member($0)] }
            }
        }
        return conditions.count == reader.entries.count ? conditions.flatMap(\.self) : nil
    }

    /// A name or id, a list (any of them), or `{ in: … }`, `{ not: … }`, `{ notIn: … }` around one.
    private static func membership(
        _ node: ConfigurationNode,
        _ path: String,
        _ kind: DirectoryKind,
        isNegated: Bool,
        _ compiler: RuleCompiler
    ) -> Membership? {
        let diagnostics = compiler.diagnostics
        if case .mapping(let entries) = node.content {
            guard let entry = entries.first, entries.count == 1, ["equals", "in", "not", "notIn"].contains(entry.key)
            else {
                diagnostics.error(
                    at: node.location,
                    "\(path): expected a name, a list of names, or one of in, not, notIn around them"
                )
                return nil
            }
            let turns = entry.key == "not" || entry.key == "notIn"
            return membership(entry.value, path, kind, isNegated: isNegated != turns, compiler)
        }
        guard !node.elements.isEmpty else {
            diagnostics.error(at: node.location, "\(path): expected the name or id of a \(kind.noun)")
            return nil
        }
        var names: [Int] = []
        var labels: [String] = []
        for element in node.elements {
            guard let text = element.text(path, diagnostics: diagnostics) else { return nil }
            names.append(compiler.name(kind, text, at: element, needsMembers: true))
            labels.append(element.provenance == .written ? text : "<not shown>")
        }
        return Membership(kind: kind, names: names, isNegated: isNegated, labels: labels)
    }
}

extension ConfigurationNode {
    /// Not a mapping of fields: a scalar, a list, or a mapping of operators.
    fileprivate var isTest: Bool {
        guard case .mapping(let entries) = content else { return true }
        return !entries.isEmpty && entries.allSatisfy { FactTest.operators.contains($0.key) }
    }
}
