// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// `/simulator/settings`: how the platform behaves, changed while it runs.
enum SettingsControl {
    static let all: [Endpoint] = [
        Endpoint("GET", "/simulator/settings", read),
        Endpoint("PATCH", "/simulator/settings", change),
        Endpoint("POST", "/simulator/settings", change),
    ]

    private static func read(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer { .ok(report(state)) }

    /// Changes what is named; a name or value it does not know changes nothing at all.
    private static func change(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        var changed = state
        for member in try call.objectBody().objectValue ?? JSONObject() {
            try apply(member.name, member.value, to: &changed)
        }
        state = changed
        return .ok(report(state))
    }

    private static func apply(
        _ name: String,
        _ value: JSONValue,
        to state: inout SimulatorState
    ) throws(PlatformError) {
        switch name {
        case "requestsPerMinute": state.access.requestsPerMinute = try number(name, value, 1...10_000_000)
        case "retryAfter": state.switches.hasRetryAfter = try flag(name, value)
        case "rateLimitHeaders": state.switches.hasRateLimitHeaders = try flag(name, value)
        case "tokenLifetimeSeconds": state.access.lifetime = .seconds(try number(name, value, 1...31_536_000))
        case "bulkLimit": state.switches.bulkLimit = try number(name, value, 0...100_000)
        case "bulkLimitStatus":
            let status = try number(name, value, 400...413)
            guard status == 400 || status == 413 else { throw .invalid(name, "\(name) must be 400 or 413.") }
            state.switches.bulkLimitStatus = status
        case "adherenceDelayMilliseconds":
            let isNever = value.stringValue == "never"
            let delay = isNever ? nil : try number(name, value, 0...86_400_000)
            state.organization.settings.adherenceLatency = delay.map { .milliseconds($0) }
        case "explanationDelayMilliseconds":
            state.organization.settings.explanationLatency = .milliseconds(try number(name, value, 0...86_400_000))
        case "explanationError":
            guard value == .null || value.stringValue != nil else {
                throw .invalid(name, "\(name) must be a message or null.")
            }
            state.organization.settings.explanationError = value.stringValue
        case "explanationQueriesAnswerAtOnce": state.switches.queriesAnswerAtOnce = try flag(name, value)
        case "afterCallWork": state.organization.settings.hasAfterCallWork = try flag(name, value)
        case "wfmAdherencePut": state.switches.hasAdherenceGateway = try flag(name, value)
        default: throw .invalid(name, "There is no setting \(name).")
        }
    }

    private static func report(_ state: SimulatorState) -> JSONValue {
        let settings = state.organization.settings
        let adherenceDelay = settings.adherenceLatency.map { milliseconds($0).json } ?? .string("never")
        return object([
            "requestsPerMinute": state.access.requestsPerMinute,
            "retryAfter": state.switches.hasRetryAfter,
            "rateLimitHeaders": state.switches.hasRateLimitHeaders,
            "tokenLifetimeSeconds": milliseconds(state.access.lifetime) / 1000,
            "bulkLimit": state.switches.bulkLimit,
            "bulkLimitStatus": state.switches.bulkLimitStatus,
            "adherenceDelayMilliseconds": adherenceDelay,
            "explanationDelayMilliseconds": milliseconds(settings.explanationLatency),
            "explanationError": settings.explanationError,
            "explanationQueriesAnswerAtOnce": state.switches.queriesAnswerAtOnce,
            "afterCallWork": settings.hasAfterCallWork,
            "wfmAdherencePut": state.switches.hasAdherenceGateway,
        ])
    }

    private static func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }

    private static func number(
        _ name: String,
        _ value: JSONValue,
        _ range: ClosedRange<Int>
    ) throws(PlatformError) -> Int {
        guard let number = value.integerValue.map(Int.init), range.contains(number) else {
            throw .invalid(name, "\(name) must be a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    private static func flag(_ name: String, _ value: JSONValue) throws(PlatformError) -> Bool {
        guard let flag = value.boolValue else { throw .invalid(name, "\(name) must be true or false.") }
        return flag
    }
}
