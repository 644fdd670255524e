// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents

/// One numbered event of an agent, as EventBridge sends it.
///
/// Agents are of three kinds, so that what is wanted follows from the last event alone: those who change their presence,
/// those whose call has a status set and cleared, and those with both but the status.
struct CrashEvent: Sendable {
    enum Change: Sendable, Equatable {
        /// The call that the attributes belong to.
        case call
        case presence
        case attributes(status: String?)
    }

    /// Unlike that of every other event.
    var number: Int
    var agent: Int
    var change: Change
    /// Later than that of every earlier event of the agent.
    var time: Timestamp

    var id: String { "crash-\(number)" }
    /// The journal's key.
    var key: String { "eb:" + id }

    static func agentID(_ agent: Int) -> String { String(format: "aaaaaaaa-0000-4000-8000-%012d", agent) }
    static func definitionID(_ number: Int) -> String { String(format: "dddddddd-0000-4000-8000-%012d", number) }
    private static func callID(_ agent: Int) -> String { String(format: "cccccccc-0000-4000-8000-%012d", agent) }
    private static func participantID(_ agent: Int) -> String { String(format: "bbbbbbbb-0000-4000-8000-%012d", agent) }

    static func hasStatus(_ agent: Int) -> Bool { agent % 3 == 1 }
    static func hasPresences(_ agent: Int) -> Bool { agent % 3 != 1 }
    static func hasAttributes(_ agent: Int) -> Bool { agent % 3 != 0 }

    /// The envelope, on one line; `filler` makes it longer.
    func json(filler: String) -> String {
        let detail = """
            {"topicName":"\(topic)","version":"2","eventBody":\(body),\
            "metadata":{"CorrelationId":"\(filler)"},"timestamp":"\(time)"}
            """
        return """
            {"version":"0","id":"\(id)","detail-type":"\(topic)","source":"aws.partner/genesys.com/cloud/o/relay",\
            "account":"123456789012","time":"\(time)","region":"us-east-1","resources":[],"detail":\(detail)}
            """
    }

    private var topic: String {
        switch change {
        case .call: "v2.users.\(Self.agentID(agent)).conversations.calls"
        case .presence: "v2.users.\(Self.agentID(agent)).presence"
        case .attributes: "v2.detail.events.conversation.\(Self.callID(agent)).attributes"
        }
    }

    private var body: String {
        switch change {
        case .call:
            """
            {"id":"\(Self.callID(agent))","participants":[{"id":"\(Self.participantID(agent))","purpose":"agent",\
            "state":"connected","direction":"inbound","held":false,"startTime":"\(time)","connectedTime":"\(time)",\
            "user":{"id":"\(Self.agentID(agent))"},"attributes":{}}]}
            """
        case .presence:
            """
            {"source":"PURECLOUD","presenceDefinition":{"id":"\(Self.definitionID(number))",\
            "systemPresence":"AVAILABLE"},"primary":true,"message":"\(number)","modifiedDate":"\(time)"}
            """
        case .attributes(let status):
            """
            {"eventTime":\(time.milliseconds),"conversationId":"\(Self.callID(agent))",\
            "participantId":"\(Self.participantID(agent))",\
            "attributes":{"number":"\(number)"\(status.map { #","wfm_status":"\#($0)""# } ?? "")}}
            """
        }
    }
}
