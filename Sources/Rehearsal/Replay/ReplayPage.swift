// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents

/// A result as one HTML page that needs nothing else: style, script and data are in it, and its own policy forbids it to
/// load anything.
public struct ReplayPage {
    private let result: ReplayResult

    /// Of a result.
    public init(_ result: ReplayResult) { self.result = result }

    /// The whole page, UTF-8.
    public var html: String {
        let page = String(decoding: PackageResources.replay_html, as: UTF8.self)
        let style = String(decoding: PackageResources.replay_css, as: UTF8.self)
        let script = String(decoding: PackageResources.replay_js, as: UTF8.self)
        // The data last: nothing in it is looked at for a place to put something.
        return page.replacingOccurrences(of: "/*STYLE*/", with: style)
            .replacingOccurrences(of: "/*SCRIPT*/", with: script)
            .replacingOccurrences(of: "/*DATA*/", with: data)
    }

    /// JSON that may stand in a script element: no `<` begins an element's end or a comment in it.
    private var data: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // Strings and numbers always encode.
        let bytes = (try? encoder.encode(Data(result))) ?? Foundation.Data("{}".utf8)
        return String(decoding: bytes, as: UTF8.self)
            .replacingOccurrences(of: "<", with: "\\u003c")
            .replacingOccurrences(of: "\u{2028}", with: "\\u2028")
            .replacingOccurrences(of: "\u{2029}", with: "\\u2029")
    }

    /// Names once, and numbers instead of them: a month of a thousand agents has hundreds of thousands of spans.
    private struct Data: Encodable {
        struct Agent: Encodable {
            var id: String
            var name: String?
            /// Each from, to (milliseconds after the beginning), status, rule.
            var old: [[Int64]]
            var new: [[Int64]]?
            /// Each from, to, old status, old rule, new status, new rule (-1 = none), reason.
            var differences: [[Int64]]?
        }

        var from: Int64
        var to: Int64
        var rules: ReplayedRules
        var newRules: ReplayedRules?
        var counts: ReplayCounts
        var agentCount: Int
        var texts: [String]
        var agents: [Agent]

        init(_ result: ReplayResult) {
            var texts: [String] = []
            var numbers: [String: Int64] = [:]
            func number(_ text: String?) -> Int64 {
                guard let text else { return -1 }
                if let number = numbers[text] { return number }
                let number = Int64(texts.count)
                numbers[text] = number
                texts.append(text)
                return number
            }
            let start = result.from.milliseconds
            func spans(_ spans: [TimelineSpan]) -> [[Int64]] {
                spans.map {
                    [
                        $0.from.milliseconds - start, $0.to.milliseconds - start, number($0.wanted.status),
                        number($0.wanted.rule),
                    ]
                }
            }
            agents = result.agents.map { agent in
                Agent(
                    id: agent.id,
                    name: agent.name,
                    old: spans(agent.old),
                    new: result.new == nil ? nil : spans(agent.new),
                    differences: result.new == nil
                        ? nil
                        : agent.differences.map {
                            [
                                $0.from.milliseconds - start, $0.to.milliseconds - start, number($0.old.status),
                                number($0.old.rule), number($0.new.status), number($0.new.rule), number($0.reason),
                            ]
                        }
                )
            }
            from = start
            to = result.to.milliseconds
            rules = result.old
            newRules = result.new
            counts = result.counts
            agentCount = result.agentCount
            self.texts = texts
        }
    }
}
