// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Delivery
import GenesysAPI
public import GenesysEvents
import Pipeline

/// Something that would have been done beside the presence.
public struct ExplainedErrand: Encodable, Sendable {
    /// `tag`, `explain`, `routingStatus`, `putAdherence` or `notify`.
    public var kind: String
    /// The rule that wants it.
    public var rule: String
    /// The conversation that is tagged.
    public var conversationId: String?
    /// What it is tagged with.
    public var attributes: [String: String]?
    /// The beginning of the time that is explained.
    public var start: Timestamp?
    /// Its length.
    public var minutes: Int?
    /// Of an explanation, a routing status or adherence.
    public var status: String?
    /// The text of an explanation.
    public var notes: String?
    /// The name of an endpoint of `notifications:`.
    public var endpoint: String?
    /// Texts beside those that are in every message.
    public var data: [String: String]?
    /// For people, in one line.
    public var summary: String

    init(_ errand: Errand) {
        rule = errand.rule
        summary = errand.work.summary
        switch errand.work {
        case .tag(let conversation, let attributes):
            kind = "tag"
            conversationId = conversation
            self.attributes = attributes
        case .explain(let explanation):
            kind = "explain"
            start = explanation.start
            minutes = explanation.minutes
            status = explanation.status
            notes = explanation.notes
        case .routingStatus(let routingStatus):
            kind = "routingStatus"
            status = routingStatus
        case .putAdherence(let name, _):
            kind = "putAdherence"
            status = name
        case .notify(let message):
            kind = "notify"
            endpoint = message.endpoint
            conversationId = message.conversationID
            status = message.status
            data = message.data
        }
    }
}
