// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// All series of one name: `# HELP`, `# TYPE`, then a sample line per series or bucket.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    let name: String
    let kind: Kind
    let help: String
    /// By rendered labels, `a="1",b="2"`.
    var series: [String: any MetricSeries] = [:]

    init(name: String, kind: Kind, help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    func write(to text: inout String) {
        text += "# HELP \(name) \(PrometheusText.escapedHelp(help))\n# TYPE \(name) \(kind.rawValue)\n"
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) {
            series.write(name: name, labels: labels, to: &text)
        }
    }
}

/// One series: a handler of swift-metrics that can show its value.
protocol MetricSeries: AnyObject, Sendable {
    /// Appends its sample lines.
    func write(name: String, labels: String, to text: inout String)
}
