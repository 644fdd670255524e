// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Synchronization

/// What a configuration was read from: its file, the files of rules, those of `${file:…}` and those that it names, each as
/// it was when it was read, and the patterns that were looked for.
public final class ConfigurationSources: Sendable {
    /// States by path; no state = no file.
    public typealias Snapshot = [String: FileState?]

    private struct Notes {
        var files: Snapshot = [:]
        var patterns: Set<String> = []
    }

    private let notes = Mutex(Notes())

    /// Nothing has been read.
    public init() {}

    /// The environment with notes taken of what is read through it.
    ///
    /// A state is taken before the file is read: what changes in between shows as a difference afterwards.
    public func noting(_ environment: ConfigurationEnvironment) -> ConfigurationEnvironment {
        var noting = environment
        noting.file = { [self] path in
            let state = environment.state(path)
            notes.withLock { if $0.files[path] == nil { $0.files[path] = .some(state) } }
            return try environment.file(path)
        }
        noting.matches = { [self] pattern in
            _ = notes.withLock { $0.patterns.insert(pattern) }
            return try environment.matches(pattern)
        }
        return noting
    }

    /// Takes note of a file that is about to be read by somebody else, such as a certificate.
    public func note(_ path: String, _ environment: ConfigurationEnvironment) {
        let state = environment.state(path)
        notes.withLock { if $0.files[path] == nil { $0.files[path] = .some(state) } }
    }

    /// As it was read.
    public var read: Snapshot { notes.withLock { $0.files } }

    /// As it is now, files that a pattern matches by now included.
    public func look(_ environment: ConfigurationEnvironment) -> Snapshot {
        let (known, patterns) = notes.withLock { ($0.files.keys, $0.patterns) }
        var files = Snapshot(uniqueKeysWithValues: known.map { ($0, environment.state($0)) })
        for pattern in patterns {
            for path in (try? environment.matches(pattern)) ?? [] { files[path] = .some(environment.state(path)) }
        }
        return files
    }
}
