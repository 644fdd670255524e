// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax

/// The text of `then.status` with `${…}` in it.
struct StatusTemplate: Sendable {
    enum Reference: Hashable, Sendable {
        case agent(AgentField)
        case conversation(ConversationField)

        /// A path such as `conversation.attributes.wfm_status` or `presence.system`.
        init?(path: String) {
            if let field = AgentField(rawValue: path) {
                self = .agent(field)
            } else if let name = path.suffix(after: "conversation."), let field = ConversationField(name: name) {
                self = .conversation(field)
            } else if path.hasPrefix("customer.attributes."), let field = ConversationField(name: path) {
                self = .conversation(field)
            } else {
                return nil
            }
        }

        static let known =
            ConversationField.named.map { "conversation.\($0.name)" }
            + ["conversation.attributes.NAME", "conversation.customer.attributes.NAME"]
            + AgentField.allCases.map(\.rawValue)
    }

    enum Part: Sendable {
        case text(String)
        case fact(Reference, path: String)
    }

    /// As written.
    let source: String
    let parts: [Part]

    /// The template needs a conversation to take values from.
    var usesConversation: Bool {
        parts.contains { if case .fact(.conversation, _) = $0 { true } else { false } }
    }

    /// The text, or the path of the fact that is absent.
    func resolve(_ facts: AgentFacts, _ conversation: ConversationFacts?) -> Result<String, AbsentFact> {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal):
                text += literal
            case .fact(let reference, let path):
                let value =
                    switch reference {
                    case .agent(let field): field.value(in: facts)
                    case .conversation(let field): conversation.flatMap { field.value(in: $0) }
                    }
                guard let value else { return .failure(AbsentFact(path: path)) }
                text += value
            }
        }
        return .success(text)
    }

    struct AbsentFact: Error {
        let path: String
    }

    /// Reads a template; unknown paths are reported.
    static func parse(_ source: String, at location: SourceLocation, diagnostics: Diagnostics) -> StatusTemplate? {
        var parts: [Part] = []
        var isGood = true
        var rest = source[...]
        while let start = rest.firstRange(of: "${") {
            if start.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<start.lowerBound]))) }
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                diagnostics.error(at: location, "'${' has no closing '}'")
                return nil
            }
            let path = String(rest[start.upperBound..<end])
            if let reference = Reference(path: path) {
                parts.append(.fact(reference, path: path))
            } else {
                let clause = suggestionClause(for: path, among: Reference.known, called: "facts")
                diagnostics.error(at: location, "unknown fact '${\(path)}'\(clause)")
                isGood = false
            }
            rest = rest[end...].dropFirst()
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return isGood ? StatusTemplate(source: source, parts: parts) : nil
    }
}
