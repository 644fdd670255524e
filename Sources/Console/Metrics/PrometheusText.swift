// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The spelling rules of the Prometheus text format 0.0.4.
enum PrometheusText {
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`, though without colons, which belong to recording rules.
    static func metricName(_ label: String) -> String { name(label) }

    /// Rendered labels in order of name, `a="1",b="2"`; of labels that end up with one name the last one wins.
    static func labels(_ dimensions: [(String, String)]) -> String {
        var values: [String: String] = [:]
        for (key, value) in dimensions {
            var key = name(key)
            // Names with two underscores are Prometheus' own, and `le` is the histogram's.
            while key.hasPrefix("__") { key.removeFirst() }
            if key == "le" { key = "le_" }
            values[key] = value
        }
        return values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escapedLabelValue($0.value))\"" }
            .joined(separator: ",")
    }

    static func sample(_ name: String, _ labels: String, _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    /// As Go writes a float: whole numbers without a fraction, and the words for what is not a number.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return "\(value)"
    }

    static func escapedLabelValue(_ value: String) -> String {
        escaped(value) { $0 == "\"" ? "\\\"" : nil }
    }

    static func escapedHelp(_ help: String) -> String { escaped(help) { _ in nil } }

    /// A help text of last resort: `relay_events_total` becomes `relay events total.`
    static func help(for name: String) -> String {
        name.split(separator: "_").joined(separator: " ") + "."
    }

    private static func escaped(_ text: String, also: (Unicode.Scalar) -> String?) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            default: out += also(scalar) ?? String(scalar)
            }
        }
        return out
    }

    private static func name(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": out.unicodeScalars.append(scalar)
            case "0"..."9":
                if out.isEmpty { out = "_" }
                out.unicodeScalars.append(scalar)
            default: out += "_"
            }
        }
        return out.isEmpty ? "_" : out
    }
}
