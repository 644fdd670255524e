// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@testable import Preflight

@Suite("PreflightReport")
struct PreflightReportTests {
    private let report = PreflightReport([
        .init("token", .pass, seen: "client-1 has a token"),
        .init("clock", .warn, seen: "40 s behind", advice: "Set the clock"),
        .init("presence edit", .fail, seen: "403", advice: "Grant it"),
        .init("presence edit, client 2", .fail, seen: "403", advice: "Grant it"),
        .init("activity codes", .skipped, seen: "not needed"),
    ])

    @Test(
        "the worst check decides, and warnings alone are good enough",
        arguments: [
            ([], PreflightReport.Result.pass, 0), ([.pass, .skipped], .pass, 0), ([.skipped, .warn, .pass], .warn, 0),
            ([.warn, .fail, .pass], .fail, 1),
        ] as [([PreflightReport.Result], PreflightReport.Result, Int32)]
    )
    func result(results: [PreflightReport.Result], expected: PreflightReport.Result, code: Int32) {
        let report = PreflightReport(results.map { PreflightReport.Check("x", $0, seen: "") })
        #expect(report.result == expected)
        #expect(report.exitCode == code)
    }

    @Test("the text is an aligned table and what to do, failures first and nothing twice")
    func text() {
        #expect(
            report.text == """
                CHECK                    RESULT   SEEN
                token                    pass     client-1 has a token
                clock                    warn     40 s behind
                presence edit            fail     403
                presence edit, client 2  fail     403
                activity codes           skipped  not needed

                To do:
                  1. Grant it [presence edit, presence edit, client 2]
                  2. Set the clock [clock]

                fail: 2 failed, 1 warnings, 1 passed, 1 skipped
                """
        )
        #expect(!PreflightReport([.init("a", .pass, seen: "")]).text.contains("To do"))
    }

    @Test("the JSON has the four words of each check")
    func json() throws {
        let encoder = JSONEncoder()
        let value = try JSONSerialization.jsonObject(with: try encoder.encode(report)) as? NSDictionary
        #expect(value?["result"] as? String == "fail")
        let checks = value?["checks"] as? [NSDictionary]
        #expect(checks?.count == 5)
        let clock: NSDictionary = [
            "name": "clock", "result": "warn", "seen": "40 s behind", "advice": "Set the clock",
        ]
        #expect(checks?[1] == clock)
        #expect(checks?[0]["advice"] as? String == "")
    }
}
