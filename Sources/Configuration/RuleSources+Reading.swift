// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax

extension RuleSources {
    /// Reads what `rules:` names: nothing when it is a list of rules, else paths and patterns, as seen from the folder of
    /// the configuration file.
    ///
    /// Files come in the order in which they are named, those of one pattern by path (as bytes, so that every machine
    /// agrees); a file that is named twice counts where it is named first. What `${file:…}` in a file of rules names is
    /// relative to its own folder.
    ///
    /// - Parameter file: the path of the configuration file.
    public static func read(
        statuses: ConfigurationNode?,
        rules: ConfigurationNode?,
        file: String,
        environment: ConfigurationEnvironment,
        diagnostics: Diagnostics
    ) -> RuleSources {
        guard let rules, let names = rules.fileNames else { return RuleSources(statuses: statuses, rules: rules) }
        var seen: Set<String> = []
        var documents: [RuleDocument] = []
        var isComplete = true
        for name in names {
            let paths = paths(name, file, environment, diagnostics)
            if paths.isEmpty { isComplete = false }
            for path in paths where seen.insert(path).inserted {
                guard let text = try? environment.file(path) else {
                    diagnostics.error(
                        at: SourceLocation(file: path, line: 1, column: 1),
                        "the file of rules cannot be read: it may not be read, or is not UTF-8"
                    )
                    continue
                }
                let root = ConfigurationDocument.parse(
                    text,
                    file: path,
                    interpolation: environment.interpolation(forFile: path),
                    diagnostics: diagnostics
                )
                if let root { documents.append(RuleDocument(file: path, root: root)) }
            }
        }
        if documents.count < seen.count { isComplete = false }
        var sources = RuleSources(
            statuses: statuses,
            documents: documents,
            at: rules.location,
            diagnostics: diagnostics
        )
        sources.isComplete = isComplete
        return sources
    }

    private static func paths(
        _ node: ConfigurationNode,
        _ file: String,
        _ environment: ConfigurationEnvironment,
        _ diagnostics: Diagnostics
    ) -> [String] {
        guard let name = node.text("rules", diagnostics: diagnostics), node.provenance != .placeholder else {
            return []
        }
        let pattern = FilePattern(name, besides: file)
        let called = node.provenance == .written ? "'\(name)'" : "the path from a variable or file"
        do {
            let paths = try environment.matches(pattern.text)
            if paths.isEmpty {
                let what =
                    pattern.isGlob
                    ? "\(called) matches no file"
                    : "\(called) is no file; for all files of a folder write FOLDER/*.yaml"
                diagnostics.error(at: node.location, "rules: \(what)")
            }
            // `*.yaml` beside the configuration file means the others.
            let others = pattern.isGlob ? paths.filter { $0 != file } : paths
            return others.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            diagnostics.error(at: node.location, "rules: \(called): a folder cannot be read")
            return []
        }
    }
}

extension ConfigurationNode {
    /// The elements when they are names of files; `nil` = rules, or something that is neither.
    fileprivate var fileNames: [ConfigurationNode]? {
        switch content {
        case .scalar: isNull ? nil : [self]
        case .mapping: nil
        case .sequence(let elements):
            elements.isEmpty || !elements.allSatisfy(\.isScalar) ? nil : elements
        }
    }

    private var isScalar: Bool {
        if case .scalar = content { true } else { false }
    }
}
