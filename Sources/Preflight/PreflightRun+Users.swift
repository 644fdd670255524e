// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// The users that the checks look at: never written to.
struct SampledUsers {
    /// Those that Genesys has shown.
    var states: [UserState] = []
    /// The one that single reads are made for.
    var id: String?
}

extension PreflightRun {
    mutating func users(_ client: Preflight.Client) async -> SampledUsers {
        let wanted = Array(needs.userIDs.prefix(GenesysAPI.usersPerRead))
        let answer = await ask(client) { api throws(GenesysAPIError) in
            wanted.isEmpty ? try await api.someUsers(25) : try await api.users(ids: wanted)
        }
        switch answer {
        case .success(let states)?:
            found(states, wanted: wanted)
            let best = states.first { $0.presence != nil && $0.state != "deleted" } ?? states.first
            return SampledUsers(states: states, id: best?.userID ?? wanted.first)
        case .failure(let error)?:
            // Presences are read one by one as well.
            checks.append(PreflightReport.Check("users", .warn, failure: error, permission: "directory:user:view"))
        case nil: skipForCalls("users")
        }
        return SampledUsers(id: wanted.first)
    }

    private mutating func found(_ states: [UserState], wanted: [String]) {
        guard !wanted.isEmpty else {
            return states.isEmpty
                ? add(
                    "users",
                    .warn,
                    "Genesys shows no user",
                    "Give the OAuth client's role the divisions of the agents (Admin > Integrations > OAuth > Roles)"
                ) : add("users", .pass, "\(states.count) looked at")
        }
        let gone = Set(states.filter { $0.state == "deleted" }.map(\.userID))
        let missing = Set(wanted).subtracting(states.map(\.userID)).union(gone).sorted()
        guard !missing.isEmpty else { return add("users", .pass, "all \(wanted.count) of agents.include.users") }
        let all = missing.count == Set(wanted).count
        add(
            "users",
            all ? .fail : .warn,
            "\(missing.count) of \(wanted.count) are deleted or not to be seen: "
                + missing.prefix(3).joined(separator: ", ") + (missing.count > 3 ? ", …" : ""),
            "Correct agents.include.users, or give the OAuth client's role the divisions of these users"
        )
    }

    /// What the relay reads of each agent, and what nobody should find out by surprise.
    mutating func reads(_ client: Preflight.Client, _ users: SampledUsers) async {
        guard let id = users.id else {
            for name in ["presence read", "routing status read", "primary presence source"] { skip(name, "no user") }
            return
        }
        if let answer = await ask(client, { api throws(GenesysAPIError) in try await api.presence(userID: id) }) {
            checks.append(read("presence read", answer, of: id) { "\($0.system?.name ?? $0.definitionID)" })
        }
        if let answer = await ask(client, { api throws(GenesysAPIError) in try await api.routingStatus(userID: id) }) {
            checks.append(read("routing status read", answer, of: id, otherwise: .warn) { $0.status })
        }
        await primarySource(client, id)
    }

    private func read<Value>(
        _ name: String,
        _ answer: Result<Value, GenesysAPIError>,
        of id: String,
        otherwise: PreflightReport.Result = .fail,
        _ text: (Value) -> String
    ) -> PreflightReport.Check {
        switch answer {
        case .success(let value): PreflightReport.Check(name, .pass, seen: "\(text(value)) (\(id))")
        case .failure(let error): PreflightReport.Check(name, otherwise, failure: error)
        }
    }

    private mutating func primarySource(_ client: Preflight.Client, _ id: String) async {
        let name = "primary presence source"
        let answer = await ask(client) { api throws(GenesysAPIError) in
            try await api.primaryPresenceSource(userID: id)
        }
        switch answer {
        case .success(let source?)?:
            guard source.uppercased() != "PURECLOUD" else { return add(name, .pass, "PURECLOUD (\(id))") }
            add(
                name,
                .warn,
                "\(source) (\(id)): another system's presence is the one that counts",
                "Make PURECLOUD the primary source of the agents (PUT /api/v2/presence/users/{id}/primarysource, or the "
                    + "presence settings), or what the relay sets will not show"
            )
        case .success(nil)?: skip(name, "none is named for \(id)")
        case .failure(let error)? where error.code == .notFound: skip(name, "none is registered for \(id)")
        case .failure(let error)?:
            checks.append(
                PreflightReport.Check(name, .warn, failure: error, permission: "presence:userPrimarySource:view")
            )
        case nil: skipForCalls(name)
        }
    }

    // MARK: Told by the answers

    mutating func clock() {
        guard let skew = client?.notes.current.skew else { return skip("clock", "no answer had a date") }
        let seconds = skew.components.seconds
        guard abs(skew) > .seconds(30) else { return add("clock", .pass, "within 30 s of Genesys'") }
        add(
            "clock",
            .warn,
            "\(seconds < 0 ? -seconds : seconds) s \(seconds < 0 ? "ahead of" : "behind") Genesys'",
            "Set this machine's clock (NTP): the age of events, and who changed a presence last, are told by the clock"
        )
    }

    /// The guard that lets the agent win compares these times.
    mutating func modifiedDate(_ users: SampledUsers) {
        let name = "modifiedDate"
        let times = users.states.compactMap(\.presence?.modifiedAt)
        guard !times.isEmpty else { return skip(name, "no presence with a time was seen") }
        let fine = times.count { $0.milliseconds % 1000 != 0 }
        // One in a thousand is a whole second by chance; three of three are not.
        guard fine == 0 else { return add(name, .pass, "in milliseconds") }
        guard times.count >= 3 else { return skip(name, "\(times.count) seen, in whole seconds: too few to tell") }
        add(
            name,
            .warn,
            "\(times.count) seen, all in whole seconds",
            "Nothing can be done; a change by hand within the same second as the relay's own may be taken for its own"
        )
    }

    mutating func rateLimit() {
        let name = "rate limit"
        let clients = preflight.clients
        let budgets = clients.map(\.requestsPerMinute)
        let total = budgets.reduce(0, +)
        let sum =
            Set(budgets).count == 1
            ? "\(budgets[0]) × \(clients.count)" : budgets.map { "\($0)" }.joined(separator: " + ")
        let ours =
            "requestsPerMinute \(sum) \(clients.count == 1 ? "client" : "clients") = \(total) calls a minute"
        if Set(clients.map(\.name)).count < clients.count {
            return add(
                name,
                .warn,
                "\(ours), but the same OAuth client is named more than once",
                "Genesys limits each OAuth client: name different ones under genesys.clients"
            )
        }
        let limits = clients.compactMap { client in
            client.notes.current.limits.map { (budget: client.requestsPerMinute, allowed: $0.allowed) }
        }
        guard let least = limits.min(by: { $0.allowed < $1.allowed })?.allowed else {
            return add(name, .pass, "\(ours); Genesys names no limit")
        }
        let seen = "\(ours); Genesys allows \(least) per client"
        guard let over = limits.first(where: { $0.budget > $0.allowed }) else { return add(name, .pass, seen) }
        add(
            name,
            .warn,
            seen,
            "Set requestsPerMinute to \(over.allowed), or have Genesys raise the limit of the client"
        )
    }
}
