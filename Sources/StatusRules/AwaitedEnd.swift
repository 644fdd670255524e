// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What has to be over before anything more happens to an agent's status: for people, decides nothing.
public struct AwaitedEnd: Sendable, Equatable {
    /// What it is that has to be over.
    public enum Kind: String, Sendable, CaseIterable {
        /// The agent's conversations that are going on (`then.apply`, `guards.onQueue`).
        case afterInteraction
        /// Those and the after-call work that follows (`then.apply`).
        case afterCallWork
        /// The time that a status is held at least, although its rule no longer asks for it (`then.minimum`).
        case minimum
        /// The way back after an episode: its write is under way, or what made the rule let go is too old for it.
        case release
        /// The time that a rule rests after an episode, although it matches (`then.cooldown`).
        case cooldown
    }

    /// What it is that has to be over.
    public var kind: Kind
    /// The rule that it is about.
    public var rule: String
    /// The status that is wanted, held or let go of; `nil` = none is decided on.
    public var status: String?
    /// Since when it is wanted or held.
    public var since: Timestamp?
    /// When it is over by the clock; `nil` = when something is heard.
    public var until: Timestamp?
    /// The conversations that are waited for.
    public var conversationIDs: [String] = []
}

extension EpisodeState {
    /// What the last look has left waiting; of several things the one that comes first to whoever asks "why not yet?".
    public var awaitedEnd: AwaitedEnd? {
        if let armed {
            return AwaitedEnd(
                kind: armed.waiting.kind == .interaction ? .afterInteraction : .afterCallWork,
                rule: armed.rule,
                status: armed.status,
                since: armed.since,
                conversationIDs: armed.waiting.conversationIDs
            )
        }
        if let episode {
            // Another rule may be the one that is kept waiting: it is this one that has to end.
            if hasMet("minimum"), let end = episode.minimumEnd {
                return AwaitedEnd(
                    kind: .minimum,
                    rule: episode.rule,
                    status: episode.status,
                    since: episode.since,
                    until: end
                )
            }
            if hasMet("maxReleaseAge") {
                return AwaitedEnd(kind: .release, rule: episode.rule, status: episode.status, since: episode.since)
            }
        }
        if let releasing { return AwaitedEnd(kind: .release, rule: releasing.rule) }
        guard let rule = ruleMet(by: "cooldown"), let end = cooldowns?.end(of: rule) else { return nil }
        return AwaitedEnd(kind: .cooldown, rule: rule, until: end)
    }

    private func hasMet(_ kind: String) -> Bool { ruleMet(by: kind) != nil }

    /// The rule that a guard of this kind has kept from acting at the last look.
    private func ruleMet(by kind: String) -> String? {
        guards?.first { $0.hasPrefix("\(kind) ") }.map { String($0.dropFirst(kind.count + 1)) }
    }
}
