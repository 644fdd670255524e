// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import Delivery
import GenesysAPI
import GenesysEvents

extension Errand.Work {
    /// For people, as after "wants to": `tag conversation 3f… with wfm_status=Break`.
    public var summary: String {
        switch self {
        case .tag(let conversationID, let attributes):
            let values = attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return "tag conversation \(conversationID) with \(values.joined(separator: ", "))"
        case .explain(let explanation):
            return "explain the \(explanation.minutes) min from \(explanation.start) (\(explanation.status))"
        case .routingStatus(let status):
            return "set the routing status \(status)"
        case .putAdherence(let status, _):
            return "put adherence to \(status)"
        case .notify(let message):
            let texts = message.data.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return "notify \(message.endpoint)" + (texts.isEmpty ? "" : " with \(texts.joined(separator: ", "))")
        }
    }
}
