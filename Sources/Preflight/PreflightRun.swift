// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// A preflight under way: what has been found, and how many calls are left.
struct PreflightRun {
    let preflight: Preflight
    let scope: Preflight.Scope
    var checks: [PreflightReport.Check] = []
    private let mostCalls: Int
    var callsLeft: Int
    /// A client whose token could be had.
    var client: Preflight.Client?
    var statuses: [ResolvedStatus] = []

    init(_ preflight: Preflight, _ scope: Preflight.Scope) {
        self.preflight = preflight
        self.scope = scope
        let callsForNames = preflight.needs.names.count * Preflight.callsForName
        mostCalls = scope == .full ? Preflight.mostCalls + callsForNames : 4
        callsLeft = mostCalls
    }

    var needs: PreflightNeeds { preflight.needs }

    mutating func perform() async {
        await tokens()
        guard let client else { return skipWithoutToken() }
        await presenceDefinitions(client)
        await presenceEdit(client)
        guard scope == .full else { return clock() }

        let users = await users(client)
        await reads(client, users)
        await workforce(client, users)
        if needs.explanations { await explanations(client) }
        await tags(client)
        await names(client)
        await otherClients()
        clock()
        modifiedDate(users)
        rateLimit()
    }

    /// Makes a call in its turn, once more after a 429 that is over soon; `nil` when no call is left.
    mutating func ask<Value: Sendable>(
        _ client: Preflight.Client,
        _ call: (GenesysAPI) async throws(GenesysAPIError) -> Value
    ) async -> Result<Value, GenesysAPIError>? {
        var answer: Result<Value, GenesysAPIError>?
        for _ in 1...2 {
            guard callsLeft > 0 else { return answer }
            callsLeft -= 1
            guard let pass = await client.gate.enter(.resync, client: client.index) else { return answer }
            do throws(GenesysAPIError) {
                answer = .success(try await call(client.api))
                await client.gate.leave(pass, .success)
            } catch {
                answer = .failure(error)
                await client.gate.leave(pass, .failure(error))
            }
            // The gate holds the next call back until it is over.
            guard case .failure(let error)? = answer, error.code == .rateLimited, let pause = error.retryAfter,
                pause <= .seconds(60)
            else { return answer }
        }
        return answer
    }

    mutating func add(_ name: String, _ result: PreflightReport.Result, _ seen: String, _ advice: String = "") {
        checks.append(PreflightReport.Check(name, result, seen: seen, advice: advice))
    }

    mutating func skip(_ name: String, _ why: String) { add(name, .skipped, why) }

    mutating func skipForCalls(_ name: String) {
        skip(name, "not looked at: \(mostCalls) calls are enough for a preflight")
    }

    // MARK: Tokens and clients

    private func name(_ name: String, _ index: Int) -> String { index == 0 ? name : "\(name), client \(index + 1)" }

    private mutating func tokens() async {
        for (index, client) in preflight.clients.enumerated() {
            let name = name("token", index)
            // The definitions and the right to set them are worth more than a third token.
            guard scope == .full ? index < 5 : index < 2 else {
                skipForCalls(name)
                continue
            }
            switch await ask(client, { api throws(GenesysAPIError) in try await api.verifyToken() }) {
            case .success?:
                add(name, .pass, "\(client.name) has a token")
                if self.client == nil { self.client = client }
            case .failure(let error)?:
                checks.append(PreflightReport.Check(name, .fail, failure: error))
            case nil: skipForCalls(name)
            }
        }
    }

    private mutating func skipWithoutToken() {
        for name in ["presence definitions", "presence edit"] { skip(name, "no token") }
        if scope == .full { skip("all others", "no token") }
    }

    /// Each client sets presences, so each needs the right.
    private mutating func otherClients() async {
        for (index, client) in preflight.clients.enumerated().dropFirst() where client.name != self.client?.name {
            let name = name("presence edit", index)
            guard let answer = await ask(client, { api throws(GenesysAPIError) in try await api.probePresenceEdit() })
            else {
                skipForCalls(name)
                continue
            }
            checks.append(edit(name, answer))
        }
    }

    // MARK: Presence

    private mutating func presenceDefinitions(_ client: Preflight.Client) async {
        let name = "presence definitions"
        switch await ask(client, { api throws(GenesysAPIError) in try await api.presenceDefinitions() }) {
        case .success(let definitions)?:
            let ownCount = definitions.count { !$0.isSystem }
            add(name, .pass, "\(definitions.count), \(ownCount) of them of the organisation's own")
            statuses = preflight.resolve(definitions)
        case .failure(let error)?:
            checks.append(
                PreflightReport.Check(name, .fail, failure: error, permission: "presence:presenceDefinition:view")
            )
        case nil: skipForCalls(name)
        }
        for status in statuses {
            switch status.outcome {
            case .definition(let definition):
                let label = definition.labels["en_US"] ?? definition.labels.min { $0.key < $1.key }?.value
                let name = label.map { "\"\($0)\", " } ?? ""
                add("status \(status.name)", .pass, "\(name)\(definition.systemPresence), \(definition.id)")
            case .failure(let why):
                add("status \(status.name)", .fail, why, "Correct statuses.\(status.name).presence")
            }
        }
    }

    private mutating func presenceEdit(_ client: Preflight.Client) async {
        let name = "presence edit"
        guard let answer = await ask(client, { api throws(GenesysAPIError) in try await api.probePresenceEdit() })
        else { return skipForCalls(name) }
        checks.append(edit(name, answer))
    }

    private func edit(_ name: String, _ answer: Result<Void, GenesysAPIError>) -> PreflightReport.Check {
        PreflightReport.Check(
            name,
            Probe(answer),
            permission: "presence:userPresence:edit",
            otherwise: needs.writes ? .fail : .warn,
            note: needs.writes ? "; for which divisions cannot be seen" : "; mode: observe does not use it"
        )
    }
}
