// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
public import StatusRules

extension DecisionEngine {
    /// What every rule makes of an agent, with the first condition that fails: after a step, for people. Decides nothing.
    public func evaluation(of record: AgentRecord, now: Timestamp) -> Evaluation {
        rules.evaluate(record.facts, context(of: record, changedAt: nil, now: now), tracing: true)
    }

    /// What one rule makes of an agent; `nil` = there is no such rule.
    public func trace(ofRule name: String, _ record: AgentRecord, now: Timestamp) -> RuleTrace? {
        rules.trace(ofRule: name, record.facts, context(of: record, changedAt: nil, now: now))
    }

    /// Without a trace where nobody keeps it.
    func evaluation(of record: AgentRecord, changedAt: Timestamp?, now: Timestamp) -> Evaluation {
        rules.evaluate(record.facts, context(of: record, changedAt: changedAt, now: now), tracing: keepsDetails)
    }
}
