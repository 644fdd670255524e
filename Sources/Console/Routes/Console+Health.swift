// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

extension Console {
    /// `/livez`, `/readyz` and `/healthz`, open to everybody.
    func addHealthRoutes(to router: inout Router) {
        // Answering at all is the proof: the handler runs on the same loops as every other.
        router.on(.get, "/livez", open { _ in .text(Array("ok\n".utf8), type: "text/plain; charset=utf-8") })
        router.on(
            .get,
            "/readyz",
            open { [sources] _ in
                let health = await sources.health()
                let readiness = Readiness(ready: health.isReady, reasons: health.notReady ?? [])
                return try .json(readiness, status: health.isReady ? 200 : 503)
            }
        )
        router.on(
            .get,
            "/healthz",
            open { [sources, configuration] _ in
                var health = await sources.health()
                health.version = configuration.version
                return try .json(health, status: health.isReady ? 200 : 503)
            }
        )
    }
}

/// The body of `/readyz`.
struct Readiness: Codable, Equatable {
    var ready: Bool
    var reasons: [String]
}
