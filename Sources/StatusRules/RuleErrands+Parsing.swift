// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension RuleErrands {
    /// Reads `tag:`, `explain:`, `routingStatus:` and `notify:`; what is wrong is reported and left out.
    static func parse(_ context: RuleOutcome.Context) -> RuleErrands {
        RuleErrands(
            tag: tag(context),
            explain: explanation(context),
            setsIdle: setsIdle(context),
            notification: RuleNotification.parse(context)
        )
    }

    private static func tag(_ context: RuleOutcome.Context) -> [(key: String, value: RuleTemplate)] {
        guard let entry = context.reader.entry("tag") else { return [] }
        if context.hasConversation == false {
            context.diagnostics.error(
                at: entry.keyLocation,
                "then.tag needs a 'conversation:' in 'when': it says which conversation is tagged"
            )
        }
        guard case .mapping(let entries) = entry.value.content, !entries.isEmpty else {
            context.diagnostics.error(
                at: entry.value.location,
                "then.tag: expected a mapping of names to values, found \(entry.value.kind)"
            )
            return []
        }
        return entries.sorted { $0.key < $1.key }.compactMap { tag in
            guard !tag.key.isEmpty else {
                context.diagnostics.error(at: tag.keyLocation, "then.tag: a name is empty")
                return nil
            }
            let path = "then.tag.\(tag.key)"
            return context.template(tag.value, path, isStatus: false).map { (tag.key, $0) }
        }
    }

    private static func explanation(_ context: RuleOutcome.Context) -> Explanation? {
        guard let explain = context.reader.mapping("explain", keys: ["minutes", "status", "notes"]) else { return nil }
        let minutes = minutes(explain)
        let status = explain.node("status") == nil ? .pending : explain.choice("status", of: Explanation.Status.self)
        let notes =
            explain.node("notes").map { context.template($0, "then.explain.notes", isStatus: false) }
            ?? RuleTemplate(source: "", parts: [])
        guard let minutes, let status, let notes else { return nil }
        return Explanation(minutes: minutes, status: status, notes: notes)
    }

    /// A number of minutes, or a duration.
    private static func minutes(_ reader: MappingReader) -> Int? {
        guard reader.require("minutes", "it is the length of the span that is explained"),
            let node = reader.node("minutes")
        else { return nil }
        guard case .scalar(let text, _) = node.content, DurationSyntax.parse(text) != nil else {
            return reader.integer("minutes", in: 1...1440)
        }
        guard let span = reader.duration("minutes", in: .seconds(60)...(.seconds(86_400))) else { return nil }
        guard span.components.seconds.isMultiple(of: 60), span.components.attoseconds == 0 else {
            reader.diagnostics.error(at: node.location, "then.explain.minutes: expected whole minutes")
            return nil
        }
        return Int(span.components.seconds / 60)
    }

    private static func setsIdle(_ context: RuleOutcome.Context) -> Bool {
        guard let node = context.reader.node("routingStatus"),
            let status = node.text("then.routingStatus", diagnostics: context.diagnostics),
            node.provenance != .placeholder
        else { return false }
        guard folded(status) == folded("IDLE") else {
            let found = node.provenance == .written ? ", found '\(status)'" : ""
            context.diagnostics.error(
                at: node.location,
                "then.routingStatus: only IDLE can be set, which clears Not Responding\(found); an agent gets On Queue "
                    + "through a status whose presence is On Queue"
            )
            return false
        }
        return true
    }
}
