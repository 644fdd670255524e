// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import ConfigurationSyntax
import GenesysEvents
public import Pipeline
import StatusRules

extension CaseFile {
    private static let keys =
        ["config", "statuses", "rules", "directory", "cases"] + ageKeys.map(\.key) + ["conversationTimeout"]
    private static let ageKeys: [(key: String, field: any WritableKeyPath<EpisodePolicy, Duration> & Sendable)] = [
        ("maxEventAge", \.maxEventAge), ("maxReleaseAge", \.maxReleaseAge),
    ]
    private static let longest = Duration.seconds(3660 * 86_400)

    /// Reads a file's text. Findings go to `diagnostics`; `nil` when there is an error.
    ///
    /// - Parameters:
    ///   - path: the file's path, for locations, and as the folder that its own paths are seen from.
    ///   - configuration: decisions to be tested instead of those of `config:`; rules in the file itself win.
    public static func parse(
        _ yaml: String,
        path: String,
        configuration: DecisionEngine? = nil,
        sources: Sources,
        diagnostics: Diagnostics
    ) -> CaseFile? {
        let errorsBefore = diagnostics.errorCount
        let document = ConfigurationDocument.parse(yaml, file: path, diagnostics: diagnostics)
        guard let document,
            let root = MappingReader(document, path: "", keys: keys, diagnostics: diagnostics),
            root.require("cases", "a list of cases")
        else { return nil }
        let directory = CaseDirectory.parse(root)
        guard let engine = engine(root, path, configuration, directory, sources) else { return nil }
        let reader = CaseReader(path: path, engine: engine, sources: sources, diagnostics: diagnostics)
        let cases = reader.cases(root.node("cases"))
        guard diagnostics.errorCount == errorsBefore else { return nil }
        return CaseFile(path: path, cases: cases, engine: engine, directory: directory)
    }

    private static func engine(
        _ root: MappingReader,
        _ path: String,
        _ given: DecisionEngine?,
        _ directory: CaseDirectory,
        _ sources: Sources
    ) -> DecisionEngine? {
        var engine: DecisionEngine
        if let config = root.entry("config") {
            for key in ["statuses", "rules"] {
                guard let entry = root.entry(key) else { continue }
                root.diagnostics.error(at: entry.keyLocation, "'\(key)' and 'config' say the same; write one of them")
            }
            guard let name = root.text("config") else { return nil }
            if let given {
                engine = given
            } else {
                let file = casePath(name, besides: path)
                let errorsBefore = root.diagnostics.errorCount
                guard let read = sources.configuration(file, root.diagnostics) else {
                    if root.diagnostics.errorCount == errorsBefore {
                        root.diagnostics.error(at: config.value.location, "config: '\(file)' cannot be used")
                    }
                    return nil
                }
                engine = read
            }
        } else if let rules = root.node("rules") {
            let all = sources.rules((root.node("statuses"), rules), path, root.diagnostics)
            let compiled = RuleSet.compile(statuses: all.statuses, rules: all.rules, diagnostics: root.diagnostics)
            guard let compiled else { return nil }
            engine = DecisionEngine(
                rules: compiled,
                targets: compiled.offlineTargets,
                policy: EpisodePolicy(),
                mode: .act
            )
        } else if let given {
            engine = given
        } else {
            root.require("rules", "write rules and statuses here, name a relay.yaml with config:, or give --config")
            return nil
        }
        for (key, field) in ageKeys {
            if let age = root.duration(key, in: .seconds(1)...longest) { engine.policy[keyPath: field] = age }
        }
        if let timeout = root.duration("conversationTimeout", in: .seconds(1)...longest) {
            engine.policy.conversationTimeout = timeout
        }
        // What the rules want is tested, whatever the configuration lets become of it.
        engine.mode = .act
        for (label, id) in directory.presences {
            for (status, target) in engine.targets where target.label == label {
                engine.targets[status]?.definitionID = id
            }
        }
        return engine
    }
}

/// A path as seen from the folder of the file that names it.
func casePath(_ path: String, besides file: String) -> String {
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
}
