// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import ConfigurationSyntax
import GenesysEvents

/// The rules of one configuration, compiled. The language is described in docs/rules.md.
///
/// Rules are looked at in order and the first with a status whose conditions all hold decides; what rules want done
/// besides (`tag`, `explain`, …) is wanted of every one that matches. A rule with `stop: true` hides those after it.
///
/// An absent fact equals nothing, does not exist, and is therefore `not` anything. Words of Genesys compare without
/// regard to case, spaces, underscores and hyphens; attributes, ids, names and messages compare exactly.
public struct RuleSet: Sendable {
    /// The configured statuses by name.
    public var statuses: [String: StatusDefinition] { compiled.statuses }
    /// Names of the rules in order.
    public var ruleNames: [String] { compiled.ruleNames }
    /// Hash of the rules and statuses as text; in every decision.
    public var version: String { compiled.version }
    /// Names of the statuses that set On Queue, as far as that is known; a `${…}` never makes one of them. Whoever
    /// resolves the presence definitions adds what the configuration alone does not say.
    public var onQueueStatuses: Set<String>
    private var names: ResolvedNames
    private let compiled: Compiled

    /// What never changes: in one place, since rules are handed around with every decision.
    private final class Compiled: Sendable {
        let statuses: [String: StatusDefinition]
        let version: String
        let rules: [CompiledRule]
        let ruleNames: [String]
        let attributes: [(field: ConversationField, location: SourceLocation)]
        let fields: ConversationFields
        /// The last rule that matters although an earlier one has decided; -1 = none does.
        let lastBeside: Int
        /// Those with a `for:` somewhere.
        let timed: [(index: Int, when: ConditionGroup)]
        let prefilter: RulePrefilter

        init(
            statuses: [String: StatusDefinition],
            version: String,
            rules: [CompiledRule],
            compiler: RuleCompiler
        ) {
            self.statuses = statuses
            self.version = version
            self.rules = rules
            ruleNames = rules.map(\.name)
            fields = ConversationFields(compiler.fields)
            attributes = compiler.attributes
            lastBeside = rules.lastIndex(where: \.mattersBeside) ?? -1
            timed = rules.indices.filter { rules[$0].when.hasHolds }.map { ($0, rules[$0].when) }
            prefilter = RulePrefilter(rules)
        }
    }

    private init(_ compiled: Compiled, onQueueStatuses: Set<String>, names: ResolvedNames) {
        self.compiled = compiled
        self.onQueueStatuses = onQueueStatuses
        self.names = names
    }

    var rules: [CompiledRule] { compiled.rules }
    /// Where each attribute is asked for.
    var attributes: [(field: ConversationField, location: SourceLocation)] { compiled.attributes }
    private var fields: ConversationFields { compiled.fields }

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
        let compiler = RuleCompiler(
            known: KnownStatuses(names: names, onQueue: onQueue),
            diagnostics: diagnostics
        )
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
            if let rule = CompiledRule.parse(node, path: "rules[\(index)]", compiler) { compiled.append(rule) }
        }
        guard diagnostics.errorCount == errorsBefore else { return nil }
        let all = Compiled(
            statuses: definitions,
            version: version(statuses: statuses, rules: rules),
            rules: compiled,
            compiler: compiler
        )
        return RuleSet(all, onQueueStatuses: onQueue, names: compiler.names)
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
        var evaluation = Evaluation(match: nil, trace: [])
        evaluate(facts, context, tracing: tracing ? rules.indices : 0..<0, into: &evaluation)
        return evaluation
    }

    /// What one rule makes of an agent beside all others; `nil` = there is no such rule.
    public func trace(ofRule name: String, _ facts: AgentFacts, _ context: EvaluationContext) -> RuleTrace? {
        guard let index = rules.firstIndex(where: { $0.name == name }) else { return nil }
        var evaluation = Evaluation(match: nil, trace: [])
        evaluate(facts, context, tracing: index..<index + 1, into: &evaluation)
        return evaluation.trace.first
    }

    /// - Parameters:
    ///   - traced: the rules to trace, by their places; of the others no more are looked at than must be.
    ///   - evaluation: an empty one. Filled in in its place: what a rule wants is large.
    private func evaluate(
        _ facts: AgentFacts,
        _ context: EvaluationContext,
        tracing traced: Range<Int>,
        into evaluation: inout Evaluation
    ) {
        let statuses = StatusNames(known: statuses, onQueue: onQueueStatuses)
        var scope = RuleScope(facts, context, names: names, fields: fields)
        let mayExclude = scope.unheard.isEmpty
        let (rules, prefilter) = (compiled.rules, compiled.prefilter)
        var comparisons = prefilter.results()
        for (index, when) in compiled.timed {
            if traced.isEmpty, mayExclude, when.holdsOnlyWhole, prefilter.excludes(index, facts, &comparisons, &scope) {
                continue
            }
            when.keepHolds(facts, &scope)
        }
        var stoppedBy: String?
        var hasDecided = false
        for index in rules.indices {
            let isTraced = traced.contains(index)
            if !isTraced, stoppedBy != nil || (hasDecided && index > compiled.lastBeside) {
                if index < traced.upperBound { continue } else { break }
            }
            if !isTraced, mayExclude, prefilter.excludes(index, facts, &comparisons, &scope) { continue }
            // Not before that: to hold each costs more than to pass most of them over.
            let rule = rules[index]
            if let stoppedBy {
                let reason = "not looked at: rule '\(stoppedBy)' stops"
                evaluation.trace.append(RuleTrace(rule: rule.name, matched: false, failure: reason))
                continue
            }
            if !isTraced, hasDecided, !rule.mattersBeside { continue }
            let match = rule.match(facts, statuses, &scope)
            if let match {
                take(match, of: index, facts, statuses, &scope, into: &evaluation)
                // By its case: `!= nil` copies all of it first.
                if case .some = evaluation.match { hasDecided = true }
                if rule.stops, !rule.observes {
                    stoppedBy = rule.name
                    evaluation.stoppedAt = index
                }
            }
            guard isTraced else { continue }
            let failure = match == nil ? rule.failure(facts, statuses, &scope) : nil
            evaluation.trace.append(
                RuleTrace(rule: rule.name, matched: match != nil, failure: failure, observed: rule.observes)
            )
        }
        evaluation.holds = scope.holds
        evaluation.wakeAt = scope.wakeAt
        evaluation.unheard = scope.unheard
    }

    private func take(
        _ match: CompiledRule.Match,
        of index: Int,
        _ facts: AgentFacts,
        _ statuses: StatusNames,
        _ scope: inout RuleScope,
        into all: inout Evaluation
    ) {
        let found = ruleMatch(index, match, facts)
        guard !rules[index].observes else {
            if let found { all.shadows.append(found) }
            return
        }
        if rules[index].errands != nil { all.errands += rules[index].errands(facts, match, statuses, &scope) }
        if case .none = all.match { all.match = found }
    }

    /// What one rule makes of an agent, whatever the others say and however long it has done so; `nil` = it does not
    /// match, or there is no such rule.
    public func match(ofRule name: String, _ facts: AgentFacts, _ context: EvaluationContext) -> RuleMatch? {
        guard let index = rules.firstIndex(where: { $0.name == name }) else { return nil }
        var scope = RuleScope(facts, context, names: names, fields: fields, ignoringHolds: true)
        let statuses = StatusNames(known: statuses, onQueue: onQueueStatuses)
        return rules[index].match(facts, statuses, &scope).flatMap { ruleMatch(index, $0, facts) }
    }

    /// Whether a rule holds, with a status or without, whatever the others say and however long it has done so.
    public func holds(rule name: String, _ facts: AgentFacts, _ context: EvaluationContext) -> Bool {
        guard let rule = rules.first(where: { $0.name == name }) else { return false }
        var scope = RuleScope(facts, context, names: names, fields: fields, ignoringHolds: true)
        return rule.match(facts, StatusNames(known: statuses, onQueue: onQueueStatuses), &scope) != nil
    }

    private func ruleMatch(_ index: Int, _ match: CompiledRule.Match, _ facts: AgentFacts) -> RuleMatch? {
        match.status.map { status in
            RuleMatch(
                rule: rules[index].name,
                status: status,
                conversationID: match.conversation.map { facts.conversations[$0].id },
                behavior: rules[index].behavior,
                order: index
            )
        }
    }

    /// Names in the rules that only the organisation can resolve, in the order of the file.
    public var references: [DirectoryReference] { names.references }

    /// The same rules with those names resolved. A name that is not in the snapshot is compared as if it were the id,
    /// and has no members.
    public func resolved(with directory: DirectorySnapshot) -> RuleSet {
        var resolved = self
        resolved.names.resolve(with: directory)
        return resolved
    }

    private static func ruleNodes(_ node: ConfigurationNode?, diagnostics: Diagnostics) -> [ConfigurationNode] {
        guard let node, !node.isNull else { return [] }
        guard case .sequence(let elements) = node.content else {
            diagnostics.error(at: node.location, "rules: expected a list of rules, found \(node.kind)")
            return []
        }
        return elements
    }
}

extension CompiledRule {
    /// It has something to say although an earlier rule has decided.
    fileprivate var mattersBeside: Bool { errands != nil || observes || stops }
}
