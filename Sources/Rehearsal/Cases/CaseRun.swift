// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import Pipeline
import StatusRules

extension CaseFile {
    /// Runs every case, each from its own start.
    public func run() -> [CaseOutcome] { cases.map(run) }

    /// Runs one case of the file; it ends with its first step that is not as expected, since what follows means little.
    public func run(_ ruleCase: RuleCase) -> CaseOutcome {
        var run = CaseRun(ruleCase, engine: engine(for: ruleCase))
        var outcome = CaseOutcome(file: path, name: ruleCase.name, location: ruleCase.location)
        run.begin()
        for step in ruleCase.steps {
            let result = run.take(step)
            guard result.mismatches.isEmpty else {
                outcome.failure = CaseOutcome.Failure(
                    step: step.number,
                    location: step.location,
                    at: result.at,
                    mismatches: result.mismatches,
                    explanation: result.steps.map { ExplainedStep($0) }
                )
                break
            }
        }
        return outcome
    }

    private func engine(for ruleCase: RuleCase) -> DecisionEngine {
        var engine = engine
        engine.rules = engine.rules.resolved(
            with: directory.snapshot(
                for: engine.rules,
                agentID: ruleCase.agentID,
                memberships: ruleCase.memberships
            )
        )
        return engine
    }
}

/// One case under way.
private struct CaseRun {
    private let ruleCase: RuleCase
    private let targets: CaseNames
    private let rehearsal: Rehearsal
    /// What the start has led to: it belongs to the first step, unless that makes something happen itself.
    private var begun: [RehearsalStep] = []

    struct Result {
        var at: Timestamp
        var steps: [RehearsalStep]
        var mismatches: [CaseOutcome.Mismatch]
    }

    init(_ ruleCase: RuleCase, engine: DecisionEngine) {
        self.ruleCase = ruleCase
        targets = CaseNames(targets: engine.targets)
        rehearsal = Rehearsal(engine: engine, from: ruleCase.start)
    }

    mutating func begin() {
        let (given, name, start) = (ruleCase.given, ruleCase.agentName, ruleCase.start)
        var steps: [RehearsalStep] = []
        rehearsal.change(
            ruleCase.agentID,
            key: "start",
            { record in
                record.facts.name = name
                given.apply(to: &record.facts, now: start)
            },
            { steps.append($0) }
        )
        begun = steps
    }

    mutating func take(_ step: CaseStep) -> Result {
        var steps = step.isBare ? begun : []
        begun = []
        let agentID = ruleCase.agentID
        func note(_ step: RehearsalStep) { if step.agentID == agentID { steps.append(step) } }
        let time: Timestamp? =
            switch step.time {
            case .free: nil
            case .after(let duration): rehearsal.clock.advanced(by: duration)
            case .at(let time): time
            }
        if let time { rehearsal.advance(to: time, note) }
        if let change = step.change {
            let now = rehearsal.clock
            rehearsal.change(agentID, key: "step \(step.number)", { change.apply(to: &$0.facts, now: now) }, note)
        }
        var isAboutOthers = !step.events.isEmpty
        for var event in step.events {
            event.at = time ?? max(event.at, rehearsal.clock)
            let before = steps.count
            rehearsal.take(event, note)
            if steps.count > before || event.agentID == agentID || event.agentID == nil { isAboutOthers = false }
        }
        var mismatches: [CaseOutcome.Mismatch] = []
        if isAboutOthers, let other = step.events.first?.agentID {
            mismatches.append(
                CaseOutcome.Mismatch(
                    key: "event",
                    expected: "an event about agent \(agentID)",
                    actual: "one about \(other)"
                )
            )
        }
        // A record is there: the case has begun with a change of it.
        if let expectation = step.expectation, let record = rehearsal.record(of: agentID) {
            let seen = CaseObservation(
                steps: steps,
                record: record,
                evaluation: rehearsal.engine.evaluation(of: record, now: rehearsal.clock),
                now: rehearsal.clock,
                names: targets
            )
            mismatches += expectation.mismatches(seen)
        }
        return Result(at: rehearsal.clock, steps: steps, mismatches: mismatches)
    }
}
