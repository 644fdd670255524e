// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

extension SimulatorState {
    /// What goes wrong with a request: a fault that was set, or one of chaos.
    mutating func chooseFault(for request: HTTPRequest) -> Fault? {
        let method = request.method.rawValue
        if let fault = faults.take(method: method, target: request.target, generator: &faultGenerator) { return fault }
        guard let fault = chaos?.fault(method: method, target: request.target) else { return nil }
        faults.happened[fault.kind, default: 0] += 1
        return fault
    }

    /// The delays after which copies of an event are to be sent, in milliseconds.
    mutating func deliveries(of event: SimulatedEvent) -> [Int] {
        var fault = faults.take(topic: event.topicName, generator: &faultGenerator)
        if fault == nil, let chosen = chaos?.fault(topic: event.topicName) {
            faults.happened[chosen.kind, default: 0] += 1
            fault = chosen
        }
        guard let fault else { return [0] }
        let delays = fault.deliveries(&faultGenerator)
        events.note(EventLog.Mishap(event: event.id, topic: event.topicName, fault: fault.kind, delays: delays))
        return delays
    }

    /// What a partial bulk call does with one of its users; `nil` = what it should.
    mutating func bulkFate(of user: String, _ call: EndpointCall) -> Fault.Variant? {
        guard let fault = call.fault, fault.kind == .partialBulk else { return nil }
        var generator = lottery.next("\(fault.variant.rawValue) \(user)")
        guard generator.chance(fault.percent / 100) else { return nil }
        faultUsers.append(user)
        return fault.variant
    }

    static func failure(_ fault: Fault, contextID: String) -> Answer {
        var error = PlatformError(
            status: fault.status,
            code: "service.unavailable",
            message: "The service is unavailable."
        )
        switch fault.status {
        case 400: error = .malformed
        case 401: error = .badCredentials
        case 403: error = .missing(PresenceEndpoints.edit)
        case 404: error = .notFound
        case 409: error = .conflict("The resource was changed by another request.")
        // Some services leave the header out and use the older code (facts 2.2).
        case 429: error = fault.retryAfter.map(PlatformError.tooManyRequests) ?? .tooManyRequests
        case 500: error.code = "internal.server.error"
        case 504: error.code = "gateway.timeout"
        default: break
        }
        error.status = fault.status
        error.retryAfter = fault.retryAfter
        var answer = failure(error, contextID: contextID)
        if fault.content != .json { answer.body = nil }
        return answer
    }
}
