// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Yams

/// A configuration file as text, made into nodes. YAML 1.1 (so JSON too) without
/// anchors, merge keys and several documents; tags are passed over.
public enum ConfigurationDocument {
    /// Parses the text and resolves `${env:…}` and `${file:…}` in every value.
    ///
    /// - Parameters:
    ///   - file: the file's name for locations.
    ///   - interpolation: where values come from; by default there are none.
    /// - Returns: `nil` when the text is not YAML, with the reason in `diagnostics`. A missing variable is a finding, but
    ///   does not stop: the rest is still worth checking.
    public static func parse(
        _ yaml: String,
        file: String,
        interpolation: Interpolation = .empty,
        diagnostics: Diagnostics
    ) -> ConfigurationNode? {
        let start = SourceLocation(file: file, line: 1, column: 1)
        let shield = TemplateShield(yaml)
        guard !yaml.isEmpty else {
            diagnostics.error(at: start, "the file is empty")
            return nil
        }
        do {
            // The encoding is named because the default one consults (and prints) an environment variable.
            let parser = try Parser(yaml: shield.text, encoding: .utf8)
            guard let root = try parser.singleRoot() else {
                diagnostics.error(at: start, "the file is empty")
                return nil
            }
            var conversion = NodeConversion(file: file, shield: shield, diagnostics: diagnostics)
            // Yams nodes hold their anchors weakly; the parser owns them.
            let node = withExtendedLifetime(parser) { conversion.convert(root) }
            return node.map { interpolation.resolve($0, diagnostics: diagnostics) }
        } catch {
            diagnostics.report(error, file: file, shield: shield)
            return nil
        }
    }
}

/// Yams nodes to ours, refusing what a configuration has no use for.
private struct NodeConversion {
    let file: String
    let shield: TemplateShield
    let diagnostics: Diagnostics
    /// An alias is the anchored node again: it is reported once.
    private var reported: Set<SourceLocation> = []

    init(file: String, shield: TemplateShield, diagnostics: Diagnostics) {
        self.file = file
        self.shield = shield
        self.diagnostics = diagnostics
    }

    mutating func convert(_ node: Node) -> ConfigurationNode? {
        let location = location(of: node)
        // Refusing anchors also makes a few lines unable to grow into gigabytes.
        guard node.anchor == nil, node.alias == nil else {
            return refuse(at: location, "YAML anchors and aliases are not supported; write the value out")
        }
        switch node {
        case .scalar(let scalar):
            let content = ConfigurationNode.Content.scalar(
                shield.restore(scalar.string),
                isPlain: scalar.style == .plain
            )
            return ConfigurationNode(content: content, location: location)
        case .sequence(let sequence):
            let elements = sequence.map { convert($0) }
            guard !elements.contains(nil) else { return nil }
            return ConfigurationNode(content: .sequence(elements.compactMap(\.self)), location: location)
        case .mapping(let mapping):
            guard let entries = entries(of: mapping) else { return nil }
            return ConfigurationNode(content: .mapping(entries), location: location)
        case .alias:
            return nil
        }
    }

    private mutating func entries(of mapping: Node.Mapping) -> [ConfigurationNode.Entry]? {
        var entries: [ConfigurationNode.Entry] = []
        var locations: [String: SourceLocation] = [:]
        var isComplete = true
        for (keyNode, valueNode) in mapping {
            let keyLocation = location(of: keyNode)
            let value = convert(valueNode)
            guard let key = keyNode.scalar.map({ shield.restore($0.string) }), !key.isEmpty else {
                _ = refuse(at: keyLocation, "a key must be a text")
                isComplete = false
                continue
            }
            if let first = locations.updateValue(keyLocation, forKey: key) {
                _ = refuse(at: keyLocation, "the key '\(key)' is already written in line \(first.line)")
                isComplete = false
            }
            if let value {
                entries.append(.init(key: key, keyLocation: keyLocation, value: value))
            } else {
                isComplete = false
            }
        }
        return isComplete ? entries : nil
    }

    private mutating func refuse(at location: SourceLocation, _ message: String) -> ConfigurationNode? {
        if reported.insert(location).inserted { diagnostics.error(at: location, message) }
        return nil
    }

    private func location(of node: Node) -> SourceLocation {
        SourceLocation(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }
}

extension Diagnostics {
    /// libYAML's own words are fixed texts; what it quotes from the file (a snippet of a line) is left out, since the
    /// line may hold a secret.
    fileprivate func report(_ error: any Error, file: String, shield: TemplateShield) {
        func location(_ mark: Mark) -> SourceLocation {
            SourceLocation(file: file, line: max(mark.line, 1), column: max(mark.column, 1))
        }
        let start = SourceLocation(file: file, line: 1, column: 1)
        switch error as? YamlError {
        case .composer(let context, let problem, let mark, _) where context?.text.contains("single document") == true:
            self.error(at: location(mark), "only one YAML document is read; \(problem)")
        case .scanner(_, _, let mark, let yaml) where mark.isTab(in: yaml):
            self.error(at: location(mark), "not valid YAML: a tab; indent with spaces")
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let situation = context.map { ", \($0.text) that began in line \($0.mark.line)" } ?? ""
            self.error(at: location(mark), "not valid YAML: \(problem)\(situation)")
        case .reader(let problem, let offset, _, _):
            let before = shield.text.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            self.error(at: SourceLocation(file: file, line: line, column: column), "not valid YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.sorted().map { "'\(shield.restore($0))'" }.joined(separator: ", ")
            self.error(at: location(context.mark), "a key may be written once in a mapping; more than once: \(names)")
        default:
            self.error(at: start, "not valid YAML")
        }
    }
}

extension Mark {
    fileprivate func isTab(in yaml: String) -> Bool {
        let lines = yaml.split(separator: "\n", maxSplits: line, omittingEmptySubsequences: false)
        return line <= lines.count && lines[line - 1].unicodeScalars.dropFirst(column - 1).first == "\t"
    }
}
