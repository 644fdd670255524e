// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// What adherence checks remember of business units and agents, each for a time.
struct AdherenceMemory: Sendable {
    private struct Remembered<Value: Sendable>: Sendable {
        var value: Value?
        var until: Timestamp
    }

    /// `nil` inside = could not be read.
    private var codes: [String: Remembered<[ActivityCode]>] = [:]
    private var sources: [String: Remembered<String>] = [:]
    /// Management unit → its business unit, as reads tell: an event that names only the former is then judged as well.
    private var businessUnits: [String: String] = [:]

    private static let keptSources = 20_000

    /// A read tells which business unit a management unit belongs to.
    mutating func note(_ read: UserAdherence) {
        guard let unit = read.observation.managementUnitID, let business = read.businessUnitID else { return }
        businessUnits[unit] = business
    }

    /// Codes for an event, without asking anybody.
    func codes(managementUnitID: String?, now: Timestamp) -> [ActivityCode]? {
        guard let unit = managementUnitID.flatMap({ businessUnits[$0] }), let known = codes[unit] else { return nil }
        return known.until > now ? known.value : nil
    }

    /// `nil` = to be asked for; `.some(nil)` = not to be had for now.
    func codes(businessUnitID: String, now: Timestamp) -> [ActivityCode]?? {
        guard let known = codes[businessUnitID], known.until > now else { return nil }
        return .some(known.value)
    }

    /// Codes as they were read.
    mutating func keep(_ read: [ActivityCode], of businessUnitID: String, until: Timestamp) {
        codes[businessUnitID] = Remembered(value: read, until: until)
    }

    /// They could not be read: older ones are still better than none.
    mutating func missed(codesOf businessUnitID: String, retryAt: Timestamp) -> [ActivityCode]? {
        let old = codes[businessUnitID]?.value
        codes[businessUnitID] = Remembered(value: old, until: retryAt)
        return old
    }

    /// `nil` = to be asked for; `.some(nil)` = asked in vain.
    func source(of agentID: String, now: Timestamp) -> String?? {
        guard let known = sources[agentID], known.until > now else { return nil }
        return .some(known.value)
    }

    /// A primary source, or `nil` when it was asked for in vain.
    mutating func keep(source: String?, of agentID: String, until: Timestamp, now: Timestamp) {
        if sources.count >= Self.keptSources { sources = sources.filter { $0.value.until > now } }
        sources[agentID] = Remembered(value: source, until: until)
    }
}
