// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import ConfigurationSyntax

/// `then.notify`: a webhook to an endpoint of `notifications:`, once per episode.
struct RuleNotification: Sendable {
    let endpoint: String
    /// By key, sorted.
    let data: [(key: String, value: RuleTemplate)]

    /// What every message has, so that `data` cannot have it.
    static let fields = ["agentId", "agentName", "rule", "status", "conversationId", "since", "rulesVersion"]

    /// A name alone, or `{ to: NAME, data: { key: text } }`; `nil` = absent, or reported. Whether there is such an endpoint
    /// only the whole configuration knows.
    static func parse(_ context: RuleOutcome.Context) -> RuleNotification? {
        guard let node = context.reader.node("notify") else { return nil }
        guard case .mapping = node.content else {
            let name = node.text("then.notify", diagnostics: context.diagnostics)
            return name.map { RuleNotification(endpoint: $0, data: []) }
        }
        guard let reader = context.reader.mapping("notify", keys: ["to", "data"]) else { return nil }
        reader.require("to", "the name of an endpoint under 'notifications'")
        let data = data(reader, context)
        return reader.text("to").map { RuleNotification(endpoint: $0, data: data) }
    }

    private static func data(
        _ reader: MappingReader,
        _ context: RuleOutcome.Context
    ) -> [(key: String, value: RuleTemplate)] {
        guard let node = reader.node("data"), !node.isNull else { return [] }
        guard case .mapping(let entries) = node.content else {
            context.diagnostics.error(
                at: node.location,
                "then.notify.data: expected a mapping of names to texts, found \(node.kind)"
            )
            return []
        }
        return entries.sorted { $0.key < $1.key }.compactMap { entry in
            guard !fields.contains(entry.key) else {
                context.diagnostics.error(
                    at: entry.keyLocation,
                    "then.notify.data: every message has '\(entry.key)' of its own; choose another name"
                )
                return nil
            }
            let path = "then.notify.data.\(entry.key)"
            return context.template(entry.value, path, isStatus: false).map { (entry.key, $0) }
        }
    }

    /// What is wanted now; a text whose fact is absent is left out.
    func errand(_ source: RuleTemplate.Source) -> RuleErrand {
        var texts: [String: String] = [:]
        for (key, template) in data {
            if case .success(let text) = template.resolve(source) { texts[key] = text }
        }
        return RuleErrand(
            rule: source.rule,
            work: .notify(
                RuleErrand.Notification(
                    endpoint: endpoint,
                    agentName: source.facts.name,
                    status: source.status,
                    conversationID: source.conversation?.id,
                    data: texts
                )
            )
        )
    }
}

extension RuleErrand {
    /// What a webhook of a rule tells, `${…}` resolved.
    public struct Notification: Sendable, Equatable {
        /// The name of an endpoint of `notifications:`.
        public var endpoint: String
        /// `nil` = not seen yet.
        public var agentName: String?
        /// The status that the rule wants; `nil` = it wants none.
        public var status: String?
        /// The conversation that matched; `nil` = the rule asks for none.
        public var conversationID: String?
        /// Texts of the rule's own.
        public var data: [String: String]

        /// Something to be told.
        public init(
            endpoint: String,
            agentName: String? = nil,
            status: String? = nil,
            conversationID: String? = nil,
            data: [String: String] = [:]
        ) {
            self.endpoint = endpoint
            self.agentName = agentName
            self.status = status
            self.conversationID = conversationID
            self.data = data
        }
    }
}

/// Where rules name endpoints of `notifications:`.
public enum NotifiedEndpoints {
    /// The scalars with the names, in the order of the rules; what is no name is reported elsewhere.
    public static func names(in rules: ConfigurationNode?) -> [ConfigurationNode] {
        guard case .sequence(let elements) = rules?.content else { return [] }
        return elements.compactMap { rule in
            guard let notify = rule["then"]?["notify"] else { return nil }
            guard let name = notify["to"] ?? (notify.isMapping ? nil : notify),
                case .scalar(let text, _) = name.content,
                !text.isEmpty, !name.isNull, !name.holdsTemplate
            else { return nil }
            return name
        }
    }
}

extension ConfigurationNode {
    fileprivate var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }
}
