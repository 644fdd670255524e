// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The stored states of a journal's agents, each read when its turn comes. Fails with a ``JournalError``.
public struct StoredAgents: AsyncSequence, Sendable {
    let journal: Journal

    /// From the first one on.
    public func makeAsyncIterator() -> Iterator { Iterator(journal: journal) }

    /// Where a reader is.
    public struct Iterator: AsyncIteratorProtocol {
        private static let partSize = 1000

        private let journal: Journal
        private var part: ArraySlice<StoredAgent> = []
        private var last: String?
        private var isComplete = false

        init(journal: Journal) { self.journal = journal }

        /// `nil` after the last one.
        public mutating func next() async throws(JournalError) -> StoredAgent? {
            try await next(isolation: nil)
        }

        /// The same.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(JournalError) -> StoredAgent? {
            if part.isEmpty, !isComplete {
                part = try await journal.agents(after: last, limit: Self.partSize)[...]
                isComplete = part.count < Self.partSize
                last = part.last?.id
            }
            return part.popFirst()
        }
    }
}
