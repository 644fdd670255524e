// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Pipeline
import Rehearsal
import Testing

@Suite("Replay reports")
struct ReplayReportTests {
    /// Two agents, the second with a name that is not made for any of the formats.
    private func result(comparing: Bool = true) throws -> ReplayResult {
        let hostile = #"=1+1,"</script><script>alert('x')</script>"#
        var named = RecordedEvent.call("d", of: "b", ["wfm_status": "Break"], at: .nine(600))
        guard case .conversation(let id, var snapshot) = named.notification.event else { return try .of([], "[]") }
        snapshot.participants[0].name = hostile
        named.notification.event = .conversation(userID: id, snapshot)
        let events: [RecordedEvent] = [
            .presence(.onQueue, at: .nine), .presence(.onQueue, of: "b", at: .nine),
            .call("c", ["wfm_status": "Break"], at: .nine(60)), .call("c", state: "disconnected", at: .nine(330)),
            named,
        ]
        let other = "- { name: long, when: { conversation: {}, for: 1m }, then: { status: Meal } }"
        return try .of(events, DecisionEngine.flagged, comparing ? other : nil, window: .nine ... .nine(900))
    }

    @Test("text: minutes, differences and timelines")
    func text() throws {
        let text = try result().lines.joined(separator: "\n")
        #expect(
            text.hasPrefix(
                """
                2026-03-02T09:00:00.000Z – 2026-03-02T09:15:00.000Z
                rules  relay.yaml (version 1, 1 rule)
                new    other.yaml (version 2, 1 rule)
                5 events (0 of the relay's own changes, 0 not used, 0 not decodable), 2 agents, of 2 of whom a status is wanted

                MINUTES        RULES         NEW      CHANGE
                Break            9.5         0.0        -9.5
                Meal             0.0         7.5        +7.5

                DIFFERENCES  4
                """
            ),
            "\(text)"
        )
        #expect(
            text.contains(
                "  2026-03-02T09:01:00.000Z – 2026-03-02T09:02:00.000Z  60 s  Break (flagged) → none  new: there is no rule 'flagged'"
            )
        )
        #expect(
            text.contains(
                """
                agent a
                  rules: Break 4.5 min
                    2026-03-02T09:01:00.000Z – 2026-03-02T09:05:30.000Z  Break (flagged)
                  new: Meal 3.5 min
                    2026-03-02T09:02:00.000Z – 2026-03-02T09:05:30.000Z  Meal (long)
                """
            )
        )
        let plain = try result(comparing: false).lines.joined(separator: "\n")
        #expect(!plain.contains("DIFFERENCES") && !plain.contains("  new:"))
    }

    @Test("CSV: a row for each time in which both files want the same, quoted, and no formula in it")
    func csv() throws {
        let name = #""'=1+1,""</script><script>alert('x')</script>""#
        #expect(
            try result().csv
                == """
                agent,name,from,to,minutes,status,rule,new_status,new_rule,differs,reason
                b,\(name),2026-03-02T09:10:00.000Z,2026-03-02T09:11:00.000Z,1.000,Break,flagged,,,yes,new: there is no rule 'flagged'
                b,\(name),2026-03-02T09:11:00.000Z,2026-03-02T09:15:00.000Z,4.000,Break,flagged,Meal,long,yes,new: there is no rule 'flagged'
                a,,2026-03-02T09:01:00.000Z,2026-03-02T09:02:00.000Z,1.000,Break,flagged,,,yes,new: there is no rule 'flagged'
                a,,2026-03-02T09:02:00.000Z,2026-03-02T09:05:30.000Z,3.500,Break,flagged,Meal,long,yes,new: there is no rule 'flagged'

                """.replacingOccurrences(of: "\n", with: "\r\n")
        )
        #expect(
            try result(comparing: false).csv.hasPrefix(
                "agent,name,from,to,minutes,status,rule\r\nb,\(name),2026-03-02T09:10:00.000Z,2026-03-02T09:15:00.000Z,5.000,Break,flagged\r\n"
            )
        )
    }

    @Test("JSON: timelines, minutes and differences by name; without a second file nothing of it")
    func json() throws {
        func object(_ result: ReplayResult) throws -> [String: Any] {
            let data = try JSONEncoder().encode(ReplayReport(result))
            return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }
        let report = try object(try result())
        #expect(report["from"] as? String == "2026-03-02T09:00:00.000Z")
        #expect((report["minutes"] as? [String: Double])?["Break"] == 9.5)
        #expect(report["differenceCount"] as? Int == 4)
        let agents = try #require(report["agents"] as? [[String: Any]])
        let difference = try #require((agents.last?["differences"] as? [[String: Any]])?.first)
        #expect(difference["status"] as? String == "Break")
        #expect(difference["newStatus"] == nil)
        #expect(difference["reason"] as? String == "new: there is no rule 'flagged'")
        let plain = try object(try result(comparing: false))
        #expect(plain["newRules"] == nil && plain["newMinutes"] == nil && plain["differenceCount"] == nil)
    }

    @Test("HTML: one page with everything in it, and nothing of the data is markup")
    func html() throws {
        let page = ReplayPage(try result()).html
        #expect(page.hasPrefix("<!doctype html>"))
        #expect(page.contains("default-src 'none'"))
        #expect(!page.contains("<script>alert"))
        #expect(page.components(separatedBy: "<script").count == 3, "the data and the page's own")
        for forbidden in [" src=", " href=", "url(", "@import", "fetch(", "XMLHttpRequest", "innerHTML", "/*DATA*/"] {
            #expect(!page.contains(forbidden), "\(forbidden)")
        }
        let data = try #require(page.firstMatch(of: #/<script type="application/json" id="data">(.*)</script>/#)?.1)
        let object = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]
        let agents = try #require(object?["agents"] as? [[String: Any]])
        #expect(agents.first?["name"] as? String == #"=1+1,"</script><script>alert('x')</script>"#)
        let texts = try #require(object?["texts"] as? [String])
        let spans = try #require(agents.last?["old"] as? [[Int]])
        #expect(spans.first?.prefix(2) == [60_000, 330_000])
        #expect(spans.first.map { texts[$0[2]] } == "Break")
    }
}
