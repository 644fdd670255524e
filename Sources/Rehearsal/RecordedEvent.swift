// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
public import Journal

/// An event as somebody has kept it, and the time on the clock when it is taken.
public struct RecordedEvent: Sendable {
    /// What it says.
    public var notification: Notification
    /// When it is taken.
    public var at: Timestamp
    /// De-duplication key, or a name that is as good for people.
    public var key: String
    /// Who brought it; a read of ours counts as of now, however old what it shows.
    public var source: JournalSource
    /// It shows a presence that the relay had set itself, as whoever exported it has found out.
    public var isOwnChange = false
    /// The agent it is about, when the topic or the body names one.
    public var agentID: String? { notification.event.userID }

    /// An event to be taken at a time; `madeAt` is that of an envelope in header fields, which stands beside the event.
    public init(
        _ notification: Notification,
        at: Timestamp,
        key: String,
        source: JournalSource = .webhook,
        madeAt: Timestamp? = nil
    ) {
        self.notification = notification
        self.notification.timestamp = notification.timestamp ?? madeAt
        self.at = at
        self.key = key
        self.source = source
    }

    /// What an entry of the journal says.
    public init(_ notification: Notification, of entry: JournalEntry) {
        self.init(notification, at: entry.receivedAt, key: entry.key, source: entry.source, madeAt: entry.madeAt)
    }

    /// As the journal would have it; nobody here looks at the body again.
    func entry(for agentID: String) -> JournalEntry {
        JournalEntry(
            key: key,
            source: source,
            topic: notification.topicName,
            agentID: agentID,
            receivedAt: at,
            body: []
        )
    }
}
