// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A place in a configuration file; line and column count from 1.
public struct SourceLocation: Hashable, Sendable, Codable {
    /// The file's path as the caller named it.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int

    /// Creates a location.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// What a finding at another place calls this one: `line 3` in the same file, else `rules/breaks.yaml:3:5`.
    public func named(from other: SourceLocation) -> String {
        file == other.file ? "line \(line)" : "\(file):\(line):\(column)"
    }
}

/// One finding of `check`, printed as `file:line:column: error: message`.
public struct Diagnostic: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Whether the configuration can be used.
    public enum Severity: String, Sendable, Codable {
        /// It cannot.
        case error
        /// It can, but it may not do what was meant.
        case warning
    }

    /// How bad it is.
    public var severity: Severity
    /// Where it is.
    public var location: SourceLocation
    /// Says what is wrong and what to do; carries no secret.
    public var message: String

    /// Creates a finding.
    public init(_ severity: Severity, at location: SourceLocation, _ message: String) {
        self.severity = severity
        self.location = location
        self.message = message
    }

    /// `file:line:column: error: message`
    public var description: String {
        "\(location.file):\(location.line):\(location.column): \(severity.rawValue): \(message)"
    }
}

/// Collects findings, so that `check` shows all of them at once.
public final class Diagnostics {
    /// In the order they were found; see ``sorted`` for the order of the file.
    public private(set) var all: [Diagnostic] = []

    /// Starts with none.
    public init() {}

    /// There is one that makes the configuration unusable.
    public var hasErrors: Bool { all.contains { $0.severity == .error } }
    /// Tells, by comparing two moments, whether one part of the work found errors.
    public var errorCount: Int { all.count { $0.severity == .error } }
    /// In the order of the file, as a person reads them.
    public var sorted: [Diagnostic] {
        all.enumerated().sorted { one, other in
            let (a, b) = (one.element.location, other.element.location)
            return (a.file, a.line, a.column, one.offset) < (b.file, b.line, b.column, other.offset)
        }.map(\.element)
    }

    /// Adds a finding of somebody else.
    public func add(_ finding: Diagnostic) { all.append(finding) }

    /// Adds an error.
    public func error(at location: SourceLocation, _ message: String) {
        all.append(Diagnostic(.error, at: location, message))
    }

    /// Adds a warning.
    public func warning(at location: SourceLocation, _ message: String) {
        all.append(Diagnostic(.warning, at: location, message))
    }

    /// Adds the error for what the contract knows and this version does not act on: silence would be a lie.
    public func unsupported(_ what: String, at location: SourceLocation) {
        error(at: location, "\(what) is not supported by this version yet")
    }
}
