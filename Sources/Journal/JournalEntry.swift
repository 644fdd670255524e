// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// Where an entry came from.
public enum JournalSource: String, Sendable, Codable {
    /// Sent to us by Genesys Cloud.
    case webhook
    /// A read of ours, in the form of a notification.
    case observation
}

/// One notification to be kept.
public struct JournalEntry: Sendable {
    /// De-duplication key, unique together with `madeAt`: `eb:<EventBridge id>`, `ce:<hash of a CloudEvent's source and id>`,
    /// `wh:<id of a delivery>.<place in it>` or `sha256:<hex of the content>`.
    ///
    /// A `sha256:` key says "the same content", which may rightly come again later: it counts as a duplicate only
    /// within ``Journal/Configuration/contentWindow``.
    public var key: String
    /// Who brought it.
    public var source: JournalSource
    /// The topic's name, with real ids inside.
    public var topic: String
    /// The agent it is about, when the topic names one.
    public var agentID: String?
    /// When the relay took it.
    public var receivedAt: Timestamp
    /// The notification's own bytes, as received.
    public var body: [UInt8]
    /// When the sender made it, if that is the same in every delivery; `nil` when unknown.
    ///
    /// Entries are found again by time and key, which keeps the index of millions of random keys cheap to write. The
    /// journal does not look at it for a `sha256:` key, and does not keep it then.
    public var madeAt: Timestamp?

    /// An entry that is not in the journal yet.
    public init(
        key: String,
        source: JournalSource,
        topic: String,
        agentID: String?,
        receivedAt: Timestamp,
        body: [UInt8],
        madeAt: Timestamp? = nil
    ) {
        self.key = key
        self.source = source
        self.topic = topic
        self.agentID = agentID
        self.receivedAt = receivedAt
        self.body = body
        self.madeAt = madeAt
    }
}

/// An entry with its place in the order of the journal.
public struct JournalRecord: Sendable {
    /// Grows by one or more from entry to entry, starting at 1; never used twice, also not after retention.
    public var sequence: Int64
    /// What was kept.
    public var entry: JournalEntry
    /// Why the body cannot be read from the disk again; it is empty then. `nil` = it is as it came.
    public var damage: String?

    /// An entry at its place.
    public init(sequence: Int64, entry: JournalEntry, damage: String? = nil) {
        self.sequence = sequence
        self.entry = entry
        self.damage = damage
    }

    /// An entry with its body as the row holds it; `entry` comes without.
    init(sequence: Int64, entry: JournalEntry, stored: UnsafeRawBufferPointer) {
        self.init(sequence: sequence, entry: entry)
        do {
            self.entry.body = try StoredBody.decode(stored)
        } catch {
            damage = error.description
        }
    }
}

/// What became of the entries of one append.
public struct AppendResult: Sendable, Equatable {
    /// Entries that are new in the journal.
    public var accepted: Int
    /// Entries whose key is in the journal already, or twice in the same append.
    public var duplicate: Int

    /// The counts of one append.
    public init(accepted: Int, duplicate: Int) {
        self.accepted = accepted
        self.duplicate = duplicate
    }
}
