// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysAPI
import GenesysEvents

/// Facts as a case writes them (`given`, `change`), to be put into what is known of an agent.
struct GivenFacts: Sendable {
    /// Puts one fact there.
    typealias Assignment = @Sendable (inout AgentFacts, _ now: Timestamp) -> Void

    /// In the order of the file.
    private(set) var assignments: [Assignment] = []

    func apply(to facts: inout AgentFacts, now: Timestamp) {
        for assign in assignments { assign(&facts, now) }
    }

    private mutating func add(_ assignment: @escaping Assignment) { assignments.append(assignment) }

    /// Reads a mapping of facts. What is wrong is reported and left out.
    static func parse(_ node: ConfigurationNode, path: String, diagnostics: Diagnostics) -> GivenFacts {
        var facts = GivenFacts()
        let keys = [
            "presence", "primarySource", "routingStatus", "adherence", "outOfOffice", "activeQueues", "conversations",
        ]
        guard let reader = MappingReader(node, path: path, keys: keys, diagnostics: diagnostics) else { return facts }
        facts.presence(reader)
        facts.routingStatus(reader)
        facts.adherence(reader)
        facts.outOfOffice(reader)
        if let source = reader.text("primarySource") { facts.add { facts, _ in facts.primarySource = source } }
        if let queues = reader.texts("activeQueues") { facts.add { facts, _ in facts.activeQueueIDs = queues } }
        for (index, node) in (reader.node("conversations")?.elements ?? []).enumerated() {
            let given = GivenConversation.parse(
                node,
                path: "\(reader.name("conversations"))[\(index)]",
                diagnostics: diagnostics
            )
            if let given { facts.add { given.apply(to: &$0, now: $1) } }
        }
        return facts
    }

    private mutating func presence(_ reader: MappingReader) {
        guard let node = reader.node("presence") else { return }
        var given = PresenceFacts()
        if case .mapping = node.content {
            let keys = ["system", "label", "definitionId", "message", "since", "requested"]
            guard let reader = reader.mapping("presence", keys: keys) else { return }
            given.system = reader.node("system").flatMap { system($0, reader.name("system"), reader.diagnostics) }
            given.definitionID =
                reader.text("definitionId") ?? reader.text("label").map { "id of '\($0)'" }
                ?? given.system?.definitionID
            given.message = reader.text("message", allowsEmpty: true)
            given.modifiedAt = reader.time("since")
            given.requested = reader.node("requested").flatMap {
                system($0, reader.name("requested"), reader.diagnostics)
            }
            if given.definitionID == nil {
                reader.diagnostics.error(at: node.location, "\(reader.path): write system, label or definitionId")
            }
        } else {
            given.system = system(node, reader.name("presence"), reader.diagnostics)
            given.definitionID = given.system?.definitionID
        }
        add { [given] facts, now in
            var presence = given
            presence.modifiedAt = presence.modifiedAt ?? now
            facts.presence = presence
        }
    }

    private func system(_ node: ConfigurationNode, _ name: String, _ diagnostics: Diagnostics) -> SystemPresence? {
        guard let text = node.text(name, diagnostics: diagnostics) else { return nil }
        let system = SystemPresence(text)
        guard system.isKnown else {
            let known = SystemPresence.all.map(\.name)
            let clause = suggestionClause(for: text, among: known, called: "system presences")
            diagnostics.error(at: node.location, "\(name): unknown system presence '\(text)'\(clause)")
            return nil
        }
        return system
    }

    private mutating func routingStatus(_ reader: MappingReader) {
        guard let node = reader.node("routingStatus") else { return }
        var status: String?
        var since: Timestamp?
        if case .mapping = node.content {
            guard let reader = reader.mapping("routingStatus", keys: ["status", "since"]) else { return }
            reader.require("status")
            status = reader.text("status")
            since = reader.time("since")
        } else {
            status = reader.text("routingStatus")
        }
        guard let status else { return }
        let name = SystemPresence(status).name
        add { [since] facts, now in
            facts.routingStatus = RoutingStatusFacts(status: name, since: since ?? now)
        }
    }

    private mutating func outOfOffice(_ reader: MappingReader) {
        guard let node = reader.node("outOfOffice") else { return }
        guard case .mapping = node.content else {
            if let active = reader.boolean("outOfOffice") { add { facts, _ in facts.outOfOffice = active } }
            return
        }
        guard let reader = reader.mapping("outOfOffice", keys: ["active", "until"]) else { return }
        let (active, until) = (reader.boolean("active") ?? true, reader.time("until"))
        add { facts, _ in
            facts.outOfOffice = active
            facts.outOfOfficeUntil = active ? until : nil
        }
    }

    private mutating func adherence(_ reader: MappingReader) {
        let fields: [(key: String, field: any WritableKeyPath<AdherenceFacts, String?> & Sendable)] = [
            ("state", \.state), ("scheduled", \.scheduled), ("actual", \.actual), ("impact", \.impact),
            ("activityCode", \.scheduledCodeID), ("explanation", \.explanationStatus),
            ("managementUnit", \.managementUnitID), ("team", \.teamID),
        ]
        guard let reader = reader.mapping("adherence", keys: fields.map(\.key) + ["since", "next", "nextAt"]) else {
            return
        }
        let since = reader.time("since")
        if let next = reader.text("next") {
            let at = reader.time("nextAt")
            add { facts, _ in
                facts.adherence = facts.adherence ?? AdherenceFacts()
                facts.adherence?.next = [ScheduledActivity(category: next, at: at)]
            }
        }
        let values = fields.compactMap { key, field in
            reader.entry(key).map { entry in (field: field, value: entry.value.isNull ? nil : reader.text(key)) }
        }
        add { [since] facts, now in
            var adherence = facts.adherence ?? AdherenceFacts()
            for (field, value) in values { adherence[keyPath: field] = value }
            adherence.since = since ?? now
            facts.adherence = adherence
        }
    }
}

extension MappingReader {
    /// A time, RFC 3339.
    func time(_ key: String) -> Timestamp? {
        guard let node = node(key), let text = text(key) else { return nil }
        let time = Timestamp(text)
        if time == nil {
            diagnostics.error(at: node.location, "\(name(key)): '\(text)' is no time; write it as 2026-03-02T09:00:00Z")
        }
        return time
    }
}

extension SystemPresence {
    /// As ``RuleSet/offlineTargets`` names it.
    fileprivate var definitionID: String { wellKnownDefinitionID ?? name }
}
