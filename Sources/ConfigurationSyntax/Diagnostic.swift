// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// A place in a configuration file; line and column count from 1.
public struct SourceLocation: Hashable, Sendable, Codable {
    public var file: String
    public var line: Int
    public var column: Int
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// One finding of `check`, printed as `file:line:column: error: message`.
public struct Diagnostic: Hashable, Sendable, Codable, CustomStringConvertible {
    public enum Severity: String, Sendable, Codable { case error, warning }
    public var severity: Severity
    public var location: SourceLocation
    /// Says what is wrong and what to do; carries no secret.
    public var message: String
    public init(_ severity: Severity, at location: SourceLocation, _ message: String) {
        self.severity = severity
        self.location = location
        self.message = message
    }
    public var description: String {
        "\(location.file):\(location.line):\(location.column): \(severity.rawValue): \(message)"
    }
}

/// Collects findings, so that `check` shows all of them at once.
public final class Diagnostics {
    public private(set) var all: [Diagnostic] = []
    public init() {}
    public var hasErrors: Bool { all.contains { $0.severity == .error } }
    public func error(at location: SourceLocation, _ message: String) { all.append(Diagnostic(.error, at: location, message)) }
    public func warning(at location: SourceLocation, _ message: String) { all.append(Diagnostic(.warning, at: location, message)) }
}
