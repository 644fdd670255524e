// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import ConfigurationSyntax

/// A text under `then:` with `${…}` in it.
struct RuleTemplate: Sendable {
    enum Reference: Hashable, Sendable {
        case agent(AgentField)
        case conversation(ConversationField)
        /// The rule's own name.
        case rule
        /// The status that the rule wants, resolved.
        case status

        /// A path such as `conversation.attributes.wfm_status` or `presence.system`.
        init?(path: String) {
            if let field = AgentField(rawValue: path) {
                self = .agent(field)
            } else if let name = path.suffix(after: "conversation."), let field = ConversationField(name: name) {
                self = .conversation(field)
            } else if path.hasPrefix("customer.attributes."), let field = ConversationField(name: path) {
                self = .conversation(field)
            } else if path == "rule" {
                self = .rule
            } else if path == "status" {
                self = .status
            } else {
                return nil
            }
        }

        /// What a status can be made of.
        static let knownFacts =
            ConversationField.named.map { "conversation.\($0.name)" }
            + ["conversation.attributes.NAME", "conversation.customer.attributes.NAME"]
            + AgentField.allCases.map(\.rawValue)
        /// What anything else can be made of.
        static let known = knownFacts + ["rule", "status"]
    }

    /// What a template takes its values from.
    struct Source {
        var facts: AgentFacts
        var conversation: ConversationFacts?
        var rule: String
        /// `nil` while it is the status itself that is resolved.
        var status: String?
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

    /// The template names the status that the rule wants.
    var usesStatus: Bool {
        parts.contains { if case .fact(.status, _) = $0 { true } else { false } }
    }

    /// The text, or the path of the fact that is absent.
    func resolve(_ source: Source) -> Result<String, AbsentFact> {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal):
                text += literal
            case .fact(let reference, let path):
                guard let value = reference.value(source) else { return .failure(AbsentFact(path: path)) }
                text += value
            }
        }
        return .success(text)
    }

    /// The text with nothing in the place of absent facts: for people, who read it anyway.
    func text(_ source: Source) -> String {
        parts.map { part in
            switch part {
            case .text(let literal): literal
            case .fact(let reference, _): reference.value(source) ?? ""
            }
        }.joined()
    }

    struct AbsentFact: Error {
        let path: String
    }

    /// Reads a template; unknown paths are reported.
    ///
    /// - Parameter isStatus: it makes the status itself, which therefore cannot be in it.
    static func parse(
        _ source: String,
        isStatus: Bool,
        at location: SourceLocation,
        diagnostics: Diagnostics
    ) -> RuleTemplate? {
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
            if let reference = Reference(path: path), !isStatus || (reference != .status && reference != .rule) {
                parts.append(.fact(reference, path: path))
            } else {
                let known = isStatus ? Reference.knownFacts : Reference.known
                let clause = suggestionClause(for: path, among: known, called: "facts")
                diagnostics.error(at: location, "unknown fact '${\(path)}'\(clause)")
                isGood = false
            }
            rest = rest[end...].dropFirst()
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return isGood ? RuleTemplate(source: source, parts: parts) : nil
    }
}

extension RuleTemplate.Reference {
    fileprivate func value(_ source: RuleTemplate.Source) -> String? {
        switch self {
        case .agent(let field): field.value(in: source.facts).text
        case .conversation(let field): source.conversation.flatMap { field.text(in: $0) }
        case .rule: source.rule
        case .status: source.status
        }
    }
}
