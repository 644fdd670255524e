// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import GenesysEvents

extension ScheduleWindow {
    /// Reads `schedule:`, one window or a list of them.
    static func parse(_ node: ConfigurationNode, path: String, diagnostics: Diagnostics) -> [ScheduleWindow]? {
        guard !node.elements.isEmpty else {
            diagnostics.error(
                at: node.location,
                "\(path): expected a window such as { days: Mon-Fri, from: \"09:00\", to: \"17:00\", timeZone: Europe/Berlin }"
            )
            return nil
        }
        let windows = node.elements.map { window($0, path, diagnostics) }
        return windows.contains { $0 == nil } ? nil : windows.compactMap(\.self)
    }

    private static func window(
        _ node: ConfigurationNode,
        _ path: String,
        _ diagnostics: Diagnostics
    ) -> ScheduleWindow? {
        let keys = ["days", "from", "to", "timeZone", "dates", "except"]
        let errorsBefore = diagnostics.errorCount
        guard let reader = MappingReader(node, path: path, keys: keys, diagnostics: diagnostics) else { return nil }
        var label: [String] = []
        let zone = zone(reader)
        let weekdays = weekdays(reader, &label)
        let minutes = minutes(reader, &label)
        let dates = ranges("dates", reader, &label)
        let except = ranges("except", reader, &label)
        if let text = reader.node("timeZone").map({ $0.provenance == .written ? reader.text("timeZone") ?? "" : "" }) {
            label.append(text)
        }
        guard diagnostics.errorCount == errorsBefore, let zone else { return nil }
        return ScheduleWindow(
            label: label.joined(separator: " "),
            zone: zone,
            weekdays: weekdays,
            minutes: minutes,
            dates: dates,
            except: except ?? []
        )
    }

    private static func zone(_ reader: MappingReader) -> ZoneOffsets? {
        guard reader.require("timeZone", "whose clocks are meant? Such as Europe/Berlin, or UTC"),
            let node = reader.node("timeZone"), let text = reader.text("timeZone"), node.provenance != .placeholder
        else { return nil }
        if let zone = ZoneOffsets(text) { return zone }
        let near =
            node.provenance == .written ? suggestion(for: text, among: ZoneOffsets.knownIdentifiers) : nil
        let clause = near.map { "; did you mean '\($0)'?" } ?? "; write an IANA name such as Europe/Berlin, or UTC"
        let shown = node.provenance == .written ? " '\(text)'" : ""
        reader.diagnostics.error(at: node.location, "\(reader.name("timeZone")): unknown time zone\(shown)\(clause)")
        return nil
    }

    // MARK: - Days

    private static func weekdays(_ reader: MappingReader, _ label: inout [String]) -> UInt8 {
        guard let node = reader.node("days") else { return 0x7f }
        var bits: UInt8 = 0
        for element in node.elements {
            guard let text = element.text(reader.name("days"), diagnostics: reader.diagnostics),
                element.provenance != .placeholder
            else { continue }
            let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map {
                weekday(String($0).trimmed)
            }
            guard let first = ends[0], let last = ends[ends.count - 1] else {
                reader.diagnostics.error(
                    at: element.location,
                    "\(reader.name("days")): expected a day such as Mon, or days such as Mon-Fri, found \(element.kind)"
                )
                continue
            }
            var day = first
            bits |= 1 << UInt8(day)
            while day != last {
                day = (day + 1) % 7
                bits |= 1 << UInt8(day)
            }
            if element.provenance == .written { label.append(text) }
        }
        if node.elements.isEmpty {
            reader.diagnostics.error(at: node.location, "\(reader.name("days")): the list is empty, so no day would do")
        }
        return bits
    }

    /// `Mon`, `monday`; Sunday is 0.
    private static func weekday(_ text: String) -> Int? {
        let full = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
        let text = text.lowercased()
        return full.firstIndex { $0 == text || $0.prefix(3) == text }
    }

    // MARK: - Time of day

    private static func minutes(_ reader: MappingReader, _ label: inout [String]) -> (from: Int, to: Int)? {
        guard reader.node("from") != nil || reader.node("to") != nil else { return nil }
        guard reader.require("from", "a window has both from and to"),
            reader.require("to", "a window has both from and to")
        else { return nil }
        guard let from = minute("from", reader), let to = minute("to", reader) else { return nil }
        if from == to || from == 1440 {
            reader.diagnostics.error(
                at: reader.node("to")?.location ?? reader.location,
                "\(reader.path): from and to leave nothing between them; leave both out for the whole day"
            )
        }
        label.append("\(clock(from))–\(clock(to))")
        return (from, to)
    }

    private static func clock(_ minute: Int) -> String {
        let (hours, rest) = minute.quotientAndRemainder(dividingBy: 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
    }

    /// `09:30`; `24:00` is the end of the day.
    private static func minute(_ key: String, _ reader: MappingReader) -> Int? {
        guard let node = reader.node(key), let text = reader.text(key), node.provenance != .placeholder else {
            return nil
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) }), parts[1].count == 2,
            let hour = Int(parts[0]), let minute = Int(parts[1]), 0...59 ~= minute,
            0...23 ~= hour || (hour, minute) == (24, 0)
        {
            return hour * 60 + minute
        }
        // Without quotes YAML 1.1 readers take 09:30 for a number to the base of 60.
        reader.diagnostics.error(
            at: node.location,
            "\(reader.name(key)): expected a time of day such as \"09:30\", found \(node.kind)"
        )
        return nil
    }

    // MARK: - Dates

    private static func ranges(_ key: String, _ reader: MappingReader, _ label: inout [String]) -> [DayRange]? {
        guard let node = reader.node(key) else { return nil }
        var ranges: [DayRange] = []
        for element in node.elements {
            guard let text = element.text(reader.name(key), diagnostics: reader.diagnostics),
                element.provenance != .placeholder
            else { continue }
            let ends = text.split(separator: "..", omittingEmptySubsequences: false).map { day(String($0).trimmed) }
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last else {
                reader.diagnostics.error(
                    at: element.location,
                    "\(reader.name(key)): expected a date such as 2026-12-24, or dates such as "
                        + "2026-12-24..2026-12-26, found \(element.kind)"
                )
                continue
            }
            ranges.append(first...last)
            if element.provenance == .written { label.append(key == "except" ? "not \(text)" : text) }
        }
        if node.elements.isEmpty, key == "dates" {
            reader.diagnostics.error(at: node.location, "\(reader.name(key)): the list is empty, so no day would do")
        }
        return ranges
    }

    /// Days since 1970-01-01.
    private static func day(_ text: String) -> Int? {
        guard text.utf8.count == 10, let midnight = Timestamp("\(text)T00:00:00Z") else { return nil }
        let milliseconds = midnight.milliseconds
        return Int(milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds - 86_399_999) / 86_400_000)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
