// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
public import Journal
import Logging

/// What was given up.
extension Pipeline {
    /// Letters that a slow reader may have before it, and that are read again after a start.
    private static let recentLetters = 100

    /// Every dead letter that is written from now on; slow readers lose the oldest.
    public func deadLetters() -> AsyncStream<DeadLetter> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: DeadLetter.self,
            bufferingPolicy: .bufferingNewest(Self.recentLetters)
        )
        guard !isStopped else {
            continuation.finish()
            return stream
        }
        let id = nextSubscriber
        nextSubscriber += 1
        letterReaders[id] = continuation
        continuation.onTermination = { _ in Task { await self.removeLetterReader(id) } }
        return stream
    }

    /// How much has been given up since then, by kind. At most a day back, and of the time before the start only the
    /// newest hundred.
    public func givenUp(since: Timestamp) -> [DeadLetterKind: Int] { givenUp.count(since: since) }

    private func removeLetterReader(_ id: Int) { letterReaders[id] = nil }

    /// Before anything is written: what a health check is to know of the time before the start.
    func recallDeadLetters() async throws(JournalError) {
        var (missing, oldest) = (Self.recentLetters, Int64?.none)
        while missing > 0 {
            // Not all in memory at once: each may have an event of a megabyte.
            let letters = try await journal.deadLetters(before: oldest, limit: missing, bytes: 1_000_000)
            guard let first = letters.first, let last = letters.last else { return }
            newestLetter = max(newestLetter, first.id)
            givenUp.remember(letters)
            missing -= letters.count
            oldest = last.id
        }
    }

    /// Tells of letters that are written. The journal has given them their ids, so it is asked for them.
    func tell(of letters: [DeadLetter]) async {
        guard !letters.isEmpty else { return }
        givenUp.note(letters)
        let limit = letterReaders.isEmpty ? 1 : min(letters.count, Self.recentLetters)
        do {
            let written = try await journal.deadLetters(before: nil, limit: limit)
            for letter in written.reversed() where letter.id > newestLetter {
                for reader in letterReaders.values { reader.yield(letter) }
            }
            newestLetter = max(newestLetter, written.first?.id ?? 0)
        } catch {
            logger.warning("dead letters cannot be read, so nobody is told of them: \(error)")
        }
    }
}
