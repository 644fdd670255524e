// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// The events of the measurements, in EventBridge envelopes, as of now.
public enum EventBodies {
    /// An agent of a measurement that has no organisation of its own.
    public static func agent(_ number: Int) -> String { String(format: "11111111-0000-4000-8000-%012x", number) }

    /// With milliseconds, as Genesys writes times.
    public static func now() -> String { Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    /// The agent has the presence.
    ///
    /// - Parameters:
    ///   - system: `ON_QUEUE`
    ///   - modifiedAt: as of when; now by default.
    public static func presence(
        agent: String,
        definition: String,
        system: String,
        modifiedAt: String? = nil
    ) -> [UInt8] {
        envelope(
            topic: "v2.users.\(agent).presence",
            type: "v2.users.{id}.presence",
            body:
                #"{"source":"PURECLOUD","presenceDefinition":{"id":"\#(definition)","systemPresence":"\#(system)"},"#
                + #""primary":true,"message":"","modifiedDate":"\#(modifiedAt ?? now())"}"#
        )
    }

    /// The agent is on a connected call, with the attribute when there is a status.
    public static func conversation(agent: String, status: String?) -> [UInt8] {
        let suffix = agent.suffix(12)
        let attributes = status.map { #"{"wfm_status":"\#($0)"}"# } ?? "{}"
        return envelope(
            topic: "v2.users.\(agent).conversations",
            type: "v2.users.{id}.conversations",
            body:
                #"{"id":"33333333-0000-4000-8000-\#(suffix)","participants":[{"id":"44444444-0000-4000-8000-\#(suffix)","#
                + #""userId":"\#(agent)","purpose":"agent","connectedTime":"2026-01-01T00:00:00.000Z","#
                + #""attributes":\#(attributes),"calls":[{"id":"55555555-0000-4000-8000-\#(suffix)","state":"connected","#
                + #""direction":"inbound","held":false,"muted":false,"confined":false,"#
                + #""connectedTime":"2026-01-01T00:00:00.000Z"}]}]}"#
        )
    }

    private static func envelope(topic: String, type: String, body: String) -> [UInt8] {
        let time = now()
        return Array(
            (#"{"version":"0","id":"\#(UUID().uuidString)","detail-type":"\#(type)","#
                + #""source":"aws.partner/genesys.com/cloud/0a0a0000-1111-4222-8333-0000000000aa/benchmark","#
                + #""account":"123456789012","time":"\#(time)","region":"us-east-1","resources":[],"#
                + #""detail":{"topicName":"\#(topic)","version":"2","eventBody":\#(body),"#
                + #""metadata":{"CorrelationId":"\#(UUID().uuidString)"},"timestamp":"\#(time)"}}"#).utf8
        )
    }
}
