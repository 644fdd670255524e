// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax
public import StatusRules

/// Other rules for the organisation of a configuration, as `replay --rules` compares them with its own.
public struct AlternativeRules: Sendable {
    /// Compiled.
    public var rules: RuleSet
    /// `maxEventAge` and the like, where the file says them.
    public var ages: [String: Duration]

    /// Reads a whole `relay.yaml` (of which only rules, statuses and ages count), a mapping with `rules` and perhaps
    /// `statuses`, or a list of rules. Statuses that the file does not write are those of the configuration.
    ///
    /// - Parameter configuration: the path of the configuration.
    public static func load(
        path: String,
        configuration: String,
        environment: ConfigurationEnvironment,
        diagnostics: Diagnostics
    ) -> AlternativeRules? {
        guard let root = document(path, environment, diagnostics) else { return nil }
        var (statuses, rules) = (root["statuses"], root["rules"])
        switch root.content {
        case .sequence: rules = root
        case .mapping:
            guard rules != nil else {
                diagnostics.error(at: root.location, "missing key 'rules'")
                return nil
            }
        case .scalar:
            diagnostics.error(at: root.location, "expected 'rules:' or a list of rules, found \(root.kind)")
            return nil
        }
        if statuses == nil { statuses = document(configuration, environment, diagnostics)?["statuses"] }
        let sources = RuleSources.read(
            statuses: statuses,
            rules: rules,
            file: path,
            environment: environment,
            diagnostics: diagnostics
        )
        let compiled = RuleSet.compile(statuses: sources.statuses, rules: sources.rules, diagnostics: diagnostics)
        guard let compiled else { return nil }
        var ages: [String: Duration] = [:]
        for key in ["maxEventAge", "maxReleaseAge", "conversationTimeout"] {
            ages[key] = root[key]?.duration(key, in: .seconds(1)...DurationLimit.tenYears, diagnostics: diagnostics)
        }
        return AlternativeRules(rules: compiled, ages: ages)
    }

    private static func document(
        _ path: String,
        _ environment: ConfigurationEnvironment,
        _ diagnostics: Diagnostics
    ) -> ConfigurationNode? {
        guard let yaml = try? environment.file(path) else {
            diagnostics.error(
                at: SourceLocation(file: path, line: 1, column: 1),
                "the file cannot be read: it does not exist, may not be read, or is not UTF-8"
            )
            return nil
        }
        return ConfigurationDocument.parse(
            yaml,
            file: path,
            interpolation: environment.interpolation(forFile: path),
            diagnostics: diagnostics
        )
    }
}
