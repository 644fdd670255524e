// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// The topics and fields that Genesys documents (`Tests/Fixtures/Topics/topic-fields.json`).
struct TopicFields {
    struct Field: Decodable {
        var type: String
        var `enum`: [String]?
        var fields: [String: Field]?
    }

    let topics: [String: [String: Field]]

    init() throws {
        let data = Data(try Fixture.bytes("Topics/topic-fields.json"))
        topics = try JSONDecoder().decode([String: [String: Field]].self, from: data)
    }

    /// The values that an enum has; `path` with dots.
    func values(_ topic: String, _ path: String) throws -> [String] {
        var fields = topics[topic]
        var found: Field?
        for name in path.split(separator: ".") {
            found = fields?[String(name)]
            fields = found?.fields
        }
        guard let values = found?.enum else { throw CocoaError(.keyValueValidation) }
        return values
    }

    /// Whether the topic has a field of that path.
    func has(_ topic: String, _ path: String) -> Bool {
        var fields = topics[topic]
        return path.split(separator: ".").allSatisfy { name in
            let field = fields?[String(name)]
            fields = field?.fields
            return field != nil
        }
    }

    /// The paths of fields without fields of their own for which the condition holds, which is also asked of the
    /// objects on the way: what is in one for which it does not hold is left out.
    func leaves(_ topic: String, where holds: (String) throws -> Bool) rethrows -> [String] {
        try leaves(topics[topic] ?? [:], "", holds)
    }

    private func leaves(
        _ fields: [String: Field],
        _ prefix: String,
        _ holds: (String) throws -> Bool
    ) rethrows -> [String] {
        var found: [String] = []
        for (name, field) in fields where try holds(prefix + name) {
            if let inner = field.fields, !inner.isEmpty {
                found += try leaves(inner, prefix + name + ".", holds)
            } else {
                found.append(prefix + name)
            }
        }
        return found
    }

    /// What the flags of a body say.
    enum Flags { case off, on, onWithEnd }

    /// A body with every field of the topic, but one; lists have one element, texts say where they stand.
    func body(_ topic: String, without path: String? = nil, flags: Flags = .on) -> [String: Any] {
        body(topics[topic] ?? [:], "", path, flags)
    }

    private func body(_ fields: [String: Field], _ prefix: String, _ left: String?, _ flags: Flags) -> [String: Any] {
        var body: [String: Any] = [:]
        for (name, field) in fields where prefix + name != left {
            if let inner = field.fields, !inner.isEmpty {
                let object = self.body(inner, prefix + name + ".", left, flags)
                body[name] = field.type.hasPrefix("list") ? [object] : object
            } else {
                body[name] = value(field, prefix + name, flags)
            }
        }
        return body
    }

    private func value(_ field: Field, _ path: String, _ flags: Flags) -> Any {
        switch field.type {
        case "str": field.enum?.first { $0 != "UNKNOWN" } ?? path
        case "bool": path == "indefinite" ? flags != .onWithEnd : flags != .off
        // A length as well as a time.
        case "int": 1_773_151_000_000
        case "float": 1.5
        case "datetime": "2026-03-10T14:00:0\(path.count % 10).000Z"
        case "list[str]": [path]
        case "dict(str, str)": ["key": path]
        default: field.type.hasPrefix("list") ? [] : [String: Any]()
        }
    }
}
