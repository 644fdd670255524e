// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// Notifications about one agent in a call, about 3 KB each as Genesys sends them.
enum Bodies {
    static let agent = "11111111-0000-4000-8000-000000000001"

    /// The agent's presence.
    static func presence(at time: Timestamp) -> [UInt8] {
        body(
            "presence",
            time,
            #"{"source":"PURECLOUD","presenceDefinition":{"id":"e08eaf1b-ee47-4fa9-a231-1200e284798f","#
                + #""systemPresence":"ON_QUEUE"},"primary":true,"message":"","modifiedDate":"\#(time)"}"#
        )
    }

    /// The agent's call, with so many attributes; a new value each time, so that a fact changes.
    static func call(at time: Timestamp, number: Int) -> [UInt8] {
        var attributes = (0..<20).map { #""ivr_\#($0)":"answer \#($0) of the caller""# }
        attributes.append(#""skill":"billing""#)
        attributes.append(#""step":"\#(number)""#)
        let leg =
            #""direction":"inbound","held":false,"muted":false,"confined":false,"provider":"Edge","#
            + #""connectedTime":"2026-03-02T09:00:00.000Z","self":{"name":"A","addressRaw":"sip:a@b"},"#
            + #""other":{"name":"B","addressRaw":"sip:b@b"},"recordingState":"active""#
        let participants = [
            #"{"id":"p-1","purpose":"customer","connectedTime":"2026-03-02T08:58:00.000Z","#
                + #""attributes":{\#(attributes.joined(separator: ","))},"calls":[{"id":"k-1","state":"connected",\#(leg)}]}"#,
            #"{"id":"p-2","purpose":"ivr","endTime":"2026-03-02T08:59:00.000Z","attributes":{},"#
                + #""calls":[{"id":"k-2","state":"terminated","disconnectType":"transfer",\#(leg)}]}"#,
            #"{"id":"p-3","purpose":"acd","queueId":"queue","endTime":"2026-03-02T09:00:00.000Z","attributes":{},"#
                + #""calls":[{"id":"k-3","state":"terminated","disconnectType":"transfer",\#(leg)}]}"#,
            #"{"id":"p-4","purpose":"agent","userId":"\#(agent)","queueId":"queue","#
                + #""connectedTime":"2026-03-02T09:00:00.000Z","wrapupRequired":true,"#
                + #""attributes":{\#(attributes.joined(separator: ","))},"calls":[{"id":"k-4","state":"connected",\#(leg)}]}"#,
        ]
        return body("conversations", time, #"{"id":"c-1","participants":[\#(participants.joined(separator: ","))]}"#)
    }

    private static func body(_ topic: String, _ time: Timestamp, _ content: String) -> [UInt8] {
        Array(
            (#"{"topicName":"v2.users.\#(agent).\#(topic)","version":"2","eventBody":\#(content),"#
                + #""metadata":{"CorrelationId":"0"},"timestamp":"\#(time)"}"#).utf8
        )
    }
}
