// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Where `${env:NAME}`, `${env:NAME:-default}` and `${file:PATH}` in values come from.
///
/// `$${` stands for `${` itself. Any other `${…}` stays as it is and marks the node as a template. Values are inserted
/// once: what a variable holds is not looked into again.
public struct Interpolation {
    /// The value of an environment variable; `nil` = not set.
    public var variable: (_ name: String) -> String?
    /// The text of a file; the path is as written in the configuration.
    public var file: (_ path: String) throws -> String
    /// Whether a missing variable or file is an error or (for `check` on another machine) a warning.
    public var missingIsError: Bool

    /// Creates an interpolation.
    public init(
        variable: @escaping (String) -> String?,
        file: @escaping (String) throws -> String,
        missingIsError: Bool = true
    ) {
        self.variable = variable
        self.file = file
        self.missingIsError = missingIsError
    }

    /// No variable is set and no file exists.
    public static var empty: Interpolation {
        struct NoSuchFile: Error {}
        return Interpolation(variable: { _ in nil }, file: { _ in throw NoSuchFile() })
    }

    /// The node with every scalar value (not the keys) resolved; findings name the variable or path, never a value.
    public func resolve(_ node: ConfigurationNode, diagnostics: Diagnostics) -> ConfigurationNode {
        var resolved = node
        switch node.content {
        case .scalar(let text, let isPlain):
            guard text.contains("${") else { return node }
            var expansion = Expansion(source: self, location: node.location, diagnostics: diagnostics)
            expansion.expand(text)
            resolved.content = .scalar(expansion.text, isPlain: isPlain)
            resolved.provenance = expansion.provenance
            resolved.holdsTemplate = expansion.holdsTemplate
        case .sequence(let elements):
            resolved.content = .sequence(elements.map { resolve($0, diagnostics: diagnostics) })
        case .mapping(let entries):
            resolved.content = .mapping(
                entries.map { entry in
                    var entry = entry
                    entry.value = resolve(entry.value, diagnostics: diagnostics)
                    return entry
                }
            )
        }
        return resolved
    }
}

/// The work on one scalar.
private struct Expansion {
    let source: Interpolation
    let location: SourceLocation
    let diagnostics: Diagnostics
    var text = ""
    var provenance = ConfigurationNode.Provenance.written
    var holdsTemplate = false

    init(source: Interpolation, location: SourceLocation, diagnostics: Diagnostics) {
        self.source = source
        self.location = location
        self.diagnostics = diagnostics
    }

    mutating func expand(_ written: String) {
        var rest = written[...]
        while let dollar = rest.firstIndex(of: "$") {
            text += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                text += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                rest = reference(rest)
            } else {
                text += "$"
                rest = rest.dropFirst()
            }
        }
        text += rest
    }

    /// Takes the `${…}` at the beginning; returns what comes after it.
    private mutating func reference(_ rest: Substring) -> Substring {
        guard let end = rest.firstIndex(of: "}") else {
            diagnostics.error(at: location, "'${' has no closing '}'; write '$${' for the two characters themselves")
            provenance = .placeholder
            return rest.dropFirst(rest.count)
        }
        let body = rest[..<end].dropFirst(2)
        if body.hasPrefix("env:") {
            insertVariable(body.dropFirst(4))
        } else if body.hasPrefix("file:") {
            insertFile(String(body.dropFirst(5)))
        } else {
            text += rest[...end]
            holdsTemplate = true
        }
        return rest[end...].dropFirst()
    }

    private mutating func insertVariable(_ reference: Substring) {
        let separator = reference.firstRange(of: ":-")
        let name = String(reference[..<(separator?.lowerBound ?? reference.endIndex)])
        guard isVariableName(name) else {
            diagnostics.error(
                at: location,
                "'\(name)' is not a variable name; write ${env:NAME} or ${env:NAME:-default}"
            )
            provenance = .placeholder
            return
        }
        let value = source.variable(name)
        if let separator, value?.isEmpty ?? true {
            insert(String(reference[separator.upperBound...]))
        } else if let value {
            insert(value)
        } else {
            missing("the environment variable \(name) is not set")
        }
    }

    private mutating func insertFile(_ path: String) {
        guard !path.isEmpty else {
            diagnostics.error(at: location, "${file:} names no file; write ${file:PATH}")
            provenance = .placeholder
            return
        }
        do {
            var value = try source.file(path)
            while value.last?.isNewline == true { value.removeLast() }
            insert(value)
        } catch {
            missing("the file '\(path)' cannot be read")
        }
    }

    private mutating func insert(_ value: String) {
        text += value
        if provenance == .written { provenance = .interpolated }
    }

    private mutating func missing(_ what: String) {
        provenance = .placeholder
        if source.missingIsError {
            diagnostics.error(at: location, what)
        } else {
            diagnostics.warning(at: location, "\(what); the value is not checked")
        }
    }

    private func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.unicodeScalars.allSatisfy {
            $0 == "_" || ($0.isASCII && $0.properties.isAlphabetic) || ("0"..."9").contains($0)
        }
    }
}
