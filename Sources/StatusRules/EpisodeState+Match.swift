// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// Which match counts: the rules' verdict is about now, what is decided outlives some of it.
extension EpisodeState {
    /// So long may the answer take when a conversation is read again.
    private static let newsGrace = Duration.seconds(300)

    /// The match that decides: the rules' own; or that of an armed wish whose conversation has ended meanwhile
    /// (`hasLetGo`); or that of what is decided already and rests on a conversation that is just being read again. An
    /// earlier rule that matches now comes before both.
    func decidingMatch(_ input: EpisodeInput, _ look: inout EpisodeLook) -> (match: RuleMatch?, hasLetGo: Bool) {
        if let armed {
            if let match = input.match, match.rule == armed.rule || match.order < armed.order { return (match, false) }
            if let match = armed.matchHadNothingEnded(input) { return (match, true) }
            if let match = matchAwaitingNews(armed.rule, armed.status, input, &look) { return (match, false) }
        } else if let episode, !episode.outlastsMatch {
            if let match = input.match, match.rule == episode.rule || match.order < episode.order {
                return (match, false)
            }
            if let match = matchAwaitingNews(episode.rule, episode.status, input, &look) { return (match, false) }
        }
        return (input.match, false)
    }

    /// The rule lets go only because nothing was heard of a conversation for too long. That is read again now: for a
    /// moment what has been decided stays.
    private func matchAwaitingNews(
        _ rule: String,
        _ status: String,
        _ input: EpisodeInput,
        _ look: inout EpisodeLook
    ) -> RuleMatch? {
        guard !input.unheard.isEmpty, let timeout = input.policy.conversationTimeout,
            let match = input.matchAlone(rule, input.facts), match.status == status, let id = match.conversationID,
            input.unheard.contains(id), let heardAt = input.facts.heardAt(of: id)
        else { return nil }
        let end = heardAt.advanced(by: timeout + Self.newsGrace)
        guard input.now < end else { return nil }
        look.move.wake(at: end)
        let reason = "nothing was heard of conversation \(id) for \(timeout.roughly): it is read again"
        look.guarded("unheard", rule, "\(reason), and rule '\(rule)' keeps \(status) until \(end) at the longest")
        return match
    }

    /// An end that is never heard of must not keep a wish waiting for ever.
    func waitForNews(_ input: EpisodeInput, _ look: inout EpisodeLook) {
        guard let armed, let timeout = input.policy.conversationTimeout else { return }
        for id in armed.waiting.conversationIDs {
            guard let overAt = input.facts.heardAt(of: id)?.advanced(by: timeout) else { continue }
            if overAt <= input.now { look.move.unheard.append(id) } else { look.move.wake(at: overAt) }
        }
    }
}

extension AgentFacts {
    /// When the relay last took news of a conversation, in whatever medium.
    fileprivate func heardAt(of conversationID: String) -> Timestamp? {
        conversations.lazy.filter { $0.id == conversationID }.compactMap(\.heardAt).max()
    }
}
