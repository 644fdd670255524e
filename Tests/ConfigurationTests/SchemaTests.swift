// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Foundation
import Testing

/// Every mapping that the schemas describe, written into a configuration and read by the parser: both must know the same
/// keys, so that a new one cannot be forgotten in either. What values they may have is checked in Tests/Python.
@Suite("The JSON Schemas and the parser")
struct SchemaTests {
    /// A mapping of a schema by its place in it, and a configuration with `HOLE` in the place of its keys.
    static let relayProbes = [
        "/": "HOLE",
        "/$defs/server": "server: { HOLE }",
        "/$defs/tls": "server: { tls: { HOLE } }",
        "/$defs/timeouts": "server: { timeouts: { HOLE } }",
        "/$defs/webhook": "webhook: { HOLE }",
        "/$defs/authentication": "webhook: { authentication: [{ HOLE }] }",
        "/$defs/apiKey": "webhook: { authentication: [{ apiKey: { HOLE } }] }",
        "/$defs/basic": "webhook: { authentication: [{ basic: { HOLE } }] }",
        "/$defs/bearer": "webhook: { authentication: [{ bearer: { HOLE } }] }",
        "/$defs/hmac": "webhook: { authentication: [{ hmac: { HOLE } }] }",
        "/$defs/standardWebhooks": "webhook: { authentication: [{ standardWebhooks: { HOLE } }] }",
        "/$defs/mutualTLS": "webhook: { authentication: [{ mutualTLS: { HOLE } }] }",
        "/$defs/expiring": "webhook: { authentication: [{ bearer: { tokens: [{ value: 0123456789abcdef, HOLE }] } }] }",
        "/$defs/admin": "admin: { HOLE }",
        "/$defs/genesys": "genesys: { HOLE }",
        "/$defs/client": "genesys: { clients: [{ HOLE }] }",
        "/$defs/bulk": "genesys: { bulk: { HOLE } }",
        "/$defs/journal": "journal: { HOLE }",
        "/$defs/agents": "agents: { HOLE }",
        "/$defs/include": "agents: { include: { HOLE } }",
        "/$defs/exclude": "agents: { exclude: { HOLE } }",
        "/$defs/verify": "verify: { HOLE }",
        "/$defs/tags": "tags: { HOLE }",
        "/$defs/attributeSchema": "tags: { schema: { HOLE } }",
        "/$defs/endpoint": "notifications: { n: { HOLE } }",
    ]

    static let rulesProbes = [
        "/$defs/status": "statuses: { a: { HOLE } }",
        "/$defs/presence": "statuses: { a: { presence: { HOLE } } }",
        "/$defs/rule": "rules: [{ HOLE }]",
        "/$defs/then": "rules: [{ name: r, when: { conversation: {} }, then: { HOLE } }]",
        "/$defs/explain": "rules: [{ name: r, when: { conversation: {} }, then: { explain: { HOLE } } }]",
        "/$defs/notify": "rules: [{ name: r, when: { conversation: {} }, then: { notify: { HOLE } } }]",
        "/$defs/guards": "rules: [{ name: r, when: { conversation: {} }, then: { status: a }, guards: { HOLE } }]",
        "/$defs/group": when("HOLE"),
        "/$defs/presenceFacts": when("presence: { HOLE }"),
        "/$defs/routingStatusFacts": when("routingStatus: { HOLE }"),
        "/$defs/adherenceFacts": when("adherence: { HOLE }"),
        "/$defs/outOfOfficeFacts": when("outOfOffice: { HOLE }"),
        "/$defs/agentFacts": when("agent: { HOLE }"),
        "/$defs/window": when("schedule: { HOLE }"),
        "/$defs/conversation": when("conversation: { HOLE }"),
        "/$defs/conversations": when("conversations: { count: 1, HOLE }"),
        "/$defs/customer": when("conversation: { customer: { HOLE } }"),
        "/$defs/textOperators": when("conversation: { id: { HOLE } }"),
        "/$defs/flagOperators": when("conversation: { held: { HOLE } }"),
        "/$defs/numberOperators": when("conversation: { participants: { HOLE } }"),
        "/$defs/timeTest": when("conversation: { connectedAt: { HOLE } }"),
        "/$defs/listOperators": when("conversation: { mediaRoles: { HOLE } }"),
        // Of a file of rules.
        "/$defs/ruleFile": "HOLE",
    ]

    private static func when(_ condition: String) -> String {
        "rules: [{ name: r, when: { \(condition) }, then: { status: a } }]"
    }

    /// Operators are one list for the parser, which then says which of them a fact does not have.
    private static let operators: Set<String> = [
        "/$defs/flagOperators", "/$defs/numberOperators", "/$defs/timeTest", "/$defs/listOperators",
    ]

    private func schema(_ name: String) throws -> [String: Any] {
        let text = try RepositoryFile.text("deploy/\(name)")
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// The keys of every mapping with fixed ones, by its place.
    private func mappings(_ node: Any, at place: String = "") -> [String: Set<String>] {
        if let list = node as? [Any] {
            return list.enumerated().reduce(into: [:]) { found, element in
                found.merge(mappings(element.element, at: "\(place)/\(element.offset)")) { $1 }
            }
        }
        guard let object = node as? [String: Any] else { return [:] }
        var found: [String: Set<String>] = [:]
        if let properties = object["properties"] as? [String: Any] {
            found[place.isEmpty ? "/" : place] = Set(properties.keys)
        }
        for (key, value) in object {
            found.merge(mappings(value, at: "\(place)/\(key)")) { $1 }
        }
        return found
    }

    private func findings(_ probe: String, _ hole: String, isRuleFile: Bool) -> [String] {
        let yaml = probe.replacingOccurrences(of: "HOLE", with: hole)
        guard isRuleFile else { return Outcome(yaml).findings }
        let files = ["relay.yaml": "rules: rules.yaml", "rules.yaml": yaml]
        let diagnostics = Diagnostics()
        _ = RelayConfiguration.load(path: "relay.yaml", environment: .mock(files: files), diagnostics: diagnostics)
        return diagnostics.all.map(\.description)
    }

    /// What the parser says of a key that nobody can have meant.
    private func known(_ probe: String, isRuleFile: Bool) -> Set<String>? {
        let marker = "unknown key 'qqqqqqqqqqqqqq'; known keys: "
        let finding = findings(probe, "qqqqqqqqqqqqqq: 1", isRuleFile: isRuleFile).first { $0.contains(marker) }
        guard let list = finding?.components(separatedBy: marker).last else { return nil }
        return Set(list.components(separatedBy: ", "))
    }

    struct Probe: Sendable, CustomTestStringConvertible {
        var schema: String
        var place: String
        var yaml: String
        var testDescription: String { "\(schema)#\(place)" }
        var isRuleFile: Bool { place == "/$defs/ruleFile" }
    }

    static let probes = [("relay.schema.json", relayProbes), ("rules.schema.json", rulesProbes)].flatMap {
        name,
        probes in
        probes.sorted { $0.key < $1.key }.map { Probe(schema: name, place: $0.key, yaml: $0.value) }
    }

    @Test("each mapping of a schema is asked for")
    func coverage() throws {
        for name in ["relay.schema.json", "rules.schema.json"] {
            let asked = Self.probes.filter { $0.schema == name }.map(\.place)
            #expect(Set(mappings(try schema(name)).keys) == Set(asked))
        }
    }

    @Test("both know the same keys", arguments: probes)
    func keys(probe: Probe) throws {
        let described = try #require(mappings(try schema(probe.schema))[probe.place])
        let known = known(probe.yaml, isRuleFile: probe.isRuleFile) ?? []
        func says(_ words: String, of key: String) -> Bool {
            findings(probe.yaml, "\(key): 1", isRuleFile: probe.isRuleFile).contains { $0.contains(words) }
        }
        #expect(!known.isEmpty, "the parser lists no keys")
        let unknown = described.subtracting(known).filter { says("unknown key '\($0)'", of: $0) }
        #expect(unknown == [], "the parser does not know these")
        guard Self.operators.contains(probe.place) else {
            #expect(known.subtracting(described) == [], "the schema does not have these")
            return
        }
        for key in known {
            #expect(described.contains(key) != says("cannot be asked of", of: key), "\(key)")
        }
    }

    @Test("every key is described")
    func descriptions() throws {
        for name in ["relay.schema.json", "rules.schema.json"] {
            func look(_ node: Any, _ place: String) {
                if let list = node as? [Any] {
                    for (index, element) in list.enumerated() { look(element, "\(place)/\(index)") }
                }
                guard let object = node as? [String: Any] else { return }
                for (key, value) in object["properties"] as? [String: [String: Any]] ?? [:] {
                    #expect((value["description"] as? String)?.isEmpty == false, "\(name)\(place): \(key)")
                }
                for (key, value) in object { look(value, "\(place)/\(key)") }
            }
            look(try schema(name), "")
        }
    }
}
