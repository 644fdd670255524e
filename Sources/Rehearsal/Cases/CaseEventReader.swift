// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Foundation
import GenesysEvents

/// Reads `event:` of a step.
struct CaseEventReader {
    let path: String
    /// In the place of `{id}` in a topic that is written out.
    let agentID: String?
    let sources: CaseFile.Sources
    let diagnostics: Diagnostics

    /// A path, `{ file, elements }`, or a notification written out.
    func events(_ node: ConfigurationNode) -> [RecordedEvent] {
        guard case .mapping = node.content else {
            guard let name = node.text("event", diagnostics: diagnostics) else { return [] }
            return events(ofFile: name, elements: nil, at: node.location)
        }
        if node["file"] != nil {
            let reader = MappingReader(node, path: "event", keys: ["file", "elements"], diagnostics: diagnostics)
            guard let reader, let name = reader.text("file") else { return [] }
            let elements = reader.node("elements").flatMap(range)
            guard (elements == nil) == (reader.node("elements") == nil) else { return [] }
            return events(ofFile: name, elements: elements, at: node.location)
        }
        return events(of: writtenOut(node), at: node.location)
    }

    private func events(ofFile name: String, elements: ClosedRange<Int>?, at location: SourceLocation)
        -> [RecordedEvent]
    {
        let file = casePath(name, besides: path)
        guard let bytes = try? sources.file(file) else {
            diagnostics.error(at: location, "event: the file '\(file)' cannot be read")
            return []
        }
        guard let body = unwrapped(bytes, elements, at: location) else { return [] }
        return events(of: body, at: location)
    }

    private func events(of body: [UInt8], at location: SourceLocation) -> [RecordedEvent] {
        var recording = EventRecording()
        do {
            // What has no time of its own happens whenever its step does.
            return try recording.read(body, now: Timestamp(milliseconds: .min))
        } catch {
            diagnostics.error(at: location, "event: \(error)")
            return []
        }
    }

    /// `4` or `4-7`, from 1.
    private func range(_ node: ConfigurationNode) -> ClosedRange<Int>? {
        guard let text = node.text("event.elements", diagnostics: diagnostics) else { return nil }
        let bounds = text.split(separator: "-", maxSplits: 1).map { Int($0.trimmingCharacters(in: .whitespaces)) }
        guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, first >= 1, last >= first else {
            diagnostics.error(at: node.location, "event.elements: expected a number from 1, or a range such as 4-7")
            return nil
        }
        return first...last
    }

    /// Chosen elements of an array or of NDJSON; of recordings that wrap each event as `{ at, label, event }`, the event.
    private func unwrapped(_ bytes: [UInt8], _ range: ClosedRange<Int>?, at location: SourceLocation) -> [UInt8]? {
        let elements: [Any]
        if let root = try? JSONSerialization.jsonObject(with: Data(bytes)) {
            elements = root as? [Any] ?? [root]
        } else {
            elements = bytes.split { $0 == UInt8(ascii: "\n") }.compactMap {
                try? JSONSerialization.jsonObject(with: Data($0))
            }
        }
        let isWrapped = elements.contains { ($0 as? [String: Any])?["event"] is [String: Any] }
        // As it stands, so that errors name the right place in it.
        guard range != nil || isWrapped else { return bytes }
        let chosen = range ?? 1...max(1, elements.count)
        guard chosen.upperBound <= elements.count else {
            diagnostics.error(
                at: location,
                "event.elements: the file has \(elements.count) elements, not \(chosen.upperBound)"
            )
            return nil
        }
        let events = elements[(chosen.lowerBound - 1)...(chosen.upperBound - 1)].map { element in
            (element as? [String: Any])?["event"] as? [String: Any] ?? element
        }
        return (try? JSONSerialization.data(withJSONObject: events)).map { Array($0) }
    }

    private func writtenOut(_ node: ConfigurationNode) -> [UInt8] {
        var body = node.json
        if var object = body as? [String: Any], let topic = object["topicName"] as? String {
            object["topicName"] = topic.replacingOccurrences(of: "{id}", with: agentID ?? RuleCase.defaultAgentID)
            body = object
        }
        return (try? JSONSerialization.data(withJSONObject: body)).map { Array($0) } ?? []
    }
}

extension ConfigurationNode {
    /// The value as `JSONSerialization` takes it; plain scalars have the meaning that YAML gives them.
    fileprivate var json: Any {
        switch content {
        case .mapping(let entries):
            return Dictionary(entries.map { ($0.key, $0.value.json) }) { first, _ in first }
        case .sequence(let elements):
            return elements.map(\.json)
        case .scalar(let text, let isPlain):
            if isNull { return NSNull() }
            guard isPlain else { return text }
            switch text {
            case "true", "True", "TRUE": return true
            case "false", "False", "FALSE": return false
            default: break
            }
            if let number = Int(text) { return number }
            // Not every text that Swift takes for a number is one to YAML: nan, 0x1A.
            guard text.allSatisfy({ $0.isASCII && $0.isNumber || "+-.eE".contains($0) }), let number = Double(text)
            else { return text }
            return number
        }
    }
}
