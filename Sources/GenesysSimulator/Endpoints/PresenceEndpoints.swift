// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// `/api/v2/presence…`, `/api/v2/users/{id}/presences…` (facts 3).
enum PresenceEndpoints {
    static let all: [Endpoint] = [
        Endpoint("GET", "/api/v2/presence/definitions", definitions),
        Endpoint("GET", "/api/v2/presence/definitions/{definitionId}", definition),
        Endpoint("GET", "/api/v2/presencedefinitions", legacyDefinitions),
        Endpoint("GET", "/api/v2/systempresences", systemPresences),
        Endpoint("GET", "/api/v2/users/presences/{sourceId}/bulk", bulkRead),
        Endpoint("PUT", "/api/v2/users/presences/bulk", bulkWrite),
        Endpoint("GET", "/api/v2/users/{userId}/presences/{sourceId}", read),
        Endpoint("PATCH", "/api/v2/users/{userId}/presences/{sourceId}", write),
    ]

    static let editPermission = "presence:userPresence:edit"
    /// Users in one `GET …/bulk` [SDK docstring].
    static let bulkReadLimit = 50
    /// Users in one `PUT …/bulk`: undocumented; the most a Genesys blueprint sends.
    static let bulkWriteLimit = 100

    /// Not paged. `deactivated`: only active ones by default, `ALL`-like values are `TRUE` (only deactivated) and
    /// `FALSE`.
    private static func definitions(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        let isDeactivated = call.request.queryValue("deactivated")?.lowercased() == "true"
        let divisions = call.request.queryValues("divisionId")
        let locale = call.request.queryValue("localeCode") ?? "en_US"
        let organization = state.organization
        let entities = organization.presences.definitions
            .filter { $0.isDeactivated == isDeactivated }
            .filter { $0.isSystem || divisions.isEmpty || divisions.contains(organization.divisionID) }
            .map { definitionBody($0, organization, locale: locale) }
        return .ok(
            object(["total": entities.count, "entities": entities, "selfUri": "/api/v2/presence/definitions"])
        )
    }

    private static func definition(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let id = call.parameter("definitionId")
        guard let definition = state.organization.presences[id] else { throw PlatformError.notFound(id) }
        let locale = call.request.queryValue("localeCode") ?? "en_US"
        return .ok(definitionBody(definition, state.organization, locale: locale))
    }

    private static func definitionBody(
        _ definition: PresenceDefinition,
        _ organization: SimulatedOrganization,
        locale: String
    ) -> JSONValue {
        object([
            "id": definition.id,
            "type": definition.isSystem ? "System" : "User",
            "languageLabels": labels(of: definition, locale: locale),
            "systemPresence": definition.system,
            "divisionId": definition.isSystem ? nil : organization.divisionID,
            "deactivated": definition.isDeactivated,
            "selfUri": definition.selfURI,
        ])
    }

    private static func labels(of definition: PresenceDefinition, locale: String) -> JSONObject {
        let wanted = definition.labels.filter { locale.uppercased() == "ALL" || $0.locale == locale }
        var labels = JSONObject()
        for (locale, label) in wanted.isEmpty ? Array(definition.labels.prefix(1)) : wanted {
            labels[locale] = .string(label)
        }
        return labels
    }

    private static func legacyDefinitions(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let isDeactivated = call.request.queryValue("deleted")?.lowercased() == "true"
        let page = try Page(call.request, defaultSize: 25)
        let all = state.organization.presences.definitions.filter { $0.isDeactivated == isDeactivated }
        let entities = page.slice(all).map { definition in
            object([
                "id": definition.id,
                "languageLabels": labels(of: definition, locale: call.request.queryValue("localeCode") ?? "en_US"),
                "systemPresence": definition.spacedSystem,
                "deactivated": definition.isDeactivated,
                "primary": definition.isSystem,
            ])
        }
        return .ok(page.listing(entities, total: all.count, path: "/api/v2/presencedefinitions"))
    }

    private static func systemPresences(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        let system = state.organization.presences.definitions.filter(\.isSystem).map { definition in
            object([
                "id": definition.system.uppercased(),
                "name": definition.spacedSystem,
                "selfUri": "/api/v2/systempresences/\(definition.system.uppercased())",
            ])
        }
        return .ok(.array(system))
    }

    private static func read(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try requirePureCloud(call)
        let index = try state.organization.user(call.parameter("userId"))
        return .ok(state.organization.userPresence(index))
    }

    private static func write(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try requirePureCloud(call)
        guard !state.faults.forbidsPresenceEdit else { throw PlatformError.missingPermission(editPermission) }
        let index = try state.organization.user(call.parameter("userId"))
        let body = try call.objectBody()
        let definition = try requestedDefinition(body, state.organization) ?? state.organization.agents[index].presence
        let message = try requestedMessage(body)
        state.organization.setPresence(of: index, to: definition, message: message, now: call.now)
        return .ok(state.organization.userPresence(index))
    }

    private static func bulkRead(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        try requirePureCloud(call)
        let ids = call.request.queryValues("id").flatMap { $0.split(separator: ",").map(String.init) }
        guard !ids.isEmpty else { throw PlatformError.invalid("id", "At least one id is required.") }
        guard ids.count <= bulkReadLimit else {
            throw PlatformError.invalid("id", "At most \(bulkReadLimit) ids may be given.")
        }
        let organization = state.organization
        let found = ids.compactMap(organization.agent).map(organization.bulkUserPresence)
        return .ok(.array(found))
    }

    /// Users and definitions that do not exist are missing from the reply (partial failure is unverified).
    private static func bulkWrite(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        guard !state.faults.forbidsPresenceEdit else { throw PlatformError.missingPermission(editPermission) }
        guard let items = try call.body().arrayValue else { throw PlatformError.malformed }
        guard items.count <= bulkWriteLimit else {
            throw PlatformError.invalid("body", "At most \(bulkWriteLimit) presences may be given.")
        }
        var replies: [JSONValue] = []
        for item in items {
            guard let id = item["id"]?.stringValue else { throw PlatformError.invalid("id", "The user id is missing.") }
            guard let index = state.organization.agent(id),
                let definition = try? requestedDefinition(item, state.organization)
            else { continue }
            let message = try requestedMessage(item)
            state.organization.setPresence(of: index, to: definition, message: message, now: call.now)
            replies.append(state.organization.userPresence(index))
        }
        return .ok(.array(replies))
    }

    private static func requirePureCloud(_ call: EndpointCall) throws(PlatformError) {
        let source = call.parameter("sourceId")
        guard source.lowercased() == "purecloud" else { throw .notFound(source) }
    }

    private static func requestedDefinition(
        _ body: JSONValue,
        _ organization: SimulatedOrganization
    ) throws(PlatformError) -> PresenceDefinition? {
        guard let wanted = body["presenceDefinition"] else { return nil }
        guard let id = wanted["id"]?.stringValue, let definition = organization.presences[id],
            !definition.isDeactivated
        else { throw .invalid("presenceDefinition", "The presence definition does not exist or is deactivated.") }
        return definition
    }

    private static func requestedMessage(_ body: JSONValue) throws(PlatformError) -> String? {
        switch body["message"] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        default: throw .malformed
        }
    }
}

extension SimulatedOrganization {
    /// The index of a user; 404 for nobody.
    func user(_ id: String) throws(PlatformError) -> Int {
        guard let index = agent(id) else { throw .notFound(id) }
        return index
    }

    /// UserPresence of the REST API.
    func userPresence(_ index: Int) -> JSONValue {
        let agent = agents[index]
        return object([
            "id": agent.id,
            "source": "PURECLOUD",
            "sourceId": "PURECLOUD",
            "primary": true,
            "presenceDefinition": restDefinition(agent.presence),
            "message": agent.message,
            "modifiedDate": agent.presenceModifiedAt,
            "selfUri": "/api/v2/users/\(agent.id)/presences/PURECLOUD",
        ])
    }

    /// UcUserPresence of the bulk read, which names the user twice.
    func bulkUserPresence(_ index: Int) -> JSONValue {
        let agent = agents[index]
        return object([
            "id": agent.id,
            "userId": agent.id,
            "source": "PURECLOUD",
            "sourceId": "PURECLOUD",
            "presenceDefinition": restDefinition(agent.presence),
            "message": agent.message,
            "modifiedDate": agent.presenceModifiedAt,
            "selfUri": "/api/v2/users/\(agent.id)/presences/PURECLOUD",
        ])
    }

    private func restDefinition(_ definition: PresenceDefinition) -> JSONValue {
        object([
            "id": definition.id, "systemPresence": definition.spacedSystem, "selfUri": definition.selfURI,
        ])
    }
}
