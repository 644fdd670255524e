// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Foundation
public import GenesysEvents

/// The outside world of a configuration: variables and files.
public struct ConfigurationEnvironment: Sendable {
    /// The value of a variable; `nil` = not set.
    public var variable: @Sendable (_ name: String) -> String?
    /// The text of a file; the path is absolute or relative to the working directory.
    public var file: @Sendable (_ path: String) throws -> String
    /// Paths of the files (no folders) that a path or pattern with `*`, `?`, `[…]` matches, in any order. Throws when a
    /// folder cannot be read.
    public var matches: @Sendable (_ pattern: String) throws -> [String]
    /// The state of a file, by which a change is seen; `nil` = no file.
    public var state: @Sendable (_ path: String) -> FileState?
    /// The time, for values that run out.
    public var now: @Sendable () -> Timestamp
    /// Whether a missing variable or file is an error, or (for `check` on another machine) a warning.
    public var missingIsError: Bool

    /// Creates an environment; unless said otherwise no pattern matches anything, no file ever changes, and nothing
    /// has run out.
    public init(
        variable: @escaping @Sendable (String) -> String?,
        file: @escaping @Sendable (String) throws -> String,
        matches: @escaping @Sendable (String) throws -> [String] = { _ in [] },
        state: @escaping @Sendable (String) -> FileState? = { _ in nil },
        now: @escaping @Sendable () -> Timestamp = { Timestamp(milliseconds: 0) },
        missingIsError: Bool = true
    ) {
        self.variable = variable
        self.file = file
        self.matches = matches
        self.state = state
        self.now = now
        self.missingIsError = missingIsError
    }

    /// The environment of this process and the files of this machine.
    public static func process(missingIsError: Bool = true) -> ConfigurationEnvironment {
        ConfigurationEnvironment(
            variable: { ProcessInfo.processInfo.environment[$0] },
            file: { try String(contentsOfFile: $0, encoding: .utf8) },
            matches: filesMatching,
            state: { FileState(path: $0) },
            now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) },
            missingIsError: missingIsError
        )
    }

    /// For the file at a path: what it names is relative to its own folder.
    func interpolation(forFile configuration: String) -> Interpolation {
        Interpolation(
            variable: variable,
            file: { try file(path($0, besides: configuration)) },
            missingIsError: missingIsError
        )
    }
}

/// A path as seen from the folder of another file.
func path(_ path: String, besides file: String) -> String {
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
}
