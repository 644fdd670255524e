// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysEvents
import Probing

/// How long one event takes to be merged into the facts of an agent, without decoding and without rules.
enum ApplyTimes {
    static func measure(_ rounds: Int = 20_000) throws -> [String] {
        var events = Events(1)
        var decoder = NotificationDecoder()
        var notifications: [(String, GenesysEvents.Notification)] = []
        let names = ["presence", "routing status", "activity", "out of office", "adherence"]
        let bodies =
            zip(names, events.idle).map { ($0, $1) } + [
                ("call, all media, 4 participants, 24 attributes", events.call(state: "connected", flag: "")),
                ("chat beside it", events.chat()),
            ]
        for (name, body) in bodies {
            guard let received = try decoder.decode(Array(body.utf8)).first else {
                throw ProbeError(message: "not decoded: \(name)")
            }
            notifications.append((name, received.notification))
        }
        var facts = AgentFacts(id: events.agent)
        var clock = notifications.last?.1.timestamp ?? Timestamp(milliseconds: 0)
        for (_, notification) in notifications { _ = facts.apply(notification, receivedAt: clock) }
        return notifications.map { name, notification in
            var notification = notification
            var times: [Double] = []
            times.reserveCapacity(rounds)
            for round in 0..<rounds + rounds / 10 {
                clock = clock.advanced(by: .milliseconds(1))
                notification.timestamp = clock
                let start = DispatchTime.now().uptimeNanoseconds
                let outcome = facts.apply(notification, receivedAt: clock)
                let end = DispatchTime.now().uptimeNanoseconds
                if case .stale = outcome { return "\(name)\tstale\t-\t-" }
                if round >= rounds / 10 { times.append(Double(end - start) / 1000) }
            }
            let sorted = times.sorted()
            let numbers = [sorted.percentile(0.5) ?? 0, sorted.percentile(0.99) ?? 0]
            return name + "\t" + numbers.map { String(format: "%.2f", $0) }.joined(separator: "\t") + "\t\(rounds)"
        }
    }
}
