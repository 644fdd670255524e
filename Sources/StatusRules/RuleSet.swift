// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import ConfigurationSyntax
import GenesysEvents

/// The rules of one configuration, compiled.
///
/// Rules are looked at in order and the first with a status whose conditions all hold decides; what rules want done
/// besides (`tag`, `explain`, `routingStatus`) is wanted of every one that matches. Conditions:
///
/// - `conversation:` one live conversation of the agent that passes all of it: `id`, `media`, `direction`, `state`,
///   `held`, `muted`, `queueId`, `purpose`, `afterCallWork`, `wrapupCode`, `attributes.NAME` (of the agent's
///   participant), `customer.attributes.NAME`. A conversation that has ended with after-call work pending is considered
///   only when the condition names `state` or `afterCallWork`.
/// - `presence:` a system presence, or `system`, `definitionId`, `message`
/// - `routingStatus:` a routing status
/// - `adherence:` `state`, `scheduled`, `actual`, `impact`
/// - `outOfOffice:` `true` or `false`
/// - `not:` a mapping of these that must not hold; also inside `conversation:`
///
/// A value is a scalar (equals), a list (any of) or a mapping of `equals`, `in`, `exists`, `not`, all of which must
/// hold. An absent fact equals nothing, does not exist, and is therefore `not` anything. Words of Genesys compare without
/// regard to case, spaces, underscores and hyphens; attributes, ids and messages compare exactly.
public struct RuleSet: Sendable {
    /// The configured statuses by name.
    public var statuses: [String: StatusDefinition]
    /// Names of the rules in order.
    public var ruleNames: [String]
    /// Hash of the rules and statuses as text; in every decision.
    public var version: String
    /// Names of the statuses that set On Queue, as far as that is known; a `${…}` never makes one of them. Whoever
    /// resolves the presence definitions adds what the configuration alone does not say.
    public var onQueueStatuses: Set<String>
    private let rules: [CompiledRule]
    /// The last rule that wants something besides a status; -1 = none does.
    private let lastErrand: Int

    /// Compiles the `statuses:` and `rules:` nodes; findings go to `diagnostics`; `nil` when there is an error.
    ///
    /// Without rules there is nothing to decide: statuses are then optional too.
    public static func compile(
        statuses: ConfigurationNode?,
        rules: ConfigurationNode?,
        diagnostics: Diagnostics
    ) -> RuleSet? {
        let errorsBefore = diagnostics.errorCount
        let definitions = statuses.map { StatusDefinition.parse($0, diagnostics: diagnostics) } ?? [:]
        // A status that has an error of its own is still known, so that one mistake gives one message.
        let names: [String] =
            if case .mapping(let entries) = statuses?.content { entries.map(\.key) } else { [] }
        let onQueue = Set(definitions.values.filter { $0.presence.system == .onQueue }.map(\.name))
        var compiled: [CompiledRule] = []
        var locations: [String: SourceLocation] = [:]
        for (index, node) in ruleNodes(rules, diagnostics: diagnostics).enumerated() {
            if let nameNode = node["name"], case .scalar(let name, _) = nameNode.content,
                let first = locations.updateValue(nameNode.location, forKey: name)
            {
                diagnostics.error(
                    at: nameNode.location,
                    "the rule name '\(name)' is already used in \(first.named(from: nameNode.location))"
                )
            }
            let rule = CompiledRule.parse(
                node,
                path: "rules[\(index)]",
                known: KnownStatuses(names: names, onQueue: onQueue),
                diagnostics: diagnostics
            )
            if let rule { compiled.append(rule) }
        }
        guard diagnostics.errorCount == errorsBefore else { return nil }
        return RuleSet(
            statuses: definitions,
            ruleNames: compiled.map(\.name),
            version: version(statuses: statuses, rules: rules),
            onQueueStatuses: onQueue,
            rules: compiled,
            lastErrand: compiled.lastIndex { $0.errands != nil } ?? -1
        )
    }

    /// Compiles the `statuses:` and `rules:` of a file of its own (or of a whole `relay.yaml`, whose other keys are
    /// passed over), for `replay --rules`.
    public static func parse(
        _ yaml: String,
        file: String,
        interpolation: Interpolation = .empty,
        diagnostics: Diagnostics
    ) -> RuleSet? {
        let root = ConfigurationDocument.parse(
            yaml,
            file: file,
            interpolation: interpolation,
            diagnostics: diagnostics
        )
        guard let root else { return nil }
        guard case .mapping = root.content else {
            diagnostics.error(at: root.location, "expected 'statuses:' and 'rules:', found \(root.kind)")
            return nil
        }
        return compile(statuses: root["statuses"], rules: root["rules"], diagnostics: diagnostics)
    }

    /// A rule has `then.explain`.
    public var explains: Bool { rules.contains { $0.errands?.explain != nil } }

    /// A rule has `then.tag`.
    public var tags: Bool { rules.contains { $0.errands?.tag.isEmpty == false } }

    /// Looks at the whole state of an agent; never at one event.
    ///
    /// - Parameters:
    ///   - context: the time, and what the last evaluation of the agent left.
    ///   - tracing: `false` leaves the trace empty and looks at no more rules than it must, which costs a fraction.
    public func evaluate(_ facts: AgentFacts, _ context: EvaluationContext, tracing: Bool = true) -> Evaluation {
        var evaluation = Evaluation(match: nil, trace: [], holds: context.holds)
        let names = StatusNames(known: statuses, onQueue: onQueueStatuses)
        for (index, rule) in rules.enumerated() {
            if !tracing, evaluation.match != nil {
                if index > lastErrand { break }
                if rule.errands == nil { continue }
            }
            let match = rule.match(facts, names)
            if let match {
                evaluation.errands += rule.errands(facts, match, names)
                if let status = match.status, evaluation.match == nil {
                    evaluation.match = RuleMatch(
                        rule: rule.name,
                        status: status,
                        conversationID: match.conversation?.id,
                        behavior: rule.behavior,
                        order: index
                    )
                }
            }
            guard tracing else { continue }
            let failure = match == nil ? rule.failure(facts, names) : nil
            evaluation.trace.append(RuleTrace(rule: rule.name, matched: match != nil, failure: failure))
        }
        return evaluation
    }

    /// What one rule makes of an agent, whatever the others say; `nil` = it does not match, or there is no such rule.
    public func match(ofRule name: String, _ facts: AgentFacts, _ context: EvaluationContext) -> RuleMatch? {
        let names = StatusNames(known: statuses, onQueue: onQueueStatuses)
        guard let index = rules.firstIndex(where: { $0.name == name }), let match = rules[index].match(facts, names),
            let status = match.status
        else { return nil }
        return RuleMatch(
            rule: name,
            status: status,
            conversationID: match.conversation?.id,
            behavior: rules[index].behavior,
            order: index
        )
    }

    /// Names in the rules that only the organisation can resolve.
    public var references: [DirectoryReference] { [] }

    /// The same rules with those names resolved; a name that is not in the snapshot matches nothing.
    public func resolved(with directory: DirectorySnapshot) -> RuleSet { self }

    private static func ruleNodes(_ node: ConfigurationNode?, diagnostics: Diagnostics) -> [ConfigurationNode] {
        guard let node, !node.isNull else { return [] }
        guard case .sequence(let elements) = node.content else {
            diagnostics.error(at: node.location, "rules: expected a list of rules, found \(node.kind)")
            return []
        }
        return elements
    }
}
