// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import Logging

/// What reads alone do not tell: which activity code a presence belongs to, and which source of presence counts.
extension AdherenceChecks {
    // MARK: Activity codes

    /// From memory, else read: once, however many ask meanwhile.
    func codes(of unit: String) async -> [ActivityCode]? {
        if let known = memory.codes(businessUnitID: unit, now: effects.now()) { return known }
        if let under = loading[unit] { return await under.value }
        let task = Task { await self.load(unit) }
        loading[unit] = task
        return await task.value
    }

    private func load(_ unit: String) async -> [ActivityCode]? {
        defer { loading[unit] = nil }
        do throws(GenesysAPIError) {
            let codes = try await effects.activityCodes(unit)
            memory.keep(codes, of: unit, until: effects.now().advanced(by: policy.memory))
            complaints.remove(unit)
            return codes
        } catch {
            let wait = error.retryAfter ?? (error.isRetryable ? policy.within : policy.codesRetry)
            if complaints.insert(unit).inserted {
                logger.warning(
                    "adherence: activity codes could not be read, secondary presences are not told apart: \(error)",
                    metadata: ["businessUnit": "\(unit)"]
                )
            }
            return memory.missed(codesOf: unit, retryAt: effects.now().advanced(by: wait))
        }
    }

    // MARK: Primary sources

    /// One at a time: it is the last question about an agent, and nothing waits for it but that agent's verdict.
    func askSources() {
        guard !isAskingSources else { return }
        isAskingSources = true
        Task {
            while !self.unexplained.isEmpty { await self.askSource(self.unexplained.removeFirst()) }
            self.isAskingSources = false
        }
    }

    private func askSource(_ member: Member) async {
        guard entry(member) != nil else { return }
        var source: String?
        do throws(GenesysAPIError) {
            source = try await effects.primarySource(member.agentID)
            complaints.remove("source")
        } catch {
            if complaints.insert("source").inserted {
                logger.warning("adherence: an agent's primary presence source could not be read: \(error)")
            }
        }
        let now = effects.now()
        memory.keep(source: source, of: member.agentID, until: now.advanced(by: policy.memory), now: now)
        guard var entry = entry(member), let verdict = entry.check.learned(source: source, now: now) else { return }
        finish(member.agentID, entry, verdict)
    }
}
