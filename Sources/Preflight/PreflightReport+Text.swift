// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension PreflightReport {
    /// A table of all checks, then what to do, worst first.
    public var text: String {
        let headings = ["CHECK", "RESULT", "SEEN"]
        let rows = [headings] + checks.map { [$0.name, $0.result.rawValue, $0.seen] }
        // The last column is as long as it is.
        let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
                + "  " + row[2]
        }
        let advice = toDo
        if !advice.isEmpty {
            lines += ["", "To do:"] + advice.enumerated().map { "  \($0.offset + 1). \($0.element)" }
        }
        lines += ["", summary]
        return lines.joined(separator: "\n")
    }

    /// Each piece of advice once, that of failed checks first, with the checks it is for.
    private var toDo: [String] {
        var order: [String] = []
        var names: [String: [String]] = [:]
        for result in [Result.fail, .warn, .pass, .skipped] {
            for check in checks where check.result == result && !check.advice.isEmpty {
                if names[check.advice] == nil { order.append(check.advice) }
                names[check.advice, default: []].append(check.name)
            }
        }
        return order.map { "\($0) [\((names[$0] ?? []).joined(separator: ", "))]" }
    }

    /// `fail: 1 failed, 2 warnings, 9 passed, 3 skipped`
    public var summary: String {
        func count(_ result: Result) -> Int { checks.count { $0.result == result } }
        return "\(result.rawValue): \(count(.fail)) failed, \(count(.warn)) warnings, \(count(.pass)) passed, "
            + "\(count(.skipped)) skipped"
    }
}
