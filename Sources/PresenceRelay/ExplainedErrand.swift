// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Delivery
import GenesysAPI
import GenesysEvents
import Pipeline

/// Something that `explain` would have done beside the presence.
struct ExplainedErrand: Encodable {
    /// `tag`, `explain`, `routingStatus`, `putAdherence` or `notify`.
    var kind: String
    var rule: String
    var conversationId: String?
    var attributes: [String: String]?
    var start: Timestamp?
    var minutes: Int?
    var status: String?
    var notes: String?
    /// The name of an endpoint of `notifications:`.
    var endpoint: String?
    /// Texts beside those that are in every message.
    var data: [String: String]?
    /// For people, in one line.
    var summary: String

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
