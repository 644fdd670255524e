// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState

/// A condition on the whole agent.
indirect enum RuleCondition: Sendable {
    /// There is a live conversation that passes all tests.
    case conversation(ConversationCondition)
    case fact(AgentField, FactTest)
    /// Not all of these hold.
    case not([RuleCondition])

    func holds(for facts: AgentFacts) -> Bool {
        switch self {
        case .conversation(let condition):
            facts.conversations.contains { condition.considers($0) && condition.holds(for: $0) }
        case .fact(let field, let test):
            test.holds(for: field.value(in: facts))
        case .not(let conditions):
            !conditions.allSatisfy { $0.holds(for: facts) }
        }
    }
}

/// What one and the same live conversation must be.
///
/// A conversation is live until the agent's communication in it has ended and its after-call work is done. One that has
/// ended, with after-call work pending, is only considered when the condition itself names `state` or `afterCallWork`:
/// "flagged while on a call" must not go on during the wrap-up, unless the rule says so.
struct ConversationCondition: Sendable {
    let tests: [ConversationTest]
    /// Conversations in after-call work are considered.
    let includesAfterCallWork: Bool

    init(tests: [ConversationTest]) {
        self.tests = tests
        includesAfterCallWork = tests.contains { $0.names(.state) || $0.names(.afterCallWork) }
    }

    func considers(_ conversation: ConversationFacts) -> Bool {
        includesAfterCallWork ? conversation.isLive : !conversation.isEnded
    }

    func holds(for conversation: ConversationFacts) -> Bool {
        tests.allSatisfy { $0.holds(for: conversation) }
    }
}

/// One test of a conversation.
indirect enum ConversationTest: Sendable {
    case fact(ConversationField, FactTest)
    /// Not all of these hold.
    case not([ConversationTest])

    func holds(for conversation: ConversationFacts) -> Bool {
        switch self {
        case .fact(let field, let test): test.holds(for: field.value(in: conversation))
        case .not(let tests): !tests.allSatisfy { $0.holds(for: conversation) }
        }
    }

    func names(_ field: ConversationField) -> Bool {
        switch self {
        case .fact(let named, _): named == field
        case .not(let tests): tests.contains { $0.names(field) }
        }
    }
}
