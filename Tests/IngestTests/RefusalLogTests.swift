// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import Logging
import Testing

@testable import Ingest

@Suite("Logging refusals")
struct RefusalLogTests {
    private let lines = LogLines()
    private let log: RefusalLog

    init() {
        let lines = lines
        log = RefusalLog(logger: Logger(label: "test") { _ in lines })
    }

    private func note(_ source: String, at seconds: Int64, _ reason: Refusal = .credentialsWrong) {
        log.note(reason, source: source, now: Timestamp(milliseconds: seconds * 1000))
    }

    @Test("one line per source and minute, which tells how many were left out")
    func limits() throws {
        for second in 100..<160 { note("192.0.2.1", at: Int64(second)) }
        note("192.0.2.2", at: 130, .malformed)
        #expect(lines.all.count == 2)
        #expect(lines.all[1].contains("malformed") && lines.all[1].contains("192.0.2.2"))
        note("192.0.2.1", at: 160)
        #expect(lines.all.count == 3)
        #expect(lines.all[2].contains("alsoSinceLastLine=59"))
    }

    @Test("many sources in a minute do not fill memory or disk, and are forgotten after it")
    func boundsSources() {
        for index in 0..<5000 { note("source \(index)", at: 100) }
        #expect(lines.all.count == RefusalLog.capacity)
        note("another", at: 161)
        #expect(lines.all.count == RefusalLog.capacity + 1)
    }

    @Test("a clock set back does not silence the log")
    func survivesClock() {
        note("192.0.2.1", at: 1000)
        note("192.0.2.1", at: 10)
        #expect(lines.all.count == 2)
    }
}
