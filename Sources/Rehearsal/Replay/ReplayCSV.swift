// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension ReplayResult {
    /// One table (RFC 4180): a row for each time in which both files want the same as before; times in which neither wants
    /// anything are left out.
    ///
    /// Texts that a spreadsheet would take for a formula begin with an apostrophe.
    public var csv: String {
        let plain = ["agent", "name", "from", "to", "minutes", "status", "rule"]
        let columns = new == nil ? plain : plain + ["new_status", "new_rule", "differs", "reason"]
        var text = columns.joined(separator: ",") + "\r\n"
        for agent in agents {
            for row in rows(of: agent) {
                var cells = [
                    agent.id.cell, (agent.name ?? "").cell, row.from.description, row.to.description, row.minutes,
                    (row.old.status ?? "").cell, (row.old.rule ?? "").cell,
                ]
                if new != nil {
                    cells += [
                        (row.new.status ?? "").cell, (row.new.rule ?? "").cell,
                        row.old.status == row.new.status ? "no" : "yes", row.reason.cell,
                    ]
                }
                text += cells.joined(separator: ",") + "\r\n"
            }
        }
        return text
    }

    private struct Row {
        var from: Timestamp
        var to: Timestamp
        var old: WantedStatus
        var new: WantedStatus
        var reason = ""

        var minutes: String {
            let milliseconds = to.milliseconds - from.milliseconds
            let thousandths = (milliseconds * 1000 + 30_000) / 60_000
            let digits = String(thousandths % 1000)
            return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
        }
    }

    private func rows(of agent: ReplayedAgent) -> [Row] {
        guard new != nil else {
            return agent.old.map { Row(from: $0.from, to: $0.to, old: $0.wanted, new: .none) }
        }
        let moments = Set((agent.old + agent.new).flatMap { [$0.from, $0.to] }).sorted()
        var (old, new, differences) = (agent.old[...], agent.new[...], agent.differences[...])
        return zip(moments, moments.dropFirst()).compactMap { from, to in
            let row = Row(
                from: from,
                to: to,
                old: old.wanted(from: from),
                new: new.wanted(from: from),
                reason: differences.reason(from: from)
            )
            return row.old == .none && row.new == .none ? nil : row
        }
    }
}

extension ArraySlice<TimelineSpan> {
    /// What is wanted from a moment on; drops what ends before it.
    fileprivate mutating func wanted(from time: Timestamp) -> WantedStatus {
        while let first, first.to <= time { removeFirst() }
        guard let first, first.from <= time else { return .none }
        return first.wanted
    }
}

extension ArraySlice<ReplayDifference> {
    fileprivate mutating func reason(from time: Timestamp) -> String {
        while let first, first.to <= time { removeFirst() }
        guard let first, first.from <= time else { return "" }
        return first.reason
    }
}

extension String {
    fileprivate var cell: String {
        var text = self
        switch text.utf8.first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0d: text = "'" + text
        default: break
        }
        // Byte by byte: the table of a week has a million cells.
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0a || byte == 0x0d
        }
        guard needsQuotes else { return text }
        let hasQuotes = text.utf8.contains(UInt8(ascii: "\""))
        return "\"" + (hasQuotes ? text.replacing("\"", with: "\"\"") : text) + "\""
    }
}
