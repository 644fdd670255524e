// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import GenesysEvents

/// A status that is wanted and waits for the end of an interaction.
///
/// That its rule lets go because the very conversation has ended takes nothing back; anything else does.
public struct ArmedWish: Codable, Sendable, Equatable {
    /// The rule that wants it.
    public var rule: String
    /// Name of the configured status.
    public var status: String
    /// The conversation that made the rule match, when it asks for one.
    public var conversationID: String?
    /// How the rule lets the status come and go.
    public var behavior: RuleBehavior
    /// The rule's place in the file.
    public var order: Int
    /// When it was decided.
    public var since: Timestamp
    /// De-duplication key of the event that made the rule match.
    public var eventKey: String
    /// What is waited for, as it was seen last.
    public var waiting: Waiting
    /// What the agent has chosen: a later choice takes the wish back. `nil` = not known yet.
    var base: PresenceBase?
    /// The conversations by which the rule has matched, as they were then.
    var conversations: [ConversationFacts] = []

    init(_ match: RuleMatch, _ waiting: Waiting, _ input: EpisodeInput) {
        rule = match.rule
        status = match.status
        conversationID = match.conversationID
        behavior = match.behavior
        order = match.order
        since = input.now
        eventKey = input.trigger.eventKey
        self.waiting = waiting
        base = input.facts.presence.map(PresenceBase.init)
    }

    /// The same wish, whatever conversation it comes from by now.
    func isFor(_ match: RuleMatch) -> Bool { rule == match.rule && status == match.status }

    /// Takes what may have changed while the wish goes on.
    mutating func go(on match: RuleMatch, _ waiting: Waiting) {
        conversationID = match.conversationID
        behavior = match.behavior
        order = match.order
        self.waiting = waiting
    }

    /// Takes the facts by which the rule itself matches, so that they can be put back.
    mutating func remember(_ match: RuleMatch, _ input: EpisodeInput) {
        guard let id = match.conversationID else {
            // By which it matches is not known: by none, where its conditions name none.
            conversations = input.facts.conversations.filter(\.isLive)
            return
        }
        conversations.removeAll { $0.id == id }
        conversations += input.facts.conversations.filter { $0.id == id && $0.isLive }
    }

    /// What the rule would say had no conversation by which it has matched ended; `nil` when none has, or when it would
    /// not match all the same: a flag has been taken back. Attributes count as they are now.
    func matchHadNothingEnded(_ input: EpisodeInput) -> RuleMatch? {
        var facts = input.facts
        var hasEnded = false
        for known in conversations {
            let place = facts.conversations.firstIndex { $0.id == known.id && $0.media == known.media }
            guard let place else {
                // Forgotten meanwhile, which only happens to those that have ended.
                facts.conversations.append(known)
                hasEnded = true
                continue
            }
            let now = facts.conversations[place]
            guard now.fields.isOver(since: known) else { continue }
            var before = known
            before.attributes = now.attributes
            before.customerAttributes = now.customerAttributes
            facts.conversations[place] = before
            hasEnded = true
        }
        return hasEnded ? input.matchAlone(rule, facts) : nil
    }
}

extension ConversationFacts.Fields {
    /// The agent's part in it has ended, or its after-call work, since it was like that.
    fileprivate func isOver(since known: ConversationFacts) -> Bool {
        if participantID != known.participantID { return !isInteraction }
        return (isEnded && !known.isEnded) || (!isLive && known.isLive)
    }
}
