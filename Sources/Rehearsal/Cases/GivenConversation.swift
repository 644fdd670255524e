// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import GenesysEvents

/// One conversation of `given` or `change`. It is found again by its id (and its medium, when that is written); what is not
/// written stays as it is, `~` takes a value away.
struct GivenConversation: Sendable {
    private typealias Assignment = @Sendable (inout ConversationFacts, _ now: Timestamp) -> Void

    private var id: String
    private var media: MediaType?
    private var state: String?
    private var isGone = false
    private var assignments: [Assignment] = []

    private static let texts: [(key: String, field: any WritableKeyPath<ConversationFacts, String?> & Sendable)] = [
        ("direction", \.direction), ("queueId", \.queueID), ("queue", \.queueID), ("purpose", \.purpose),
        ("wrapupCode", \.wrapupCode), ("wrapup", \.wrapupCode), ("wrapupPrompt", \.wrapupPrompt),
        ("disconnectType", \.disconnectType), ("campaignId", \.campaignID), ("messageType", \.messageType),
        ("externalTag", \.externalTag), ("utilizationLabel", \.utilizationLabelID),
    ]
    private static let times: [(key: String, field: any WritableKeyPath<ConversationFacts, Timestamp?> & Sendable)] = [
        ("alertedAt", \.alertedAt), ("connectedAt", \.connectedAt), ("endedAt", \.endedAt),
        ("heldSince", \.heldSince), ("afterCallWorkSince", \.afterCallWorkSince),
    ]
    private static let flags: [(key: String, field: any WritableKeyPath<ConversationFacts, Bool> & Sendable)] = [
        ("muted", \.muted), ("confined", \.confined),
    ]
    private static let attributes:
        [(key: String, field: any WritableKeyPath<ConversationFacts, Attributes> & Sendable)] = [
            ("attributes", \.attributes), ("customer.attributes", \.customerAttributes),
        ]
    private static var keys: [String] {
        [
            "id", "media", "state", "held", "role", "participants", "afterCallWork", "wrapupTimeout", "wrapupRequired",
            "mediaRoles", "remove", "participantId", "communicationId",
        ] + texts.map(\.key) + times.map(\.key) + flags.map(\.key) + attributes.map(\.key)
    }

    static func parse(_ node: ConfigurationNode, path: String, diagnostics: Diagnostics) -> GivenConversation? {
        // `attributes.NAME: value` is as good as a mapping of them.
        let dotted = dottedAttributes(node)
        let reader = MappingReader(
            dotted.rest,
            path: path,
            keys: keys,
            diagnostics: diagnostics
        )
        guard let reader, reader.require("id"), let id = reader.text("id") else { return nil }
        var given = GivenConversation(id: id)
        given.media = reader.choice("media", of: MediaType.self)
        given.state = reader.text("state").map { $0.lowercased() }
        given.isGone = reader.boolean("remove") ?? false
        given.identity(reader)
        for (key, field) in texts where reader.entry(key) != nil {
            let text = reader.node(key)?.isNull == true ? nil : reader.text(key)
            given.assignments.append { facts, _ in facts[keyPath: field] = text }
        }
        for (key, field) in flags {
            guard let flag = reader.boolean(key) else { continue }
            given.assignments.append { facts, _ in facts[keyPath: field] = flag }
        }
        if let held = reader.boolean("held") {
            given.assignments.append { facts, now in
                if held != facts.held { facts.heldSince = held ? now : nil }
                facts.held = held
            }
        }
        given.work(reader)
        given.parts(reader)
        for (key, field) in attributes {
            let values = dotted.values[key] ?? [:]
            given.write(reader.values(key).merging(values) { $1 }, field)
        }
        // Last: what is written wins over what follows from a state.
        for (key, field) in times {
            guard let time = reader.time(key) else { continue }
            given.assignments.append { facts, _ in facts[keyPath: field] = time }
        }
        return given
    }

    private init(id: String) { self.id = id }

    /// Ids that recorded events must find again.
    private mutating func identity(_ reader: MappingReader) {
        if let participant = reader.text("participantId") {
            assignments.append { facts, _ in
                if facts.communicationID == facts.participantID { facts.communicationID = participant }
                facts.participantID = participant
            }
        }
        if let communication = reader.text("communicationId") {
            assignments.append { facts, _ in facts.communicationID = communication }
        }
    }

    private mutating func work(_ reader: MappingReader) {
        if let work = reader.text("afterCallWork") {
            assignments.append { facts, now in
                if work == "pending", facts.afterCallWork != work { facts.afterCallWorkSince = now }
                facts.afterCallWork = work
            }
        }
        if let timeout = reader.duration("wrapupTimeout", in: .zero...(.seconds(86_400))) {
            let milliseconds = Int(timeout / .milliseconds(1))
            assignments.append { facts, _ in facts.wrapupTimeoutMs = milliseconds }
        }
        if let required = reader.boolean("wrapupRequired") {
            assignments.append { facts, _ in facts.wrapupRequired = required }
        }
    }

    private mutating func parts(_ reader: MappingReader) {
        if let role = reader.choice("role", of: ConversationRole.self) {
            assignments.append { facts, _ in facts.role = role }
        }
        if let count = reader.integer("participants", in: 0...1000) {
            assignments.append { facts, _ in facts.participants = count }
        }
        if let roles = reader.texts("mediaRoles") { assignments.append { facts, _ in facts.mediaRoles = roles } }
    }

    private mutating func write(
        _ values: [String: String?],
        _ field: any WritableKeyPath<ConversationFacts, Attributes> & Sendable
    ) {
        guard !values.isEmpty else { return }
        assignments.append { facts, _ in
            for (name, value) in values { facts[keyPath: field][name] = value }
        }
    }

    func apply(to facts: inout AgentFacts, now: Timestamp) {
        let place = facts.conversations.firstIndex { $0.id == id && (media == nil || $0.media == media) }
        if isGone {
            if let place { facts.conversations.remove(at: place) }
            return
        }
        guard let place else {
            var new = ConversationFacts(
                id: id,
                media: media ?? .call,
                participantID: "participant of \(id)",
                communicationID: "participant of \(id)",
                state: ""
            )
            new.purpose = "agent"
            new.participants = 2
            update(&new, state: state ?? "connected", now)
            let next = facts.conversations.firstIndex { ($0.id, $0.media.rawValue) > (new.id, new.media.rawValue) }
            facts.conversations.insert(new, at: next ?? facts.conversations.endIndex)
            return
        }
        update(&facts.conversations[place], state: state, now)
    }

    private func update(_ facts: inout ConversationFacts, state: String?, _ now: Timestamp) {
        if let state, state != facts.state {
            facts.state = state
            facts.isEnded = state == "disconnected" || state == "terminated"
            if facts.isEnded {
                facts.endedAt = now
                facts.held = false
                facts.heldSince = nil
            } else {
                facts.endedAt = nil
                if state == "connected", facts.connectedAt == nil { facts.connectedAt = now }
                if state == "alerting" || state == "offering" { facts.alertedAt = now }
            }
        }
        for assign in assignments { assign(&facts, now) }
        facts.fields.tell(at: now)
    }

    /// Entries such as `attributes.wfm_status: Break`, and the mapping without them.
    private static func dottedAttributes(
        _ node: ConfigurationNode
    ) -> (values: [String: [String: String?]], rest: ConfigurationNode) {
        guard case .mapping(let entries) = node.content else { return ([:], node) }
        var values: [String: [String: String?]] = [:]
        var rest = node
        rest.content = .mapping(
            entries.filter { entry in
                guard
                    let key = attributes.map(\.key).first(where: { entry.key.hasPrefix($0 + ".") }),
                    case .scalar(let text, _) = entry.value.content
                else { return true }
                let name = String(entry.key.dropFirst(key.count + 1))
                values[key, default: [:]][name] = .some(entry.value.isNull ? nil : text)
                return false
            }
        )
        return (values, rest)
    }
}

extension MappingReader {
    /// A mapping of texts; no value takes one away.
    fileprivate func values(_ key: String) -> [String: String?] {
        guard let node = node(key) else { return [:] }
        guard case .mapping(let entries) = node.content else {
            diagnostics.error(at: node.location, "\(name(key)): expected a mapping of texts, found \(node.kind)")
            return [:]
        }
        var values: [String: String?] = [:]
        for entry in entries {
            let text =
                entry.value.isNull
                ? nil : entry.value.text("\(name(key)).\(entry.key)", allowsEmpty: true, diagnostics: diagnostics)
            values[entry.key] = .some(text)
        }
        return values
    }
}
