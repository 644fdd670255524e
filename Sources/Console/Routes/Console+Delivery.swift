// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

extension Console {
    /// `GET /v1/delivery`.
    func addDeliveryRoutes(to router: inout Router) {
        router.on(.get, "/v1/delivery", admin { [sources] _ in try .json(await sources.load()) })
    }

    /// `GET /metrics`: what was counted, and how things are at this moment.
    func metricsPage() async -> HTTPResponse {
        metrics.show(await sources.load())
        await sources.prepareScrape()
        return .text(metrics.exposition(), type: PrometheusMetrics.contentType)
    }
}
