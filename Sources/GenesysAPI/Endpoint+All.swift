// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Every endpoint the relay calls, with the permission that Genesys documents for it (facts 1.4).
extension Endpoint {
    static let token = Endpoint("token", "POST", "/oauth/token", isWrite: false)

    // MARK: Presence and routing status

    static let presenceDefinitions = Endpoint(
        "presenceDefinitions",
        "GET",
        "/api/v2/presence/definitions",
        permission: "presence:presenceDefinition:view"
    )
    static let presence = Endpoint("presence", "GET", "/api/v2/users/{id}/presences/purecloud")
    // The documentation lists no permission; since 2025-07-20 another user's presence needs this one.
    static let setPresence = Endpoint(
        "setPresence",
        "PATCH",
        "/api/v2/users/{id}/presences/purecloud",
        permission: "presence:userPresence:edit"
    )
    static let presences = Endpoint("presences", "GET", "/api/v2/users/presences/purecloud/bulk")
    static let setPresences = Endpoint(
        "setPresences",
        "PUT",
        "/api/v2/users/presences/bulk",
        permission: "presence:userPresence:edit"
    )
    static let primarySource = Endpoint(
        "primarySource",
        "GET",
        "/api/v2/presence/users/{id}/primarysource",
        permission: "presence:userPrimarySource:view"
    )
    static let routingStatus = Endpoint("routingStatus", "GET", "/api/v2/users/{id}/routingstatus")
    static let setRoutingStatus = Endpoint("setRoutingStatus", "PUT", "/api/v2/users/{id}/routingstatus")
    // The SDK lists no permission; Genesys' own relay asked for this one.
    static let users = Endpoint("users", "GET", "/api/v2/users", permission: "directory:user:view")

    // MARK: Workforce management

    static let adherence = Endpoint(
        "adherence",
        "GET",
        "/api/v2/workforcemanagement/adherence",
        permission: "wfm:realtimeAdherence:view"
    )
    static let activityCodes = Endpoint(
        "activityCodes",
        "GET",
        "/api/v2/workforcemanagement/businessunits/{id}/activitycodes",
        permission: "wfm:activityCode:view"
    )
    static let addExplanation = Endpoint(
        "addExplanation",
        "POST",
        "/api/v2/workforcemanagement/agents/{id}/adherence/explanations",
        permission: "wfm:adherenceExplanation:add"
    )
    static let queryExplanations = Endpoint(
        "queryExplanations",
        "POST",
        "/api/v2/workforcemanagement/agents/{id}/adherence/explanations/query",
        permission: "wfm:adherenceExplanation:view",
        isWrite: false
    )
    // Only the client that started a job may ask for it.
    static let explanationJob = Endpoint(
        "explanationJob",
        "GET",
        "/api/v2/workforcemanagement/adherence/explanations/jobs/{id}"
    )
    // Not of Genesys: see `GenesysAPI.putAdherence`.
    static let putAdherence = Endpoint("putAdherence", "PUT", "/api/v2/wfm/users/{id}/adherence")

    // MARK: Conversations

    static let conversation = Endpoint(
        "conversation",
        "GET",
        "/api/v2/conversations/{id}",
        permission: "conversation:communication:view"
    )
    static let setParticipantAttributes = Endpoint(
        "setParticipantAttributes",
        "PATCH",
        "/api/v2/conversations/{conversationId}/participants/{participantId}/attributes"
    )
    static let customAttributes = Endpoint(
        "customAttributes",
        "GET",
        "/api/v2/conversations/{id}/customattributes",
        permission: "conversation:customAttributes:view"
    )
    static let putCustomAttributes = Endpoint(
        "putCustomAttributes",
        "PUT",
        "/api/v2/conversations/{id}/customattributes",
        permission: "conversation:customAttributes:edit"
    )
    static let amendCustomAttributes = Endpoint(
        "amendCustomAttributes",
        "PATCH",
        "/api/v2/conversations/{id}/customattributes",
        permission: "conversation:customAttributes:edit"
    )
    static let attributeSchemas = Endpoint(
        "attributeSchemas",
        "GET",
        "/api/v2/conversations/customattributes/schemas",
        permission: "conversation:customAttributes:schemaView"
    )
    static let createAttributeSchema = Endpoint(
        "createAttributeSchema",
        "POST",
        "/api/v2/conversations/customattributes/schemas",
        permission: "conversation:customAttributes:schemaAdd"
    )
}
