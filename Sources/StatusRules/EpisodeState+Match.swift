// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// Which match counts: the rules' verdict is about now, what is decided outlives some of it.
extension EpisodeState {
    /// The match that decides: the rules' own; or that of an armed wish whose conversation has ended meanwhile
    /// (`hasLetGo`); or that of what is decided already and rests on a conversation that is just being read again. An
    /// earlier rule that matches now comes before both.
    func decidingMatch(_ input: EpisodeInput, _ look: inout EpisodeLook) -> (match: RuleMatch?, hasLetGo: Bool) {
        let isForLackOfNews = isForLackOfNews(input, &look)
        let found = isForLackOfNews ? nil : input.match
        func own(_ rule: String, _ status: String) -> RuleMatch? {
            if isForLackOfNews, let own = input.matchAlone(rule, input.facts), own.status == status { return own }
            return matchAwaitingNews(rule, status, input, &look)
        }
        if let armed {
            if let found, found.rule == armed.rule || found.order < armed.order { return (found, false) }
            if let match = armed.matchHadNothingEnded(input) { return (match, true) }
            if let match = own(armed.rule, armed.status) { return (match, false) }
        } else if let episode, !episode.outlastsMatch {
            if let found, found.rule == episode.rule || found.order < episode.order { return (found, false) }
            if let match = own(episode.rule, episode.status) { return (match, false) }
        }
        return (found, false)
    }

    /// The rule that decides matches only because nothing was heard of a conversation for too long: it would not, were that
    /// still going on. That is read again now, and for a moment nothing new is decided by it.
    private func isForLackOfNews(_ input: EpisodeInput, _ look: inout EpisodeLook) -> Bool {
        guard !input.unheard.isEmpty, let match = input.match, episode?.rule != match.rule, armed?.rule != match.rule,
            input.matchAlone(match.rule, input.facts)?.status != match.status,
            let end = input.endOfPatience(with: input.unheard), input.now < end
        else { return false }
        look.move.wake(at: end)
        let reason = "rule '\(match.rule)' would match without conversation \(input.unheard.joined(separator: ", "))"
        look.guarded("unheard", match.rule, "\(reason), which is read again: nothing is done before \(end)")
        return true
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
            let match = input.matchAlone(rule, input.facts), match.status == status
        else { return nil }
        // A rule that names none as its own may rest on any of them, or on none.
        let ids = match.conversationID.map { [$0] } ?? (input.restsOnConversations(rule) ? input.unheard : [])
        guard let id = ids.first, input.unheard.contains(id), let end = input.endOfPatience(with: ids), input.now < end
        else { return nil }
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

extension EpisodeInput {
    /// So long may the answer take when a conversation is read again.
    private static let newsGrace = Duration.seconds(300)

    /// When it is over for the one of these conversations that was heard of last.
    fileprivate func endOfPatience(with ids: [String]) -> Timestamp? {
        guard let timeout = policy.conversationTimeout else { return nil }
        return ids.compactMap(facts.heardAt).max()?.advanced(by: timeout + Self.newsGrace)
    }

    /// The rule does not hold of an agent without conversations.
    fileprivate func restsOnConversations(_ rule: String) -> Bool {
        var alone = facts
        alone.conversations = []
        return matchAlone(rule, alone) == nil
    }
}

extension AgentFacts {
    /// When the relay last took news of a conversation, in whatever medium.
    fileprivate func heardAt(of conversationID: String) -> Timestamp? {
        conversations.lazy.filter { $0.id == conversationID }.compactMap(\.heardAt).max()
    }
}
