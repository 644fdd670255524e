// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
public import Journal

/// What a dead letter is about.
public enum DeadLetterKind: String, CaseIterable, Sendable {
    /// A status that Genesys took and that reads do not show.
    case notApplied
    /// A status that Genesys refused.
    case failed
    /// A tag, an explanation or the like that failed for good.
    case errand
    /// An event that cannot be applied.
    case event

    /// As the letter's own content tells.
    public init(_ letter: DeadLetter) {
        /// Only what comes from Genesys has a topic; the rest are details of the relay's own history.
        struct Outline: Decodable {
            var topicName: String?
            var errand: String?
            var state: String?
        }
        let outline = try? JSONDecoder().decode(Outline.self, from: Data(letter.event))
        switch (outline?.topicName, outline?.errand, outline?.state) {
        case (nil, _?, _): self = .errand
        case (nil, nil, DeadLetterKind.failed.rawValue): self = .failed
        case (nil, nil, DeadLetterKind.notApplied.rawValue): self = .notApplied
        default: self = .event
        }
    }
}
