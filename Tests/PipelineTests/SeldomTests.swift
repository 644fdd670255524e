// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import StatusRules
import Testing

@testable import Pipeline

@Suite("Seldom")
struct SeldomTests {
    private struct Holder: Equatable {
        @Seldom var number: Int? = nil
    }

    @Test("a value is read as it was written, in place and as a whole, and equality sees it")
    func value() {
        var holder = Holder()
        #expect(holder.number == nil)
        holder.number = 3
        #expect(holder.number == 3)
        holder.number? += 1
        #expect(holder.number == 4)
        var other = holder
        other.number = 5
        #expect(holder.number == 4, "a copy is its own")
        #expect(other != holder)
        other.number = nil
        #expect(other == Holder(), "nothing equals what was never written")
    }

    @Test("a change in place that leads back to nothing leaves nothing")
    func silentAgain() {
        var holder = Holder()
        func clear(_ number: inout Int?) { number = nil }
        func set(_ number: inout Int?) { number = 7 }
        set(&holder.number)
        #expect(holder.number == 7)
        clear(&holder.number)
        #expect(holder == Holder())
    }
}
