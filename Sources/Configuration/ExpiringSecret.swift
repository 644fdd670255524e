// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
public import GenesysEvents

/// A secret that may run out by itself.
public struct ExpiringSecret: Sendable, Equatable {
    /// The value.
    public var secret: Secret
    /// The last moment at which it is accepted; `nil` = for good.
    public var notAfter: Timestamp?

    /// A value; for good, unless said otherwise.
    public init(_ secret: Secret, notAfter: Timestamp? = nil) {
        self.secret = secret
        self.notAfter = notAfter
    }
}

/// Reads the values of one authentication scheme.
struct ExpiringSecretReader {
    /// What is asked of a value beside not being empty.
    enum Form {
        /// A secret in the words of whoever chose it: a short one is worth a warning.
        case words
        /// `whsec_…`, `whpk_…` and the like: `expected` says what is right, without the value.
        case key(isValid: @Sendable (String) -> Bool, expected: String)
    }

    /// Fewer bytes can be guessed.
    static let shortest = 16

    let scheme: MappingReader
    let now: Timestamp

    /// A list of texts and of mappings with `value` and `notAfter`; `nil` when one of them is wrong, or there is none.
    func read(_ key: String, as form: Form = .words) -> [ExpiringSecret]? {
        guard scheme.require(key), let node = scheme.node(key) else { return nil }
        guard !node.elements.isEmpty else {
            scheme.diagnostics.error(at: node.location, "\(scheme.name(key)) is empty; write at least one value")
            return nil
        }
        let values = node.elements.map { element($0, name: scheme.name(key), form) }
        return values.contains(nil) ? nil : values.compactMap(\.self)
    }

    private func element(_ node: ConfigurationNode, name: String, _ form: Form) -> ExpiringSecret? {
        guard case .mapping(let entries) = node.content else {
            return value(node, name: name, form).map { ExpiringSecret(Secret($0)) }
        }
        // Somebody's secret in braces is a key to YAML, and an unknown key would be shown.
        guard entries.contains(where: { ["value", "notAfter"].contains($0.key) }) else {
            scheme.diagnostics.error(
                at: node.location,
                "\(name): expected a text, or a mapping with value and notAfter"
            )
            return nil
        }
        let reader = MappingReader(node, path: name, keys: ["value", "notAfter"], diagnostics: scheme.diagnostics)
        guard let reader, reader.require("value"),
            let value = reader.node("value").flatMap({
                self.value($0, name: reader.name("value"), form)
            })
        else { return nil }
        guard let end = reader.node("notAfter") else { return ExpiringSecret(Secret(value)) }
        guard let text = reader.text("notAfter") else { return nil }
        // Only `check` goes on with a moment that is not known.
        guard end.provenance != .placeholder else { return ExpiringSecret(Secret(value)) }
        guard let notAfter = Timestamp(text) else {
            reader.diagnostics.error(
                at: end.location,
                "\(reader.name("notAfter")): expected a time such as 2026-12-31T00:00:00Z, found \(end.kind)"
            )
            return nil
        }
        if notAfter < now {
            reader.diagnostics.warning(
                at: end.location,
                "\(reader.name("notAfter")): this value has run out and is not accepted any more; remove it"
            )
        }
        return ExpiringSecret(Secret(value), notAfter: notAfter)
    }

    private func value(_ node: ConfigurationNode, name: String, _ form: Form) -> String? {
        guard let text = node.text(name, diagnostics: scheme.diagnostics) else { return nil }
        guard node.provenance != .placeholder else { return text }
        switch form {
        case .words:
            if text.utf8.count < Self.shortest {
                scheme.diagnostics.warning(
                    at: node.location,
                    "\(name): fewer than \(Self.shortest) bytes can be guessed; take random ones, such as from: "
                        + "openssl rand -hex 32"
                )
            }
        case .key(let isValid, let expected):
            guard isValid(text) else {
                scheme.diagnostics.error(at: node.location, "\(name): expected \(expected)")
                return nil
            }
        }
        return text
    }
}
