// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

extension PreflightRun {
    /// Adherence of the sampled user, and as what each status will count there.
    mutating func workforce(_ client: Preflight.Client, _ users: SampledUsers) async {
        let name = "adherence read"
        guard let id = users.id else { return skip(name, "no user") }
        let sample = [id] + users.states.map(\.userID).filter { $0 != id }.prefix(GenesysAPI.agentsPerAdherenceRead - 1)
        switch await ask(client, { api throws(GenesysAPIError) in try await api.adherence(userIDs: sample) }) {
        case .success(let adherences)?:
            if adherences.isEmpty {
                add(
                    name,
                    needs.adherence ? .warn : .skipped,
                    "permitted, but none of \(sample.count) users is in workforce management",
                    needs.adherence ? "Add the agents to a management unit, or leave verify.adherence out" : ""
                )
            } else {
                let one = adherences[0]
                add(
                    name,
                    .pass,
                    "\(one.observation.state ?? "no state") (\(one.userID)), of \(adherences.count) agents"
                )
            }
            await activityCodes(client, adherences.lazy.compactMap(\.businessUnitID).first)
        case .failure(let error)? where error.code == .forbidden && !needs.adherence:
            skip(name, "not permitted, and not needed without verify.adherence")
            skip("activity codes", "the business unit is not known")
        case .failure(let error)?:
            let result = needs.adherence ? PreflightReport.Result.fail : .warn
            checks.append(
                PreflightReport.Check(name, result, failure: error, permission: "wfm:realtimeAdherence:view")
            )
            skip("activity codes", "the business unit is not known")
        case nil: skipForCalls(name)
        }
    }

    private mutating func activityCodes(_ client: Preflight.Client, _ businessUnitID: String?) async {
        let name = "activity codes"
        guard let businessUnitID else { return skip(name, "the business unit is not known") }
        let answer = await ask(client) { api throws(GenesysAPIError) in
            try await api.activityCodes(businessUnitID: businessUnitID)
        }
        switch answer {
        case .success(let codes)?:
            add(name, .pass, "\(codes.count) of the business unit \(businessUnitID)")
            for status in statuses {
                guard case .definition(let definition) = status.outcome else { continue }
                checks.append(ActivityMapping.check(status.name, definition, codes: codes))
            }
        case .failure(let error)?:
            checks.append(PreflightReport.Check(name, .warn, failure: error, permission: "wfm:activityCode:view"))
        case nil: skipForCalls(name)
        }
    }

    /// For an agent who does not exist: nothing can be explained there.
    mutating func explanations(_ client: Preflight.Client) async {
        let start = preflight.now().advanced(by: .seconds(-3600))
        let end = preflight.now()
        let added = await ask(client) { api throws(GenesysAPIError) in
            try await api.addExplanation(
                AdherenceExplanation(start: start, minutes: 1, status: "Pending", notes: "presence-relay preflight"),
                agentID: Preflight.nobody
            )
        }
        probed("explanations add", added, permission: "wfm:adherenceExplanation:add")
        let viewed = await ask(client) { api throws(GenesysAPIError) in
            try await api.queryExplanations(agentID: Preflight.nobody, from: start, to: end)
        }
        probed("explanations view", viewed, permission: "wfm:adherenceExplanation:view")
    }

    /// - Parameter permission: to be granted when it is missing; `nil` = the error says what to look at.
    mutating func probed<Value>(
        _ name: String,
        _ answer: Result<Value, GenesysAPIError>?,
        permission: String?
    ) {
        guard let answer else { return skipForCalls(name) }
        checks.append(PreflightReport.Check(name, Probe(answer), permission: permission))
    }
}
