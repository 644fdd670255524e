// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax
import Delivery
import GenesysEvents
import Pipeline
import StatusRules

/// What a step of a case has led to, as expectations look at it.
struct CaseObservation {
    var steps: [RehearsalStep]
    /// After the step.
    var record: AgentRecord
    var evaluation: Evaluation
    var now: Timestamp
    var names: CaseNames

    var calls: [String] { steps.flatMap(\.writes).map { names.name(of: $0.target) } }
    var guards: [String] { steps.flatMap(\.guards) }
    var decisions: [String] { steps.flatMap(\.decisions) }
    var errands: [ExplainedErrand] { steps.flatMap(\.errands).map(ExplainedErrand.init) }

    /// How an episode has ended: `keep`, or the presence that was put back; `nil` = none has.
    var release: (text: String, target: PresenceTarget?)? {
        var release: (text: String, target: PresenceTarget?)?
        for step in steps {
            if let restored = step.writes.last(where: { $0.purpose == .restore })?.target {
                release = (names.name(of: restored), restored)
            } else if step.before != nil, step.status == nil {
                release = ("keep", nil)
            }
        }
        return release
    }
}

/// How presences are called in a case: by the names of statuses, labels, or system presences.
struct CaseNames {
    var targets: [String: PresenceTarget]

    func name(of target: PresenceTarget) -> String {
        let statuses = targets.filter { $0.value.definitionID == target.definitionID }.keys
        return statuses.min() ?? target.description
    }

    /// A text names a presence in any of these ways.
    func names(_ text: String, _ target: PresenceTarget) -> Bool {
        if let named = targets[text] { return named.definitionID == target.definitionID }
        return [target.label, target.system?.name, target.definitionID].contains {
            $0.map { text.isSameWord(as: $0) } ?? false
        }
    }

    func names(_ text: String, _ presence: PresenceFacts?) -> Bool {
        guard let presence else { return text == "none" }
        var target = PresenceTarget(definitionID: presence.definitionID ?? "", system: presence.system)
        target.label = targets.values.first { $0.definitionID == presence.definitionID }?.label
        return names(text, target)
    }
}

extension String {
    /// Without regard to case, spaces, `_` and `-`.
    func isSameWord(as other: String) -> Bool { folded == other.folded }

    /// Part of another text, in the same sense.
    func isPart(of other: String) -> Bool { other.folded.contains(folded) }

    private var folded: String { lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" } }
}

extension CaseExpectation {
    /// What is not as expected.
    func mismatches(_ seen: CaseObservation) -> [CaseOutcome.Mismatch] {
        var all: [CaseOutcome.Mismatch] = []
        func look(_ key: String, _ expected: String?, _ actual: String, _ isMet: Bool) {
            guard let expected, !isMet else { return }
            all.append(CaseOutcome.Mismatch(key: key, expected: expected, actual: actual))
        }
        let episode = seen.record.episode
        if let status { look("status", status ?? "none", episode?.status ?? "none", status == episode?.status) }
        if let rule { look("rule", rule ?? "none", episode?.rule ?? "none", rule == episode?.rule) }
        if let waiting {
            let actual = seen.record.episodes.armed?.waiting.kind.timing ?? .now
            look("waiting", waiting.expected, actual.expected, waiting == actual)
        }
        if let presence {
            let facts = seen.record.facts.presence
            let actual = facts.flatMap { $0.system?.name ?? $0.definitionID } ?? "none"
            look("presence", presence, actual, seen.names.names(presence, facts))
        }
        if let calls {
            let targets = seen.steps.flatMap(\.writes).map(\.target)
            let isMet = calls.count == targets.count && zip(calls, targets).allSatisfy { seen.names.names($0, $1) }
            look("calls", calls.listed, seen.calls.listed, isMet)
        }
        if let release {
            let actual = seen.release
            let isMet = actual?.target.map { seen.names.names(release, $0) } ?? (release == actual?.text ?? "none")
            look("release", release, actual?.text ?? "none", isMet)
        }
        if let errands {
            let isMet = errands.count == seen.errands.count && zip(errands, seen.errands).allSatisfy { $0.matches($1) }
            look("errands", errands.map(\.text).listed, seen.errands.map(\.text).listed, isMet)
        }
        if let guards {
            let isMet = guards.allSatisfy { text in seen.guards.contains { text.isPart(of: $0) } }
            look(
                "guard",
                guards.isEmpty ? "none" : guards.listed,
                seen.guards.listed,
                guards.isEmpty ? seen.guards.isEmpty : isMet
            )
        }
        if let decision {
            look("decision", decision, seen.decisions.listed, seen.decisions.contains { decision.isPart(of: $0) })
        }
        if let matches {
            let matching = seen.evaluation.trace.filter(\.matched).map(\.rule)
            look("matches", matches.listed, matching.listed, matches.allSatisfy(matching.contains))
        }
        for (rule, text) in fails {
            let trace = seen.evaluation.trace.first { $0.rule == rule }
            let actual = trace?.matched == true ? "it matches" : trace?.failure ?? "it does not match"
            look("fails: \(rule)", text, actual, trace?.matched == false && text.isPart(of: actual))
        }
        if let shadows {
            let actual = seen.evaluation.shadows.map { "\($0.rule): \($0.status)" }
            let expected = shadows.map { "\($0.key): \($0.value)" }.sorted()
            look("shadows", expected.listed, actual.listed, Set(expected) == Set(actual))
        }
        if let reads {
            let actual = seen.steps.flatMap(\.conversationReads)
            look("reads", reads.listed, actual.listed, Set(reads) == Set(actual))
        }
        if let wake {
            let actual = seen.record.wakeAt.map { Wake.within($0.timeIntervalSince(seen.now)) } ?? .never
            look("wakesIn", wake.text, actual.text, wake == actual)
        }
        return all
    }
}

extension Waiting.Kind {
    /// As rules write it.
    var timing: ApplyTiming {
        switch self {
        case .interaction: .afterInteraction
        case .afterCallWork: .afterCallWork
        }
    }
}

extension ApplyTiming {
    /// Nothing waits for now.
    fileprivate var expected: String { self == .now ? "none" : rawValue }
}

extension CaseExpectation.Wake {
    fileprivate var text: String {
        switch self {
        case .never: "none"
        case .within(let duration): DurationSyntax.format(duration)
        }
    }
}

extension CaseExpectation.ErrandPattern {
    fileprivate func matches(_ errand: ExplainedErrand) -> Bool {
        guard kind == errand.kind else { return false }
        let known = errand.values
        return values.allSatisfy { known[$0.key] == $0.value }
    }

    fileprivate var text: String { values.isEmpty ? kind : "\(kind) { \(values.written) }" }
}

extension ExplainedErrand {
    /// What can be expected of it, by name.
    fileprivate var values: [String: String] {
        var values = attributes ?? data ?? [:]
        values["to"] = endpoint ?? values["to"]
        values["minutes"] = minutes.map { "\($0)" } ?? values["minutes"]
        values["status"] = status ?? values["status"]
        values["notes"] = notes ?? values["notes"]
        values["conversationId"] = conversationId ?? values["conversationId"]
        return values
    }

    fileprivate var text: String {
        let shown = values.filter { $0.key != "conversationId" }
        return shown.isEmpty ? kind : "\(kind) { \(shown.written) }"
    }
}

extension [String: String] {
    fileprivate var written: String {
        sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }
}

extension [String] {
    fileprivate var listed: String { isEmpty ? "none" : joined(separator: ", ") }
}
