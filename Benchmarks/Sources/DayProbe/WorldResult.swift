// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Probing

/// One line of the table.
struct WorldResult {
    var name: String
    var agents: Int
    var limit: Int
    var events: Int
    /// Presences that were wanted of Genesys, once or more often.
    var wishes: Int
    var ledger: Ledger
    /// By kind.
    var calls: [(name: String, count: Int)]
    var refused: Int
    /// `nil` = it does not apply.
    var shareAtLimit: Double?
    var remark = ""

    /// Fields separated by tabs: name, agents, limit, events, wishes, statuses, changes, calls, calls by kind, refused,
    /// calls per change, share at the limit, p50 s, p99 s, never set, never put back, wrong share, remark.
    var line: String {
        let sorted = ledger.delays.sorted()
        func seconds(_ share: Double) -> String {
            sorted.percentile(share).map { String(format: "%.3f", Double($0) / 1000) } ?? "-"
        }
        let total = calls.reduce(0) { $0 + $1.count }
        let kinds = calls.filter { $0.count > 0 }.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
        let wrong = Double(ledger.wrongMilliseconds) / Double(max(1, ledger.shiftMilliseconds))
        let fields = [
            name, "\(agents)", "\(limit)", "\(events)", "\(wishes)", "\(ledger.statuses)", "\(sorted.count)",
            "\(total)",
            kinds, "\(refused)", String(format: "%.3f", Double(total) / Double(max(1, sorted.count))),
            shareAtLimit.map { String(format: "%.4f", $0) } ?? "-", seconds(0.5), seconds(0.99), "\(ledger.neverSet)",
            "\(ledger.neverPutBack)", String(format: "%.5f", wrong), remark,
        ]
        return fields.joined(separator: "\t")
    }
}
