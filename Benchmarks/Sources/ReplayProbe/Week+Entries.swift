// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Journal

/// Moments as Genesys Cloud tells of them: EventBridge envelopes, snapshots of four participants.
extension Week.Moment {
    private var agentID: String { "11111111-0000-4000-8000-" + Self.padded(Int(agent)) }
    private var number: String { Self.padded(Int(agent) * 100_000 + Int(call)) }
    private var time: String { Timestamp(milliseconds: at).description }
    /// The relay's own write, or the choice of the agent.
    private var definition: (id: String, system: String) {
        switch kind {
        case .breakSet: ("227b37e2-f1d0-4dd0-8f50-badd7cf6d158", "BREAK")
        case .chosen where call % 2 == 0: ("3fc6b5f8-7f4f-4b3c-9d4c-8a1f8a2f5d10", "MEAL")
        default: ("e08eaf1b-ee47-4fa9-a231-1200e284798f", "ON_QUEUE")
        }
    }

    var entry: JournalEntry {
        let (topic, type, body) = event
        let envelope =
            #"{"version":"0","id":"cccccccc-\#(kind.rawValue)-\#(number)","detail-type":"\#(type)","#
            + #""source":"aws.partner/genesys.com/cloud/0a0a0000-1111-4222-8333-0000000000aa/benchmark","#
            + #""account":"123456789012","time":"\#(time)","region":"us-east-1","resources":[],"#
            + #""detail":{"topicName":"\#(topic)","version":"2","eventBody":\#(body),"#
            + #""metadata":{"CorrelationId":"c999f1bd-6734-492e-8967-\#(number)"},"timestamp":"\#(time)"}}"#
        return JournalEntry(
            key: key,
            source: .webhook,
            topic: topic,
            agentID: kind == .flagged ? nil : agentID,
            receivedAt: Timestamp(milliseconds: at + 80),
            body: Array(envelope.utf8),
            madeAt: Timestamp(milliseconds: at)
        )
    }

    private var key: String { "eb:cccccccc-\(kind.rawValue)-\(number)" }

    /// What the relay that was running then had written down of its own write.
    var history: [HistoryEntry] {
        guard kind == .breakSet || kind == .putBack else { return [] }
        let at = Timestamp(milliseconds: at)
        let write =
            #"{"state":"accepted","attempts":1,"target":"\#(definition.system)","definitionId":"\#(definition.id)","#
            + #""modifiedAt":"\#(time)"}"#
        let echo = #"{"eventKey":"\#(key)","topic":"v2.users.\#(agentID).presence","changes":[]}"#
        return [
            HistoryEntry(
                agentID: agentID,
                at: at,
                kind: .call,
                summary: "Genesys answered 2xx",
                detail: Array(write.utf8)
            ),
            HistoryEntry(
                agentID: agentID,
                at: at.advanced(by: .milliseconds(80)),
                kind: .guarded,
                summary: "our own change came back as an event: no call",
                detail: Array(echo.utf8)
            ),
        ]
    }

    private var event: (topic: String, type: String, body: String) {
        switch kind {
        case .breakSet, .putBack, .chosen:
            let body =
                #"{"source":"PURECLOUD","presenceDefinition":{"id":"\#(definition.id)","#
                + #""systemPresence":"\#(definition.system)"},"primary":true,"message":"","modifiedDate":"\#(time)"}"#
            return ("v2.users.\(agentID).presence", "v2.users.{id}.presence", body)
        case .interacting, .idle:
            let status = kind == .idle ? "IDLE" : "INTERACTING"
            let body = #"{"id":"\#(agentID)","routingStatus":{"status":"\#(status)","startTime":"\#(time)"}}"#
            return ("v2.users.\(agentID).routingStatus", "v2.users.{id}.routingStatus", body)
        case .flagged:
            return detail("attributes", #""participantId":"\#(id("44444444", 4))","attributes":{"wfm_status":"Break"}"#)
        case .sessionEnded:
            return detail(
                "user.end",
                #""participantId":"\#(id("44444444", 4))","userId":"\#(agentID)","#
                    + #""sessionId":"\#(id("55555555", 4))","mediaType":"VOICE","disconnectType":"PEER""#
            )
        case .workEnded:
            return detail(
                "acw",
                #""participantId":"\#(id("44444444", 4))","userId":"\#(agentID)","#
                    + #""sessionId":"\#(id("55555555", 4))","mediaType":"VOICE","wrapupCode":"7fb334b0-0e9e-11e4-9191-0800200c9a66""#
            )
        default:
            return ("v2.users.\(agentID).conversations", "v2.users.{id}.conversations", snapshot)
        }
    }

    private func detail(_ name: String, _ fields: String) -> (String, String, String) {
        let conversation = id("33333333", 0)
        return (
            "v2.detail.events.conversation.\(conversation).\(name)", "v2.detail.events.conversation.{id}.\(name)",
            #"{"eventTime":\#(at),"conversationId":"\#(conversation)",\#(fields),"#
                + #""conversationExternalContactIds":["aaaaaaaa-0000-4000-8000-000000000001"]}"#
        )
    }

    /// A part of a call, unique for it.
    private func id(_ prefix: String, _ part: Int) -> String { "\(prefix)-000\(part)-4000-8000-\(number)" }

    private var snapshot: String {
        let others = [
            ("customer", 1, "connected"), ("ivr", 2, "terminated"),
            ("acd", 3, kind == .alerted ? "connected" : "terminated"),
        ]
        let isOver = kind == .hungUp || kind == .workDone
        var participants = others.map { purpose, part, state in
            participant(
                purpose,
                part,
                isOver ? "terminated" : state,
                fields: #""attributes":{"accountTier":"gold"},"#,
                call: ""
            )
        }
        let state =
            switch kind {
            case .alerted: "alerting"
            case .hungUp: "disconnected"
            case .workDone: "terminated"
            default: "connected"
            }
        let isFlagShown = isFlagged && [.flagShown, .hungUp, .workDone].contains(kind)
        var fields = #""userId":"\#(agentID)","queueId":"22222222-bbbb-4bbb-8bbb-000000000001","#
        fields += isFlagShown ? #""attributes":{"wfm_status":"Break"},"# : #""attributes":{},"#
        if isOver { fields += #""endTime":"\#(time)","startAcwTime":"\#(time)","# }
        var call = #","held":\#(kind == .held)"#
        if kind == .held { call += #","startHoldTime":"\#(time)""# }
        if isOver {
            call +=
                #","disconnectType":"peer","disconnectedTime":"\#(time)","afterCallWork":{"state":"\#(kind == .hungUp ? "pending" : "complete")","startTime":"\#(time)"}"#
        }
        participants.append(participant("agent", 4, state, fields: fields, call: call))
        return
            #"{"id":"\#(id("33333333", 0))","participants":[\#(participants.joined(separator: ","))],"otherMediaUris":[],"#
            + #""recordingState":"active","address":"+18005550100"}"#
    }

    private func participant(_ purpose: String, _ part: Int, _ state: String, fields: String, call: String) -> String {
        #"{"id":"\#(id("44444444", part))","connectedTime":"\#(time)","name":"\#(purpose) \#(agent)","purpose":"\#(purpose)",\#(fields)"#
            + #""address":"tel:+12175550123","wrapupRequired":\#(purpose == "agent"),"wrapupExpected":false,"wrapupTimeoutMs":60000,"#
            + #""calls":[{"id":"\#(id("55555555", part))","state":"\#(state)","initialState":"connected","recording":true,"#
            + #""recordingState":"active","muted":false,"confined":false,"securePause":false,"direction":"inbound","#
            + #""provider":"Edge","disconnectReasons":[],"afterCallWorkRequired":\#(purpose == "agent"),"#
            + #""connectedTime":"\#(time)","self":{"name":"Support line","nameRaw":"","addressNormalized":"tel:+18005550100","#
            + #""addressRaw":"sip:+18005550100@203.0.113.8","addressDisplayable":"+18005550100"},"#
            + #""other":{"name":"Springfield, IL","nameRaw":"","addressNormalized":"tel:+12175550123","#
            + #""addressRaw":"sip:+12175550123@203.0.113.7;user=phone","addressDisplayable":"+12175550123"}\#(call)}]}"#
    }

    /// Twelve digits.
    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}
