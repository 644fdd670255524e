// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// `/simulator/faults` and `/simulator/chaos`: what goes wrong.
enum FaultControl {
    static let all: [Endpoint] = [
        Endpoint("GET", "/simulator/faults", faults),
        Endpoint("POST", "/simulator/faults", addFaults),
        Endpoint("DELETE", "/simulator/faults", removeFaults),
        Endpoint("GET", "/simulator/chaos", chaos),
        Endpoint("POST", "/simulator/chaos", startChaos),
        Endpoint("DELETE", "/simulator/chaos", endChaos),
    ]

    private static func faults(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(report(state))
    }

    /// One fault, or a list of them; all are added or none.
    private static func addFaults(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.body()
        for fault in try (body.arrayValue ?? [body]).map({ try Fault($0) }) { state.faults.add(fault) }
        return .ok(report(state))
    }

    private static func removeFaults(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        state.faults.removeAll()
        return .ok(report(state))
    }

    /// `happened` counts by kind, those of chaos included.
    private static func report(_ state: SimulatorState) -> JSONValue {
        let happened = Fault.Kind.allCases.compactMap { kind in
            state.faults.happened[kind].map { JSONObject.Member(name: kind.rawValue, value: $0.json) }
        }
        return object(["faults": state.faults.faults.map(\.json), "happened": JSONObject(distinct: happened)])
    }

    private static func chaos(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        .ok(object(["chaos": state.chaos?.json, "humans": state.hands?.json]))
    }

    /// `{"seed": 1, "level": "rough", "percent": {"silentNoOp": 10}, "humansPerMinute": 30}`; replaces the chaos before.
    private static func startChaos(_ state: inout SimulatorState, _ call: EndpointCall) throws -> Answer {
        let body = try call.objectBody()
        let chaos = try Chaos(body)
        let rate = body["humansPerMinute"]?.doubleValue ?? 0
        guard (0...600_000).contains(rate) else {
            throw PlatformError.invalid("humansPerMinute", "humansPerMinute must be between 0 and 600000.")
        }
        state.chaos = chaos
        state.handRounds += 1
        state.hands = rate > 0 ? HandChanges(perMinute: rate, seed: chaos.seed, round: state.handRounds) : nil
        state.hands?.plan(&state.organization, now: call.now)
        return .ok(object(["chaos": chaos.json]))
    }

    /// Answers what the chaos had been, and what its people did.
    private static func endChaos(_ state: inout SimulatorState, _ call: EndpointCall) -> Answer {
        defer {
            state.chaos = nil
            state.hands = nil
        }
        return .ok(object(["chaos": state.chaos?.json, "humans": state.hands?.json]))
    }
}
