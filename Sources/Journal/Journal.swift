// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
public import Logging

/// Where an entry came from.
public enum JournalSource: String, Sendable, Codable {
    case webhook
    /// A read of ours, in the form of a notification.
    case observation
}

/// One notification to be kept.
public struct JournalEntry: Sendable {
    /// De-duplication key, unique in the journal: `eb:<EventBridge id>` or `sha256:<hex of the content>`.
    public var key: String
    public var source: JournalSource
    public var topic: String
    public var agentID: String?
    public var receivedAt: Timestamp
    /// The notification's own bytes, as received.
    public var body: [UInt8]
    public init(key: String, source: JournalSource, topic: String, agentID: String?, receivedAt: Timestamp, body: [UInt8]) {
        self.key = key
        self.source = source
        self.topic = topic
        self.agentID = agentID
        self.receivedAt = receivedAt
        self.body = body
    }
}

/// An entry with its place in the order of the journal.
public struct JournalRecord: Sendable {
    public var sequence: Int64
    public var entry: JournalEntry
    public init(sequence: Int64, entry: JournalEntry) {
        self.sequence = sequence
        self.entry = entry
    }
}

public struct AppendResult: Sendable, Equatable {
    public var accepted: Int
    public var duplicate: Int
    public init(accepted: Int, duplicate: Int) {
        self.accepted = accepted
        self.duplicate = duplicate
    }
}

/// An agent's state as the pipeline encodes it; opaque here.
public struct StoredAgent: Sendable {
    public var id: String
    public var state: [UInt8]
    public init(id: String, state: [UInt8]) {
        self.id = id
        self.state = state
    }
}

/// A line of an agent's history.
public struct HistoryEntry: Sendable {
    public enum Kind: String, Sendable, Codable { case event, decision, call, observation, guarded = "guard" }
    /// Set by the journal; grows with time.
    public var id: Int64
    public var agentID: String
    public var at: Timestamp
    public var kind: Kind
    public var summary: String
    /// A JSON object, encoded.
    public var detail: [UInt8]
    public init(id: Int64 = 0, agentID: String, at: Timestamp, kind: Kind, summary: String, detail: [UInt8] = Array("{}".utf8)) {
        self.id = id
        self.agentID = agentID
        self.at = at
        self.kind = kind
        self.summary = summary
        self.detail = detail
    }
}

/// Something accepted that could not be applied.
public struct DeadLetter: Sendable {
    public var id: Int64
    public var at: Timestamp
    public var reason: String
    public var agentID: String?
    /// The notification's bytes (JSON).
    public var event: [UInt8]
    public init(id: Int64 = 0, at: Timestamp, reason: String, agentID: String?, event: [UInt8]) {
        self.id = id
        self.at = at
        self.reason = reason
        self.agentID = agentID
        self.event = event
    }
}

/// What one step of the pipeline changes, in one transaction.
public struct JournalCommit: Sendable {
    /// All entries up to here are applied; `nil` leaves the position.
    public var position: Int64?
    public var agents: [StoredAgent] = []
    public var history: [HistoryEntry] = []
    public var deadLetters: [DeadLetter] = []
    public init() {}
}

public struct JournalError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        public static let cannotOpen = Code(description: "cannotOpen")
        public static let newerSchema = Code(description: "newerSchema")
        /// Too much waits to be written: try again later.
        public static let overloaded = Code(description: "overloaded")
        /// Disk full, read-only, I/O error.
        public static let notWritable = Code(description: "notWritable")
        public static let closed = Code(description: "closed")
        public static let other = Code(description: "other")
    }
    public var code: Code
    public var message: String
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
    public var description: String { "\(code): \(message)" }
}

/// The durable inbox, agent snapshots and history, in SQLite.
public final class Journal: Sendable {
    public struct Configuration: Sendable {
        /// Entries waiting for the disk before `append` throws `.overloaded`.
        public var maxPending = 50_000
        /// How long entries and history are kept.
        public var keep: Duration = .seconds(30 * 86_400)
        public init() {}
    }
    /// `sqlite:PATH`; creates and migrates. A newer schema is refused.
    public init(url: String, configuration: Configuration = .init(), logger: Logger) throws(JournalError) {}
    /// Returns when all entries are on disk (WAL, synchronous=FULL): greedy group commit over all callers.
    public func append(_ entries: [JournalEntry]) async throws(JournalError) -> AppendResult { AppendResult(accepted: 0, duplicate: 0) }
    /// Entries after `sequence`, in order.
    public func read(after sequence: Int64, limit: Int) async throws(JournalError) -> [JournalRecord] { [] }
    /// The newest sequence durably appended (0 = none).
    public var lastSequence: Int64 { 0 }
    /// Returns as soon as an entry after `sequence` exists; returns too when the task is cancelled or the journal closed.
    public func waitForEntries(after sequence: Int64) async {}
    /// The applied position and every agent's stored state.
    public func snapshot() async throws(JournalError) -> (position: Int64, agents: [StoredAgent]) { (0, []) }
    /// One transaction, ordered with appends; synchronous=NORMAL is enough since it can be derived again from the entries.
    public func commit(_ commit: JournalCommit) async throws(JournalError) {}
    /// Newest first; `before` is the id of the last entry of the page before.
    public func history(agentID: String, before: Int64?, limit: Int) async throws(JournalError) -> [HistoryEntry] { [] }
    public func deadLetters(before: Int64?, limit: Int) async throws(JournalError) -> [DeadLetter] { [] }
    /// Why the last write failed, while it fails; `nil` = writable.
    public var writeFailure: String? { nil }
    /// Waits for what is pending, checkpoints, closes.
    public func close() async {}
}
