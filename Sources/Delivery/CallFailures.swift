// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// How an agent's calls have failed since they last did what they should: whether to try again, when, and whether alone.
/// Pure.
struct CallFailures: Sendable {
    /// What follows a failure.
    enum Verdict: Equatable {
        /// Tried again after so long.
        case again(Duration)
        /// It would fail again, or has failed for too long.
        case forGood
    }

    /// Nothing before then.
    private(set) var notBefore: Timestamp?
    private var count = 0
    private var since: Timestamp?
    /// Writes whose outcome a read had to find out, and that had not happened, since one was answered.
    private var lostWrites = 0
    /// Reads in a row that Genesys has failed.
    private var lostReads = 0

    /// Writes or reads that are lost in bulk calls before the agent has one of its own: it may be one of the others who
    /// makes them fail.
    private static let lostTogether = 4
    /// Calls in a row that may be refused with a 401 and are made again.
    private static let unauthorizedLimit = 2

    /// So many writes were lost with others that the next is to be made alone.
    var writesNeedCallAlone: Bool { lostWrites >= Self.lostTogether }
    /// The same of reads.
    var readsNeedCallAlone: Bool { lostReads >= Self.lostTogether }

    /// Another wish: it has failed in nothing yet.
    mutating func beginAnew() {
        endWaiting()
        lostWrites = 0
        succeeded()
    }

    mutating func endWaiting() { notBefore = nil }

    /// A call has done what it should.
    mutating func succeeded() {
        count = 0
        since = nil
    }

    mutating func wrote() {
        lostWrites = 0
        succeeded()
    }

    mutating func didRead() {
        lostReads = 0
        endWaiting()
    }

    mutating func loseRead(_ error: GenesysAPIError) {
        if error.code == .server || error.code == .timeout { lostReads += 1 }
    }

    mutating func loseWrite() { lostWrites += 1 }

    /// One more, and the agent has a call of its own.
    mutating func suspectWrite() { lostWrites = max(lostWrites, Self.lostTogether - 1) }

    /// - Parameter isOpen: whether it has happened is not known, which a read can tell.
    mutating func failed(
        _ error: GenesysAPIError,
        isOpen: Bool,
        policy: DeliveryPolicy,
        now: Timestamp,
        random: Double
    ) -> Verdict {
        count += 1
        let since = since ?? now
        self.since = since
        let mayHelp =
            isOpen || error.isRetryable || error.code == .conflict
            // Another client, or a new token, may be accepted.
            || error.code == .unauthorized && count <= Self.unauthorizedLimit
        guard mayHelp, now.timeIntervalSince(since) <= policy.giveUpAfter else { return .forGood }
        let delay = policy.delay(after: error, failures: count - 1, random: random)
        notBefore = now.advanced(by: delay)
        return .again(delay)
    }

    mutating func clockWasSet(by change: Duration) {
        notBefore = notBefore?.advanced(by: change)
        since = since?.advanced(by: change)
    }
}
