// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import Testing

@testable import StatusRules

@Suite("OwnWrites")
struct OwnWritesTests {
    private func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

    private func seen(_ definitionID: String, at seconds: Int64) -> PresenceFacts {
        PresenceFacts(definitionID: definitionID, message: "", modifiedAt: time(seconds))
    }

    @Test("what was set before we can have written it is somebody else's, whatever became of our write")
    func tooOld() {
        var writes = OwnWrites()
        writes.loseTrack(of: ("meal", time(100)))
        #expect(!writes.mayHaveMade(seen("meal", at: 94)))
        #expect(writes.mayHaveMade(seen("meal", at: 96)))
        var settled = writes
        let isOurs = settled.settle(by: seen("meal", at: 94))
        #expect(!isOurs)
        #expect(!settled.isOpen)
        let isOursLater = writes.settle(by: seen("meal", at: 101))
        #expect(isOursLater)
    }

    @Test("of several writes of a definition the first counts, until they are settled")
    func first() {
        var writes = OwnWrites()
        writes.overtake("meal", since: time(50))
        writes.loseTrack(of: ("meal", time(100)))
        #expect(writes.mayHaveMade(seen("meal", at: 60)))
        writes.accept("break", modifiedAt: time(120))
        writes.send("meal", at: time(200))
        #expect(!writes.mayHaveMade(seen("meal", at: 60)))
        writes.refuse()
        writes.send("meal", at: time(300))
        #expect(!writes.mayHaveMade(seen("meal", at: 210)))
    }
}
