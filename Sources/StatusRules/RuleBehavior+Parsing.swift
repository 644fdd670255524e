// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension RuleBehavior {
    private static let week = Duration.seconds(7 * 86_400)

    /// Reads `apply`, `release`, `minimum` and `cooldown` of `then:`, and `guards:` beside it; what is wrong is reported
    /// and has its default.
    static func parse(_ then: MappingReader, guards: ConfigurationNode?, _ known: KnownStatuses) -> RuleBehavior {
        RuleBehavior(
            apply: then.choice("apply", of: ApplyTiming.self) ?? .now,
            release: release(then, known) ?? .restore,
            minimum: then.duration("minimum", in: .seconds(1)...week),
            cooldown: then.duration("cooldown", in: .seconds(1)...week),
            guards: RuleGuards.parse(guards, then.diagnostics)
        )
    }

    /// `nil` = none is written, or it is reported.
    private static func release(_ reader: MappingReader, _ known: KnownStatuses) -> Release? {
        guard let node = reader.node("release"),
            let text = node.text("then.release", diagnostics: reader.diagnostics), node.provenance != .placeholder
        else { return nil }
        let release = Release(text)
        guard case .status(let name) = release, !known.names.contains(name) else { return release }
        guard node.provenance == .written else {
            reader.diagnostics.error(
                at: node.location,
                "then.release: the value from a variable or file is neither restore, keep nor a status"
            )
            return nil
        }
        let clause = suggestionClause(for: name, among: ["restore", "keep"] + known.names, called: "values")
        reader.diagnostics.error(at: node.location, "then.release: unknown value '\(name)'\(clause)")
        return nil
    }
}

extension RuleGuards {
    /// The keys of `guards:`.
    static let keys = ["offline", "humanChange", "onQueue", "maxEventAge", "maxReleaseAge"]

    /// Reads `guards:`; what is wrong is reported and has its default.
    static func parse(_ node: ConfigurationNode?, _ diagnostics: Diagnostics) -> RuleGuards {
        var guards = RuleGuards()
        guard let node, let reader = MappingReader(node, path: "guards", keys: keys, diagnostics: diagnostics) else {
            return guards
        }
        let week = Duration.seconds(7 * 86_400)
        if let offline = reader.boolean("offline") { guards.offline = offline }
        if let humanChange = reader.boolean("humanChange") { guards.humanChange = humanChange }
        if let onQueue = reader.boolean("onQueue") { guards.onQueue = onQueue }
        guards.maxEventAge = reader.duration("maxEventAge", in: .seconds(1)...week)
        guards.maxReleaseAge = reader.duration("maxReleaseAge", in: .seconds(1)...week)
        return guards
    }
}
