// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// The validation handshake of CloudEvents: a sender asks whether its events are welcome before it sends any.
///
/// It proves nothing and needs no proof: it keeps senders from being turned on strangers, and what is stored is decided
/// by the credentials of each request. https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md
/// section 4.
struct Handshake: Sendable {
    /// Names of sending systems in lower case; `*` = all.
    private let origins: Set<String>

    init(origins: [String]) { self.origins = Set(origins.map { $0.lowercased() }) }

    /// The answer to `OPTIONS`; `nil` when the one who asks is not allowed to send.
    func answer(to headers: HTTPHeaders) -> HTTPResponse? {
        let asked = headers.all("WebHook-Request-Origin")
        guard !asked.isEmpty else {
            return HTTPResponse(status: HTTPStatus(204), headers: ["Allow": "OPTIONS, POST"])
        }
        guard asked.count == 1, let permission = permission(for: asked[0]) else { return nil }
        return HTTPResponse(
            status: HTTPStatus(200),
            headers: [
                "Allow": "POST",
                "WebHook-Allowed-Origin": permission,
                // Who sends too fast is told so by 503 and Retry-After, whatever was agreed on.
                "WebHook-Allowed-Rate": "*",
            ]
        )
    }

    /// What to say of an origin; its own name only where the operator has written it, so that nothing is echoed.
    private func permission(for origin: String) -> String? {
        guard !origin.isEmpty else { return nil }
        if origins.contains("*") { return "*" }
        return origins.contains(origin.lowercased()) ? origin : nil
    }
}
