// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// `/api/v2/presence…`, `/api/v2/users/{id}/presences…` (facts 3).
enum PresenceEndpoints {
    static let all: [Endpoint] = [
        Endpoint("GET", "/api/v2/presence/definitions", needs: viewDefinitions, definitions),
        Endpoint("GET", "/api/v2/presence/definitions/{definitionId}", needs: viewDefinitions, definition),
        Endpoint("GET", "/api/v2/presencedefinitions", legacyDefinitions),
        Endpoint("GET", "/api/v2/systempresences", systemPresences),
        Endpoint("GET", "/api/v2/users/presences/{sourceId}/bulk", bulkRead),
        Endpoint("PUT", "/api/v2/users/presences/bulk", needs: edit, bulkWrite),
        Endpoint("GET", "/api/v2/users/{userId}/presences/{sourceId}", read),
        Endpoint("PATCH", "/api/v2/users/{userId}/presences/{sourceId}", needs: edit, write),
    ]

    static let editPermission = "presence:userPresence:edit"
    /// Whichever code the platform uses, it names the permission (facts 2.3).
    static let edit = PermissionRule.any(editPermission)
    private static let viewDefinitions = PermissionRule.all("presence:presenceDefinition:view")
    /// Users in one `GET …/bulk` [SDK docstring].
    static let bulkReadLimit = 50

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
        let index = try state.organization.user(call.parameter("userId"))
        guard let presence = state.organization.userPresence(index, source: call.parameter("sourceId")) else {
            throw PlatformError.notFound(call.parameter("sourceId"))
        }
        return .ok(presence)
    }

    /// `primary: true` makes PURECLOUD the primary source. Other sources write their presences themselves.
    private static func write(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let source = call.parameter("sourceId")
        guard !state.faults.forbidsPresenceEdit else { throw PlatformError.missing(edit) }
        let index = try state.organization.user(call.parameter("userId"))
        if !PresenceSource.pureCloud.isNamed(source) {
            guard let other = state.organization.agents[index].otherPresence, other.source.isNamed(source) else {
                throw PlatformError.notFound(source)
            }
            throw PlatformError.invalid("sourceId", "The presence of a registered source cannot be changed.")
        }
        let body = try call.objectBody()
        let definition = try requestedDefinition(body, state.organization) ?? state.organization.agents[index].presence
        let message = try requestedMessage(body)
        if body["primary"]?.boolValue == true {
            state.organization.setPrimarySource(of: index, to: .pureCloud, now: call.now)
        }
        state.organization.setPresence(of: index, to: definition, message: message, now: call.now)
        return .ok(state.organization.userPresence(index))
    }

    private static func bulkRead(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let ids = call.request.queryValues("id").flatMap { $0.split(separator: ",").map(String.init) }
        guard !ids.isEmpty else { throw PlatformError.invalid("id", "At least one id is required.") }
        guard ids.count <= bulkReadLimit else {
            throw PlatformError.invalid("id", "At most \(bulkReadLimit) ids may be given.")
        }
        let source = call.parameter("sourceId")
        let found = ids.compactMap(state.organization.agent).compactMap { index in
            switch state.bulkFate(of: state.organization.agents[index].id, call) {
            case .unchanged, .applied: JSONValue?.none
            case .stale: state.organization.bulkUserPresence(index, source: source, isStale: true)
            case nil: state.organization.bulkUserPresence(index, source: source)
            }
        }
        return .ok(.array(found))
    }

    /// Users and definitions that do not exist are missing from the reply (partial failure is unverified).
    private static func bulkWrite(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        guard !state.faults.forbidsPresenceEdit else { throw PlatformError.missing(edit) }
        guard let items = try call.body().arrayValue else { throw PlatformError.malformed }
        guard items.count <= state.switches.bulkLimit else { throw state.switches.bulkRefusal }
        // All or nothing as far as the form goes.
        let writes = try items.map { item in
            guard let id = item["id"]?.stringValue else { throw PlatformError.invalid("id", "The user id is missing.") }
            return (id: id, item: item, message: try requestedMessage(item))
        }
        var replies: [JSONValue] = []
        for write in writes {
            guard let index = state.organization.agent(write.id),
                let definition = try? requestedDefinition(write.item, state.organization)
            else { continue }
            let fate = state.bulkFate(of: write.id, call)
            if fate == nil || fate == .applied {
                state.organization.setPresence(of: index, to: definition, message: write.message, now: call.now)
            }
            if fate == nil || fate == .stale { replies.append(state.organization.userPresence(index)) }
        }
        return .ok(.array(replies))
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

    /// UserPresence of the REST API, of PURECLOUD.
    func userPresence(_ index: Int) -> JSONValue { userPresence(of: agents[index], purePresence(index)) }

    /// Of a source by its id; `nil` when the user has none of that source.
    func userPresence(_ index: Int, source: String) -> JSONValue? {
        presence(index, source: source).map { userPresence(of: agents[index], $0) }
    }

    /// Of the primary source: what is displayed.
    func shownPresence(_ index: Int) -> JSONValue? { userPresence(index, source: agents[index].primarySource.id) }

    /// UcUserPresence of the bulk read, which names the user twice.
    ///
    /// - Parameter isStale: as it was before its last change
    func bulkUserPresence(_ index: Int, source: String, isStale: Bool = false) -> JSONValue? {
        guard var presence = presence(index, source: source) else { return nil }
        if isStale {
            (presence.definition, presence.message, presence.modifiedAt) = agents[index].formerPresence
        }
        return object([
            "id": agents[index].id,
            "userId": agents[index].id,
            "source": presence.source.id,
            "sourceId": presence.source.id,
            "presenceDefinition": restDefinition(presence.definition),
            "message": presence.message,
            "modifiedDate": presence.modifiedAt,
            "selfUri": "/api/v2/users/\(agents[index].id)/presences/\(presence.source.id)",
        ])
    }

    private struct SourcePresence {
        var source: PresenceSource
        var definition: PresenceDefinition
        var message: String
        var modifiedAt: Timestamp
    }

    private func purePresence(_ index: Int) -> SourcePresence {
        let agent = agents[index]
        return SourcePresence(
            source: .pureCloud,
            definition: agent.presence,
            message: agent.message,
            modifiedAt: agent.presenceModifiedAt
        )
    }

    private func presence(_ index: Int, source: String) -> SourcePresence? {
        if PresenceSource.pureCloud.isNamed(source) { return purePresence(index) }
        guard let other = agents[index].otherPresence, other.source.isNamed(source) else { return nil }
        return SourcePresence(
            source: other.source,
            definition: other.definition,
            message: "",
            modifiedAt: other.modifiedAt
        )
    }

    private func userPresence(of agent: SimulatedAgent, _ presence: SourcePresence) -> JSONValue {
        object([
            "id": agent.id,
            "source": presence.source.id,
            "sourceId": presence.source.id,
            "primary": agent.primarySource == presence.source,
            "presenceDefinition": restDefinition(presence.definition),
            "message": presence.message,
            "modifiedDate": presence.modifiedAt,
            "selfUri": "/api/v2/users/\(agent.id)/presences/\(presence.source.id)",
        ])
    }

    private func restDefinition(_ definition: PresenceDefinition) -> JSONValue {
        object([
            "id": definition.id, "systemPresence": definition.spacedSystem, "selfUri": definition.selfURI,
        ])
    }
}
