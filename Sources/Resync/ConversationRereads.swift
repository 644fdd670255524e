// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysAPI
public import GenesysEvents
public import Journal
public import Logging

/// Reads conversations of which there was no news for long, so that rules can trust them again: what is read enters the
/// journal in the form of a notification and goes the way of all events.
///
/// A conversation is read once for all agents who wait for it, a few at a time, behind everything that matters more. What
/// fails is left to whoever asks again.
public actor ConversationRereads {
    /// The outside world as a read needs it.
    public struct Effects: Sendable {
        /// `GET /api/v2/conversations/{id}` with that OAuth client: the body as it is sent.
        public var read: @Sendable (_ client: Int, _ conversationID: String) async throws(GenesysAPIError) -> [UInt8]
        /// What is known of an agent's part in a conversation.
        public var known: @Sendable (_ conversationID: String, _ agentID: String) async -> [ConversationFacts]
        /// Journals what was read.
        public var append: @Sendable ([JournalEntry]) async throws(JournalError) -> Void
        /// The wall clock.
        public var now: @Sendable () -> Timestamp

        /// All closures are needed.
        public init(
            read: @escaping @Sendable (Int, String) async throws(GenesysAPIError) -> [UInt8],
            known: @escaping @Sendable (String, String) async -> [ConversationFacts],
            append: @escaping @Sendable ([JournalEntry]) async throws(JournalError) -> Void,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.read = read
            self.known = known
            self.append = append
            self.now = now
        }
    }

    private let gate: CallGate
    private let effects: Effects
    private let logger: Logger
    /// Who waits for a conversation that is yet to be read, or is being read.
    private var agents: [String: Set<String>] = [:]
    private var waiting: [String] = []
    private var tasks: [String: Task<Void, Never>] = [:]
    private var isStopped = false

    /// Reads at a time.
    private static let width = 2

    /// The gate keeps the reads within the budget.
    public init(gate: CallGate, effects: Effects, logger: Logger) {
        self.gate = gate
        self.effects = effects
        self.logger = logger
    }

    /// Has a conversation read for an agent; returns at once.
    public func ask(for conversationID: String, agentID: String) {
        guard !isStopped else { return }
        let isNew = agents[conversationID] == nil
        agents[conversationID, default: []].insert(agentID)
        guard isNew else { return }
        waiting.append(conversationID)
        startNext()
    }

    /// Ends the reads under way and takes no more.
    public func stop() {
        isStopped = true
        waiting = []
        for task in tasks.values { task.cancel() }
    }

    private func startNext() {
        while tasks.count < Self.width, !waiting.isEmpty {
            let id = waiting.removeFirst()
            tasks[id] = Task { await self.read(id) }
        }
    }

    private func read(_ conversationID: String) async {
        let body = await fetch(conversationID)
        // Whoever asks from now on has to be told what is true from now on.
        let asking = agents.removeValue(forKey: conversationID) ?? []
        if let body {
            let now = effects.now()
            var entries: [JournalEntry] = []
            for agentID in asking.sorted() {
                let known = await effects.known(conversationID, agentID)
                entries += JournalEntry.observations(of: conversationID, body, for: agentID, knowing: known, at: now)
            }
            do {
                if !entries.isEmpty { try await effects.append(entries) }
            } catch {
                logger.error("a conversation that was read could not be journalled: \(error)")
            }
        }
        tasks[conversationID] = nil
        startNext()
    }

    /// `nil` = not read; an empty body = there is no such conversation any more.
    private func fetch(_ conversationID: String) async -> [UInt8]? {
        do {
            return try await gate.call(.resync) { [effects] client throws(GenesysAPIError) in
                try await effects.read(client, conversationID)
            }
        } catch {
            if error.code == .notFound { return [] }
            logger.debug("a conversation could not be read again: \(error)", metadata: ["id": "\(conversationID)"])
            return nil
        }
    }
}
