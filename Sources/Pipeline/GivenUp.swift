// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Journal
import Metrics

/// How much has been given up: by kind in all, and when in the last day.
struct GivenUp {
    /// More than these need no exact number.
    private static let limit = 10_000
    private static let span = Duration.seconds(86_400)

    private let counters = Dictionary(
        uniqueKeysWithValues: DeadLetterKind.allCases.map { kind in
            (kind, Counter(label: "presence_relay_dead_letters_total", dimensions: [("kind", kind.rawValue)]))
        }
    )
    /// In the order of their times.
    private var recent: [(at: Timestamp, kind: DeadLetterKind)] = []

    /// Letters of before all that are known, newest first: they are counted as recent, but not in the metrics.
    mutating func remember(_ letters: [DeadLetter]) {
        recent.insert(contentsOf: letters.reversed().map { ($0.at, DeadLetterKind($0)) }, at: 0)
    }

    /// Letters that were written now.
    mutating func note(_ letters: [DeadLetter]) {
        for letter in letters {
            let kind = DeadLetterKind(letter)
            counters[kind]?.increment()
            recent.append((letter.at, kind))
        }
        guard let newest = recent.last?.at else { return }
        let kept = recent.suffix(Self.limit)
        recent = Array(kept.drop { newest.timeIntervalSince($0.at) > Self.span })
    }

    /// How many of each kind since then; at most a day back.
    func count(since: Timestamp) -> [DeadLetterKind: Int] {
        var counts: [DeadLetterKind: Int] = [:]
        for letter in recent.reversed() {
            guard letter.at >= since else { break }
            counts[letter.kind, default: 0] += 1
        }
        return counts
    }
}
