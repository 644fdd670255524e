// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension RelayConfiguration.TagSettings {
    private enum Place: String, CaseIterable { case participantAttributes, customAttributes }

    static func parse(_ root: MappingReader) -> Self {
        guard let reader = root.mapping("tags", keys: ["to", "schema"]) else { return .participantAttributes }
        let place = reader.node("to") == nil ? .participantAttributes : reader.choice("to", of: Place.self)
        let schema = RelayConfiguration.AttributeSchema.parse(reader)
        switch place {
        case .customAttributes:
            if reader.entry("schema") == nil {
                let advice = "custom attributes follow one: { name: …, create: true } or { id: … }"
                reader.require("schema", advice)
            }
            return schema.map { .customAttributes(schema: $0) } ?? .participantAttributes
        case .participantAttributes:
            if let entry = reader.entry("schema") {
                let text = "tags.schema is for to: customAttributes; participant attributes have none"
                reader.diagnostics.error(at: entry.keyLocation, text)
            }
            return .participantAttributes
        case nil:
            return .participantAttributes
        }
    }
}

extension RelayConfiguration.AttributeSchema {
    /// `nil` = absent, or reported.
    fileprivate static func parse(_ tags: MappingReader) -> Self? {
        guard let reader = tags.mapping("schema", keys: ["id", "name", "create"]) else { return nil }
        let create = reader.boolean("create")
        switch (reader.entry("id"), reader.entry("name")) {
        case (let id?, nil):
            if let entry = reader.entry("create") {
                reader.diagnostics.error(at: entry.keyLocation, "tags.schema: a schema with an id is there already")
            } else {
                return id.value.text("tags.schema.id", diagnostics: reader.diagnostics).map { .id($0) }
            }
        case (nil, let name?):
            return name.value.text("tags.schema.name", diagnostics: reader.diagnostics)
                .map { .name($0, create: create ?? false) }
        case (let id?, .some):
            reader.diagnostics.error(at: id.keyLocation, "tags.schema: write id or name, but not both")
        case (nil, nil):
            reader.diagnostics.error(at: reader.location, "tags.schema: write id: or name:")
        }
        return nil
    }
}
