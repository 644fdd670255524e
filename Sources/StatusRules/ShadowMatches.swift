// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// The matches of rules in `mode: observe`: they are told of, and nothing follows from them. Pure.
public struct ShadowMatches: Codable, Sendable, Equatable {
    private struct Shadow: Codable, Sendable, Equatable {
        var rule: String
        var status: String
        var conversationID: String?
        var since: Timestamp
    }

    private var open: [Shadow] = []

    /// No rule has ever matched.
    public init() {}

    /// Nothing matches: there is nothing to store.
    public var isEmpty: Bool { open.isEmpty }

    /// Takes what such rules want now; returns a line for each match that begins, wants something else, or ends.
    public mutating func advance(_ matches: [RuleMatch], _ input: EpisodeInput) -> [ShadowLine] {
        var lines: [ShadowLine] = []
        open.removeAll { shadow in
            guard !matches.contains(where: { $0.rule == shadow.rule }) else { return false }
            let lasted = input.now.timeIntervalSince(shadow.since).roughly
            let text =
                "mode observe: rule '\(shadow.rule)' no longer matches, after \(lasted): it wanted \(shadow.status)"
            lines.append(
                ShadowLine(rule: shadow.rule, status: shadow.status, conversationID: shadow.conversationID, text: text)
            )
            return true
        }
        for match in matches {
            let place = open.firstIndex { $0.rule == match.rule }
            if let place, open[place].status == match.status {
                open[place].conversationID = match.conversationID
                continue
            }
            let shadow = Shadow(
                rule: match.rule,
                status: match.status,
                conversationID: match.conversationID,
                since: input.now
            )
            if let place { open[place] = shadow } else { open.append(shadow) }
            lines.append(
                ShadowLine(
                    rule: match.rule,
                    status: match.status,
                    conversationID: match.conversationID,
                    behavior: match.behavior,
                    text: "mode observe: rule '\(match.rule)' would want \(match.status)"
                        + input.qualification(of: match)
                )
            )
        }
        return lines
    }
}

/// What is told of a match in `mode: observe`.
public struct ShadowLine: Sendable, Equatable {
    /// The rule that does not act.
    public var rule: String
    /// What it would want, or has wanted.
    public var status: String
    /// The conversation that makes it match.
    public var conversationID: String?
    /// How it would let the status come and go; the default at the end of a match.
    public var behavior = RuleBehavior()
    /// For people.
    public var text: String
}

extension EpisodeInput {
    /// When the status would come, and what would keep it from coming, as far as that is plain to see.
    fileprivate func qualification(of match: RuleMatch) -> String {
        let waiting = Waiting(match, facts, now: now).map { " " + $0.text } ?? ""
        let hindrance: String?
        if !policy.mayTouch(facts.id) {
            hindrance = "the configuration excludes this agent"
        } else if match.behavior.guards.offline, facts.presence?.system == .offline {
            hindrance = "the agent is Offline"
        } else if let reason = policy.tooOld(trigger, match.behavior.guards, now: now) {
            hindrance = reason
        } else if target(match.status) == nil {
            hindrance = "status '\(match.status)' has no presence definition"
        } else {
            hindrance = nil
        }
        return waiting + (hindrance.map { ", but \($0)" } ?? "")
    }
}
