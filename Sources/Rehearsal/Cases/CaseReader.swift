// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import GenesysEvents
import Pipeline

/// Reads the cases of one file.
struct CaseReader {
    let path: String
    let engine: DecisionEngine
    let sources: CaseFile.Sources
    let diagnostics: Diagnostics

    /// The clock of a case that names none.
    private static let defaultStart = Timestamp("2026-03-02T09:00:00Z")

    func cases(_ node: ConfigurationNode?) -> [RuleCase] {
        guard let node else { return [] }
        guard case .sequence(let elements) = node.content else {
            diagnostics.error(at: node.location, "cases: expected a list of cases, found \(node.kind)")
            return []
        }
        if elements.isEmpty { diagnostics.error(at: node.location, "cases: there is none") }
        var first: [String: SourceLocation] = [:]
        return elements.enumerated().compactMap { index, element in
            guard let read = ruleCase(element, "cases[\(index)]") else { return nil }
            if let other = first.updateValue(read.location, forKey: read.name) {
                diagnostics.error(
                    at: read.location,
                    "the case name '\(read.name)' is already used in line \(other.line)"
                )
            }
            return read
        }
    }

    private func ruleCase(_ node: ConfigurationNode, _ name: String) -> RuleCase? {
        let reader = MappingReader(
            node,
            path: name,
            keys: ["name", "agent", "given", "at", "steps"],
            diagnostics: diagnostics
        )
        guard let reader, reader.require("name"), reader.require("steps") else { return nil }
        let agent = reader.mapping("agent", keys: ["id", "name"] + CaseDirectory.memberKeys)
        let given = reader.node("given").map { GivenFacts.parse($0, path: "given", diagnostics: diagnostics) }
        let start = reader.node("at").flatMap { time($0, "at") } ?? Self.defaultStart
        var agentID = agent?.text("id")
        var steps: [CaseStep] = []
        for (index, element) in (reader.node("steps")?.elements ?? []).enumerated() {
            guard let step = step(element, number: index + 1, agentID: agentID) else { continue }
            agentID = agentID ?? step.events.lazy.compactMap(\.agentID).first
            steps.append(step)
        }
        if steps.isEmpty, let node = reader.node("steps") {
            diagnostics.error(
                at: node.location,
                "steps: expected a list of steps, such as [ { expect: { status: Break } } ]"
            )
        }
        guard let title = reader.text("name"), let start else { return nil }
        return RuleCase(
            name: title,
            location: node.location,
            agentID: agentID ?? RuleCase.defaultAgentID,
            agentName: agent?.text("name"),
            memberships: CaseDirectory.memberKeys.flatMap { agent?.texts($0) ?? [] },
            given: given ?? GivenFacts(),
            start: start,
            steps: steps
        )
    }

    private func step(_ node: ConfigurationNode, number: Int, agentID: String?) -> CaseStep? {
        let keys = ["after", "at", "event", "change", "expect"]
        guard let reader = MappingReader(node, path: "", keys: keys, diagnostics: diagnostics) else { return nil }
        var moment = CaseStep.Time.free
        if let after = reader.duration("after", in: .zero...(.seconds(3660 * 86_400))) { moment = .after(after) }
        if let node = reader.node("at"), let time = time(node, "at") {
            if let entry = reader.entry("after") {
                diagnostics.error(at: entry.keyLocation, "'after' and 'at' say the same; write one of them")
            }
            moment = .at(time)
        }
        let events = (reader.node("event")?.elements ?? []).flatMap {
            CaseEventReader(path: path, agentID: agentID, sources: sources, diagnostics: diagnostics).events($0)
        }
        return CaseStep(
            number: number,
            location: node.location,
            time: moment,
            change: reader.node("change").map { GivenFacts.parse($0, path: "change", diagnostics: diagnostics) },
            events: events,
            expectation: reader.node("expect").flatMap {
                CaseExpectation.parse($0, rules: engine.rules, diagnostics: diagnostics)
            }
        )
    }

    private func time(_ node: ConfigurationNode, _ name: String) -> Timestamp? {
        guard let text = node.text(name, diagnostics: diagnostics) else { return nil }
        guard let time = Timestamp(text) else {
            diagnostics.error(at: node.location, "\(name): '\(text)' is no time; write it as 2026-03-02T09:00:00Z")
            return nil
        }
        return time
    }
}
