// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Where the console's answers come from: the only thing it knows of the rest of the relay.
///
/// A closure that throws `ConsoleError` decides the answer; any other error is answered 500 and logged.
public struct ConsoleSources: Sendable {
    /// Agents in ascending order of id, those after the given id only, at most `limit` (1…1000).
    public var agents: @Sendable (_ after: String?, _ limit: Int) async throws -> AgentPage
    /// One agent; `nil` when the relay never heard of it.
    public var agent: @Sendable (_ id: String) async -> AgentView?
    /// What happened to an agent, newest first, entries before the given sequence number only.
    public var history: @Sendable (_ id: String, _ before: Int64?, _ limit: Int) async throws -> HistoryPage
    /// Events that could not be applied, newest first, those before the given number only.
    public var deadLetters: @Sendable (_ before: Int64?, _ limit: Int) async throws -> DeadLetterPage
    /// One of them; `nil` when there is none of that number.
    public var deadLetter: @Sendable (_ id: Int64) async throws -> DeadLetterView?
    /// Applies a dead letter again and forgets it. Throws `.notFound`, or `.conflict` when nothing of it can be tried.
    public var retryDeadLetter: @Sendable (_ id: Int64) async throws -> DeadLetterRetryView
    /// Forgets a dead letter; `false` when there is none of that number.
    public var deleteDeadLetter: @Sendable (_ id: Int64) async throws -> Bool
    /// Starts rebuilding state from Genesys and returns at once.
    public var startResync: @Sendable (_ request: ResyncRequest) async throws -> ResyncJobView
    /// A resync job; `nil` when there is none of that id.
    public var resync: @Sendable (_ id: String) async -> ResyncJobView?
    /// How the relay is now. Must be quick: probes call it every few seconds.
    public var health: @Sendable () async -> HealthView
    /// Every change of an agent from now on. The stream may drop old elements when it is not read; the console reads
    /// it at once and keeps the latest state per agent for slow clients.
    public var changes: @Sendable () async -> AsyncStream<AgentView>
    /// How much delivery has to do, and may do, at this moment. Must be quick: each scrape of the metrics asks.
    public var load: @Sendable () async -> DeliveryLoadView
    /// Brings gauges up to date that others hold, before each scrape. Must be quick.
    public var prepareScrape: @Sendable () async -> Void
    /// Every dead letter from now on. The stream may drop old elements when it is not read.
    public var newDeadLetters: @Sendable () async -> AsyncStream<DeadLetterView>

    /// All closures are needed.
    public init(
        agents: @escaping @Sendable (_ after: String?, _ limit: Int) async throws -> AgentPage,
        agent: @escaping @Sendable (_ id: String) async -> AgentView?,
        history: @escaping @Sendable (_ id: String, _ before: Int64?, _ limit: Int) async throws -> HistoryPage,
        deadLetters: @escaping @Sendable (_ before: Int64?, _ limit: Int) async throws -> DeadLetterPage,
        deadLetter: @escaping @Sendable (_ id: Int64) async throws -> DeadLetterView?,
        retryDeadLetter: @escaping @Sendable (_ id: Int64) async throws -> DeadLetterRetryView,
        deleteDeadLetter: @escaping @Sendable (_ id: Int64) async throws -> Bool,
        startResync: @escaping @Sendable (_ request: ResyncRequest) async throws -> ResyncJobView,
        resync: @escaping @Sendable (_ id: String) async -> ResyncJobView?,
        health: @escaping @Sendable () async -> HealthView,
        changes: @escaping @Sendable () async -> AsyncStream<AgentView>,
        load: @escaping @Sendable () async -> DeliveryLoadView,
        prepareScrape: @escaping @Sendable () async -> Void,
        newDeadLetters: @escaping @Sendable () async -> AsyncStream<DeadLetterView>
    ) {
        self.agents = agents
        self.agent = agent
        self.history = history
        self.deadLetters = deadLetters
        self.deadLetter = deadLetter
        self.retryDeadLetter = retryDeadLetter
        self.deleteDeadLetter = deleteDeadLetter
        self.startResync = startResync
        self.resync = resync
        self.health = health
        self.changes = changes
        self.load = load
        self.prepareScrape = prepareScrape
        self.newDeadLetters = newDeadLetters
    }
}
