// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

extension Console {
    /// `GET /v1/agents`, `/v1/agents/{id}` and `/v1/agents/{id}/history`.
    func addAgentRoutes(to router: inout Router) {
        router.on(
            .get,
            "/v1/agents",
            admin { [sources] request in
                let page = try PageParameters(request)
                return try .json(await sources.agents(page.cursor, page.limit))
            }
        )
        router.on(
            .get,
            "/v1/agents/{id}",
            admin { [sources] request in
                let id = request.parameters["id"] ?? ""
                guard let agent = await sources.agent(id) else { throw Self.unknownAgent }
                return try .json(agent)
            }
        )
        router.on(
            .get,
            "/v1/agents/{id}/history",
            admin { [sources] request in
                let page = try PageParameters(request)
                let before = try page.sequence()
                let id = request.parameters["id"] ?? ""
                let history = try await sources.history(id, before, page.limit)
                // An empty history is an answer for a known agent only.
                if history.entries.isEmpty, await sources.agent(id) == nil { throw Self.unknownAgent }
                return try .json(history)
            }
        )
    }

    private static var unknownAgent: ConsoleError { ConsoleError(.notFound, "The relay has never seen this agent.") }
}
