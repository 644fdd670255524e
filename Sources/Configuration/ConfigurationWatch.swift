// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Tells from one look after another when the files of a configuration have changed and are worth reading again. Pure.
///
/// Looking works where notifications of changes do not: on network file systems and behind links that are swapped.
public struct ConfigurationWatch: Sendable {
    private var last: ConfigurationSources.Snapshot?
    private var told: ConfigurationSources.Snapshot?

    /// Before the first look.
    public init() {}

    /// One look.
    ///
    /// - Parameters:
    ///   - read: the files as they were when the configuration was read, well or not.
    ///   - now: as they are now.
    /// - Returns: the paths that differ, sorted, once nothing has moved since the look before (several files are
    ///   written one after the other, and a large one takes a while); else none. Each change is told once.
    public mutating func look(
        read: ConfigurationSources.Snapshot,
        now: ConfigurationSources.Snapshot
    ) -> [String] {
        defer { last = now }
        guard now != read else {
            told = nil
            return []
        }
        guard now == last, now != told else { return [] }
        told = now
        return Set(read.keys).union(now.keys).filter { read[$0] != now[$0] }.sorted()
    }
}

/// Looks again and again.
public struct ConfigurationWatcher: Sendable {
    /// As of the last reading, and as of now.
    public typealias Look = (read: ConfigurationSources.Snapshot, now: ConfigurationSources.Snapshot)

    private let pause: @Sendable () async throws -> Void
    private let look: @Sendable () async -> Look?

    /// - Parameters:
    ///   - pause: between two looks; about a second. Throws when the task is cancelled.
    ///   - look: `nil` = not now.
    public init(
        pause: @escaping @Sendable () async throws -> Void,
        look: @escaping @Sendable () async -> Look?
    ) {
        self.pause = pause
        self.look = look
    }

    /// Tells of every change, by the paths that differ, until the task is cancelled.
    public func run(changed: @Sendable ([String]) async -> Void) async {
        var watch = ConfigurationWatch()
        while (try? await pause()) != nil {
            guard let (read, now) = await look() else { continue }
            let paths = watch.look(read: read, now: now)
            if !paths.isEmpty { await changed(paths) }
        }
    }
}
