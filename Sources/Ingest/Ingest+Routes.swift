// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
public import HTTPServer

extension Ingest {
    /// Every method of a path that is given up is answered alike.
    private static let methods: [HTTPMethod] = [.get, .head, .post, .put, .patch, .delete, .options]

    /// Adds the webhook (`POST`, and `OPTIONS` for the handshake of CloudEvents), and 410 for the paths it had before.
    public func routes(into router: inout Router) {
        router.on(.post, path) { await handle($0) }
        router.on(.options, path) { answerOptions($0) }
        for path in retiredPaths {
            for method in Self.methods { router.on(method, path) { refuseRetired($0) } }
        }
    }

    /// `OPTIONS`: 200 with what is allowed, 204 for one that asks for nothing, 403 when source or origin may not send.
    func answerOptions(_ request: HTTPRequest) -> HTTPResponse {
        do throws(RefusedRequest) {
            try checkSource(of: request)
            guard let answer = handshake.answer(to: request.headers) else { throw .origin }
            return answer
        } catch {
            return refuse(error, request, at: now())
        }
    }

    /// 410: a sender that understands it stops; EventBridge gives the event to its dead-letter queue.
    func refuseRetired(_ request: HTTPRequest) -> HTTPResponse { refuse(.retired, request, at: now()) }

    /// Counts, logs and answers.
    func refuse(_ refused: RefusedRequest, _ request: HTTPRequest, at time: Timestamp) -> HTTPResponse {
        metrics.refused(refused.reason)
        // Behind a proxy all requests come from the proxy, and one noisy sender would hide the others.
        let source = proxies.sender(of: request)?.description ?? request.remoteAddress
        refusals.note(refused.reason, source: source, now: time)
        return refused.problem.response
    }
}
