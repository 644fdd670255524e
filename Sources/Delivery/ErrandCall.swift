// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysAPI
public import GenesysEvents

/// An API call that an errand needs, for the agent whose errand it is.
public enum ErrandCall: Sendable, Equatable {
    /// Starts a job.
    case addExplanation(AdherenceExplanation)
    /// Starts a job that finds the explanations between two times.
    case queryExplanations(from: Timestamp, to: Timestamp)
    /// How far a job is; only the client that started it may ask.
    case explanationJob(id: String, client: Int)
    /// Participants and their attributes, divisions.
    case conversation(id: String)
    /// Merges attributes into a participant's.
    case setParticipantAttributes([String: String], conversationID: String, participantID: String)
    /// All sets of custom attributes of a conversation.
    case customAttributes(conversationID: String)
    /// Creates a set of custom attributes.
    case putCustomAttributes(ConversationAttributes, divisionIDs: [String], conversationID: String)
    /// Merges custom attributes into a set.
    case amendCustomAttributes(ConversationAttributes, conversationID: String)
    /// All schemas of custom attributes.
    case attributeSchemas
    /// Creates a schema of string attributes.
    case createAttributeSchema(name: String, fields: [String])
    /// Routing status of the agent.
    case setRoutingStatus(String)
    /// The call that Genesys does not publish.
    case putAdherence(status: String, definitionID: String)

    /// The OAuth client that has to make the call; `nil` = any.
    public var client: Int? {
        if case .explanationJob(_, let client) = self { client } else { nil }
    }

    /// Makes the call.
    ///
    /// - Parameters:
    ///   - api: of the client that `client` names.
    ///   - agentID: whose errand it is.
    public func perform(on api: GenesysAPI, agentID: String) async throws(GenesysAPIError) -> ErrandAnswer {
        switch self {
        case .addExplanation(let explanation):
            return .job(try await api.addExplanation(explanation, agentID: agentID))
        case .queryExplanations(let from, let to):
            return .job(try await api.queryExplanations(agentID: agentID, from: from, to: to))
        case .explanationJob(let id, _):
            return .job(try await api.explanationJob(id: id))
        case .conversation(let id):
            return .conversation(try await api.conversation(id: id))
        case .setParticipantAttributes(let attributes, let conversationID, let participantID):
            try await api.setParticipantAttributes(
                attributes,
                conversationID: conversationID,
                participantID: participantID
            )
        case .customAttributes(let conversationID):
            return .customAttributes(try await api.customAttributes(conversationID: conversationID))
        case .putCustomAttributes(let set, let divisionIDs, let conversationID):
            try await api.putCustomAttributes(set, divisionIDs: divisionIDs, conversationID: conversationID)
        case .amendCustomAttributes(let set, let conversationID):
            try await api.amendCustomAttributes(set, conversationID: conversationID)
        case .attributeSchemas:
            return .schemas(try await api.attributeSchemas())
        case .createAttributeSchema(let name, let fields):
            return .schema(try await api.createAttributeSchema(name: name, fields: fields))
        case .setRoutingStatus(let status):
            try await api.setRoutingStatus(userID: agentID, to: status)
        case .putAdherence(let status, let definitionID):
            try await api.putAdherence(userID: agentID, status: status, definitionID: definitionID)
        }
        return .done
    }
}

/// What Genesys answers to an ``ErrandCall``.
public enum ErrandAnswer: Sendable, Equatable {
    /// 2xx, with nothing to tell.
    case done
    /// A job as it is now.
    case job(ExplanationJob)
    /// The conversation.
    case conversation(ConversationState)
    /// Custom attributes of a conversation.
    case customAttributes([ConversationAttributes])
    /// All schemas.
    case schemas([AttributeSchema])
    /// The schema that was created.
    case schema(AttributeSchema)
}

extension ErrandCall {
    /// Reading and then writing the same thing is for one errand at a time, also of different agents.
    enum Section: Hashable, Sendable {
        /// Two errands that find no schema must not both create it.
        case schemas
        /// Two agents of one conversation must not both create its set of attributes.
        case conversation(String)
    }

    var section: Section? {
        switch self {
        case .attributeSchemas, .createAttributeSchema:
            .schemas
        case .conversation(let id), .setParticipantAttributes(_, let id, _), .customAttributes(let id),
            .putCustomAttributes(_, _, let id), .amendCustomAttributes(_, let id):
            .conversation(id)
        case .addExplanation, .queryExplanations, .explanationJob, .setRoutingStatus, .putAdherence:
            nil
        }
    }

    /// For summaries; no value is in it, because values may be about people.
    var name: String {
        switch self {
        case .addExplanation: "POST explanation"
        case .queryExplanations: "query of explanations"
        case .explanationJob: "GET explanation job"
        case .conversation: "GET conversation"
        case .setParticipantAttributes: "PATCH participant attributes"
        case .customAttributes: "GET custom attributes"
        case .putCustomAttributes: "PUT custom attributes"
        case .amendCustomAttributes: "PATCH custom attributes"
        case .attributeSchemas: "GET attribute schemas"
        case .createAttributeSchema: "POST attribute schema"
        case .setRoutingStatus: "PUT routing status"
        case .putAdherence: "PUT adherence"
        }
    }
}
