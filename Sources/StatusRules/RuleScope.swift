// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents

/// What conditions look at while one agent is evaluated, and what they find out on the way.
struct RuleScope {
    let names: ResolvedNames
    /// Those of the agent that are live, in the order of the facts: no condition looks at others.
    private(set) var conversations: [ConversationView] = []
    let now: Timestamp
    /// Since when what is new has been true.
    let changedAt: Timestamp
    /// Conditions with `for:` count as held long enough.
    let ignoresHolds: Bool
    /// Since when conditions with `for:` held at the last evaluation.
    private let known: HoldTimes
    /// Since when they hold now.
    private(set) var holds = HoldTimes()
    /// The earliest time at which a condition that was looked at changes by itself.
    private(set) var wakeAt: Timestamp?
    /// Conversations that are not trusted.
    private(set) var unheard: [String] = []

    /// - Parameters:
    ///   - facts: borrowed, since an initializer would take a copy for its own.
    ///   - ignoringHolds: see `ignoresHolds`.
    init(
        _ facts: borrowing AgentFacts,
        _ context: EvaluationContext,
        names: ResolvedNames,
        fields: ConversationFields,
        ignoringHolds: Bool = false
    ) {
        self.names = names
        ignoresHolds = ignoringHolds
        now = context.now
        changedAt = context.changedAt
        known = context.holds
        for index in facts.conversations.indices where facts.conversations[index].isLive {
            let conversation = facts.conversations[index]
            let isTrusted = trusts(conversation, context.conversationTimeout)
            conversations.append(
                ConversationView(conversation, at: index, fields: fields, now: now, isTrusted: isTrusted)
            )
        }
    }

    /// For what is compared without an agent.
    static var ofNobody: RuleScope {
        RuleScope(
            AgentFacts(id: ""),
            EvaluationContext(now: Timestamp(milliseconds: 0)),
            names: ResolvedNames(),
            fields: ConversationFields()
        )
    }

    /// A condition that was looked at will be another one then.
    mutating func changes(at time: Timestamp) {
        if time > now, wakeAt.map({ time < $0 }) ?? true { wakeAt = time }
    }

    /// A condition with `for:` holds now, apart from its time.
    ///
    /// - Parameter began: since when, as Genesys says; `nil` = it does not say, so it began with what is new.
    mutating func keep(_ hold: Hold, _ conversation: String?, began: Timestamp?) {
        let since = known.since(hold.slot, conversation) ?? min(began ?? changedAt, changedAt)
        holds.holds.append(HoldTimes.Hold(slot: hold.slot, conversation: conversation, since: since))
    }

    /// How long a condition with `for:` has held; `nil` = it does not hold.
    func time(of hold: Hold, _ conversation: String?) -> Duration? {
        holds.since(hold.slot, conversation).map { max(now.timeIntervalSince($0), .zero) }
    }

    /// The condition has held for its time.
    mutating func isMet(_ hold: Hold, _ conversation: String?) -> Bool {
        if ignoresHolds { return true }
        guard let since = holds.since(hold.slot, conversation) else { return false }
        let due = since.advanced(by: hold.duration)
        changes(at: due)
        return due <= now
    }

    /// The value of a field of one of the conversations.
    mutating func value(_ slot: Int, of conversation: ConversationView) -> FactValue {
        if let change = conversation.change(of: slot) { changes(at: change) }
        return conversation.value(slot)
    }

    /// Whether what is known of the conversation is new enough to go by; if not, it has to be read: whatever a rule makes
    /// of one that was silent for too long may be wrong, a "no" as well.
    private mutating func trusts(_ conversation: ConversationFacts, _ timeout: Duration?) -> Bool {
        guard let timeout, let heard = conversation.heardAt else { return true }
        let end = heard.advanced(by: timeout)
        guard end <= now else {
            changes(at: end)
            return true
        }
        let id = conversation.id
        if !unheard.contains(id) { unheard.append(id) }
        return false
    }
}

/// `for:` beside conditions: they must have held without a break for so long.
struct Hold: Sendable {
    /// Of the rule's name and the conditions: the same after a restart, and after other rules have changed.
    let slot: UInt64
    let duration: Duration
}

/// The names in rules with what the organisation makes of them.
struct ResolvedNames: Sendable {
    struct Name: Sendable {
        let reference: DirectoryReference
        /// `nil` = not resolved (yet): the text is then compared as if it were the id.
        var entry: DirectorySnapshot.Entry?

        var id: String { entry?.id ?? reference.text }
    }

    private(set) var names: [Name] = []

    subscript(index: Int) -> Name { names[index] }

    var references: [DirectoryReference] { names.map(\.reference) }

    /// The place of a reference, which is new or there already.
    mutating func add(_ reference: DirectoryReference) -> Int {
        names.append(Name(reference: reference, entry: nil))
        return names.count - 1
    }

    mutating func resolve(with directory: DirectorySnapshot) {
        for index in names.indices {
            names[index].entry = directory[names[index].reference.kind, names[index].reference.text]
        }
    }
}
