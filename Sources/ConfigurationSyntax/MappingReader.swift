// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Reads a mapping whose keys are known beforehand: reports unknown ones, and gives each value in its type.
///
/// Every accessor returns `nil` when the key is absent or its value is wrong; the latter is reported.
public struct MappingReader {
    /// What the mapping is called in messages: `server.timeouts`; empty for the whole file.
    public let path: String
    /// Where the mapping begins.
    public let location: SourceLocation
    /// In the order of the file, unknown keys included.
    public let entries: [ConfigurationNode.Entry]
    /// Takes the findings.
    public let diagnostics: Diagnostics
    private let keys: [String]

    /// Reads the keys of a mapping; no value at all counts as an empty mapping.
    ///
    /// - Parameters:
    ///   - keys: those that have a meaning.
    /// - Returns: `nil`, reported, when the node is not a mapping.
    public init?(
        _ node: ConfigurationNode,
        path: String,
        keys: [String],
        diagnostics: Diagnostics
    ) {
        switch node.content {
        case .mapping(let entries): self.entries = entries
        case .scalar where node.isNull: entries = []
        default:
            let name = path.isEmpty ? "the file" : path
            diagnostics.error(at: node.location, "\(name): expected a mapping, found \(node.kind)")
            return nil
        }
        self.path = path
        location = node.location
        self.diagnostics = diagnostics
        self.keys = keys
        for entry in entries where !keys.contains(entry.key) {
            if entry.key == "<<" {
                diagnostics.error(at: entry.keyLocation, "YAML merge keys are not supported; write the keys out")
            } else {
                let clause = suggestionClause(for: entry.key, among: keys, called: "keys")
                diagnostics.error(at: entry.keyLocation, "unknown key '\(entry.key)'\(clause)")
            }
        }
    }

    /// A key's full name for messages.
    public func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// The entry of a key.
    public func entry(_ key: String) -> ConfigurationNode.Entry? {
        assert(keys.contains(key), "\(key) is missing in the keys of \(path)")
        return entries.first { $0.key == key }
    }

    /// The value of a key, of whatever shape.
    public func node(_ key: String) -> ConfigurationNode? { entry(key)?.value }

    /// Reports a key that must be there and is not.
    ///
    /// - Returns: whether the key is there.
    @discardableResult
    public func require(_ key: String, _ advice: String = "") -> Bool {
        guard node(key) == nil else { return true }
        let place = path.isEmpty ? "" : " in \(path)"
        diagnostics.error(at: location, "missing key '\(key)'\(place)\(advice.isEmpty ? "" : "; \(advice)")")
        return false
    }

    /// See ``ConfigurationNode/text(_:allowsEmpty:diagnostics:)``.
    public func text(_ key: String, allowsEmpty: Bool = false) -> String? {
        node(key)?.text(name(key), allowsEmpty: allowsEmpty, diagnostics: diagnostics)
    }

    /// See ``ConfigurationNode/integer(_:in:diagnostics:)``.
    public func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        node(key)?.integer(name(key), in: range, diagnostics: diagnostics)
    }

    /// See ``ConfigurationNode/boolean(_:diagnostics:)``.
    public func boolean(_ key: String) -> Bool? {
        node(key)?.boolean(name(key), diagnostics: diagnostics)
    }

    /// See ``ConfigurationNode/duration(_:in:diagnostics:)``.
    public func duration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
        node(key)?.duration(name(key), in: range, diagnostics: diagnostics)
    }

    /// See ``ConfigurationNode/byteSize(_:in:diagnostics:)``.
    public func byteSize(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        node(key)?.byteSize(name(key), in: range, diagnostics: diagnostics)
    }

    /// See ``ConfigurationNode/choice(_:of:diagnostics:)``.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String,
        of type: Choice.Type = Choice.self
    ) -> Choice? {
        node(key)?.choice(name(key), of: type, diagnostics: diagnostics)
    }

    /// See ``ConfigurationNode/texts(_:diagnostics:)``.
    public func texts(_ key: String) -> [String]? {
        node(key)?.texts(name(key), diagnostics: diagnostics)
    }

    /// A nested mapping.
    public func mapping(_ key: String, keys: [String]) -> MappingReader? {
        node(key).flatMap {
            MappingReader($0, path: name(key), keys: keys, diagnostics: diagnostics)
        }
    }
}
