// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("SIGKILL during a storm", .serialized)
struct KillTests {
    enum Moment: CaseIterable {
        /// The first events are taken, hardly anything is decided.
        case events
        /// Bulk calls wait for their answers; what they wrote is written.
        case calls
        /// All are written, not all are confirmed in the journal.
        case written
    }

    @Test(
        "killed at any moment, all of two hundred end as wanted, and none is written more than once for each life",
        arguments: Moment.allCases
    )
    func killed(moment: Moment) async throws {
        try await withInstallation(agents: 210) { site in
            let configuration = try site.configuration(requestsPerMinute: 600)
            let first = try await site.relay(configuration, topics: BulkTests.topics)
            if moment == .calls {
                // Done, but the answer does not come while this relay lives.
                try await site.fault(["match": "PUT presences/bulk", "kind": "timeoutAfter", "times": 2])
            }
            try await site.storm(200)
            try await eventually("\(moment)") {
                switch moment {
                case .events: try await !first.agents().isEmpty
                case .calls: try await site.count() > 20
                case .written: try await site.count() == 200
                }
            }
            first.child.kill()
            try await first.child.end()
            try await site.simulate("DELETE", "/simulator/faults")

            // At the same address, where the events that nobody took are sent again.
            let second = try await site.relay(try first.sameAddress(configuration), topics: BulkTests.topics)
            try await eventually("200 have Break", within: .seconds(60)) { try await site.count() == 200 }
            try await second.confirmed(200)
            let agents = try await second.agents()
            #expect(agents.count == 200)
            #expect(agents.values.allSatisfy { $0["wanted"]["status"].text == "Break" })
            let writes = try await site.writes()
            for (user, calls) in Dictionary(grouping: writes.bulk.flatMap(\.self) + writes.single, by: \.self) {
                #expect(calls.count <= (moment == .written ? 1 : 2), "\(user): \(calls.count)")
            }
            try await site.expectFairPlay()
            #expect(try await second.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
        }
    }
}
