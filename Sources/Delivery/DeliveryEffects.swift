// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysAPI
public import GenesysEvents

/// The outside world as delivery needs it. `client` is the index of the OAuth client to call with.
public struct DeliveryEffects: Sendable {
    /// `GET /api/v2/users/{id}/presences/purecloud`
    public var read: @Sendable (_ client: Int, _ userID: String) async throws(GenesysAPIError) -> UserPresence
    /// `GET /api/v2/users/presences/purecloud/bulk`
    public var readMany: @Sendable (_ client: Int, _ userIDs: [String]) async throws(GenesysAPIError) -> [UserPresence]
    /// `GET /api/v2/users?expand=presence`, up to 100 users: the presences that it shows.
    public var readWidely:
        @Sendable (_ client: Int, _ userIDs: [String]) async throws(GenesysAPIError) -> [UserPresence]
    /// `PATCH /api/v2/users/{id}/presences/purecloud`
    public var write: @Sendable (_ client: Int, _ write: PresenceWrite) async throws(GenesysAPIError) -> UserPresence
    /// `PUT /api/v2/users/presences/bulk`
    public var writeMany:
        @Sendable (_ client: Int, _ writes: [PresenceWrite]) async throws(GenesysAPIError) -> [UserPresence]
    /// Takes a report; must not block.
    public var report: @Sendable (DeliveryReport) -> Void
    /// Returns when all reports made until now are judged, and whatever follows from them is wanted.
    public var judged: @Sendable () async -> Void
    /// Journals what was read; returns when it is applied and whatever follows from it is wanted.
    public var observed: @Sendable ([UserPresence]) async -> Void
    /// The wall clock.
    public var now: @Sendable () -> Timestamp
    /// A clock that is never set, which tells when the wall clock was; `nil` = that one is never set.
    public var uptime: (@Sendable () -> Timestamp)?
    /// Waits, or throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// In 0..<1.
    public var random: @Sendable () -> Double

    /// Everything but time and chance has to be given.
    public init(
        read: @escaping @Sendable (Int, String) async throws(GenesysAPIError) -> UserPresence,
        readMany: @escaping @Sendable (Int, [String]) async throws(GenesysAPIError) -> [UserPresence],
        readWidely: @escaping @Sendable (Int, [String]) async throws(GenesysAPIError) -> [UserPresence],
        write: @escaping @Sendable (Int, PresenceWrite) async throws(GenesysAPIError) -> UserPresence,
        writeMany: @escaping @Sendable (Int, [PresenceWrite]) async throws(GenesysAPIError) -> [UserPresence],
        report: @escaping @Sendable (DeliveryReport) -> Void,
        judged: @escaping @Sendable () async -> Void,
        observed: @escaping @Sendable ([UserPresence]) async -> Void,
        now: @escaping @Sendable () -> Timestamp,
        uptime: (@Sendable () -> Timestamp)? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.read = read
        self.readMany = readMany
        self.readWidely = readWidely
        self.write = write
        self.writeMany = writeMany
        self.report = report
        self.judged = judged
        self.observed = observed
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
        self.random = random
    }
}
