// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension ReplayResult {
    /// For people, line by line: what it is about, minutes by status, differences, timelines.
    public var lines: [String] {
        var lines = ["\(from) – \(to)", "rules  \(old.text)"]
        if let new { lines.append("new    \(new.text)") }
        lines.append(counts.text + ", \(agentCount) agents, of \(agents.count) of whom a status is wanted")
        lines += minutesTable
        if new != nil { lines += differenceLines }
        for agent in agents { lines += timeline(of: agent) }
        return lines
    }

    private var minutesTable: [String] {
        let (before, after) = (oldMinutes, newMinutes)
        let names = Set(before.keys).union(after.keys).sorted()
        guard !names.isEmpty else { return ["", "no status was ever wanted"] }
        let width = max(6, names.map(\.count).max() ?? 0)
        var head = "MINUTES".padded(to: width) + "RULES".paddedLeft(to: 12)
        if new != nil { head += "NEW".paddedLeft(to: 12) + "CHANGE".paddedLeft(to: 12) }
        var rows = [""] + [head]
        for name in names {
            let (one, other) = (before[name] ?? 0, after[name] ?? 0)
            var row = name.padded(to: width) + one.tenths.paddedLeft(to: 12)
            if new != nil {
                let change = other - one
                row += other.tenths.paddedLeft(to: 12) + ((change > 0 ? "+" : "") + change.tenths).paddedLeft(to: 12)
            }
            rows.append(row)
        }
        return rows
    }

    private var differenceLines: [String] {
        var lines = ["", "DIFFERENCES  \(differenceCount)"]
        for agent in agents where !agent.differences.isEmpty {
            lines.append("agent \(agent.title)")
            for one in agent.differences {
                lines.append(
                    "  \(one.from) – \(one.to)  \(one.minutes.length)  \(one.old.text) → \(one.new.text)  \(one.reason)"
                )
            }
        }
        return lines
    }

    private func timeline(of agent: ReplayedAgent) -> [String] {
        var lines = ["", "agent \(agent.title)"]
        for (name, spans) in [("rules", agent.old), ("new", agent.new)] where new != nil || name == "rules" {
            let minutes = Self.minutes(spans).sorted { $0.key < $1.key }
            let sums = minutes.map { "\($0.key) \($0.value.length)" }.joined(separator: ", ")
            lines.append("  \(name): \(sums.isEmpty ? "nothing" : sums)")
            lines += spans.map { "    \($0.from) – \($0.to)  \($0.wanted.text)" }
        }
        return lines
    }
}

extension ReplayedRules {
    var text: String { "\(file) (version \(version), \(rules) \(rules == 1 ? "rule" : "rules"))" }
}

extension ReplayCounts {
    var text: String {
        "\(events) events (\(ownChanges) of the relay's own changes, \(unused) not used, \(undecodable) not decodable)"
    }
}

extension WantedStatus {
    /// `Break (flagged)`, or `none`.
    var text: String {
        guard let status else { return "none" }
        return rule.map { "\(status) (\($0))" } ?? status
    }
}

extension Double {
    /// Minutes for people: `12 s`, `3.5 min`.
    var length: String { self < 2 ? "\(Int((self * 60).rounded())) s" : "\(tenths) min" }

    /// With one digit behind the point.
    var tenths: String {
        let rounded = (self * 10).rounded()
        let whole = Int(rounded.magnitude)
        return "\(rounded < 0 ? "-" : "")\(whole / 10).\(whole % 10)"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width + 2 - count))
    }

    fileprivate func paddedLeft(to width: Int) -> String {
        String(repeating: " ", count: Swift.max(1, width - count)) + self
    }
}
