// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import HTTPServer

extension Console {
    /// `/` and the files it needs under `/page/`, all embedded in the binary.
    func addPageRoutes(to router: inout Router) {
        let page = PageAsset(type: "text/html; charset=utf-8", bytes: PackageResources.index_html)
        router.on(.get, "/", open { page.response(to: $0) })
        let scripts = [
            "api": PackageResources.api_js, "cells": PackageResources.cells_js, "choice": PackageResources.choice_js,
            "delivery": PackageResources.delivery_js, "dom": PackageResources.dom_js,
            "explanation": PackageResources.explanation_js,
            "health": PackageResources.health_js,
            "history": PackageResources.history_js,
            "live": PackageResources.live_js, "page": PackageResources.page_js, "rows": PackageResources.rows_js,
        ]
        for (name, bytes) in scripts {
            let script = PageAsset(type: "text/javascript; charset=utf-8", bytes: bytes)
            router.on(.get, "/page/\(name).js", open { script.response(to: $0) })
        }
        let style = PageAsset(type: "text/css; charset=utf-8", bytes: PackageResources.page_css)
        router.on(.get, "/page/page.css", open { style.response(to: $0) })
        let icon = PageAsset(type: "image/svg+xml", bytes: PackageResources.icon_svg)
        router.on(.get, "/page/icon.svg", open { icon.response(to: $0) })
    }
}

/// A file of the status page.
private struct PageAsset: Sendable {
    /// Nothing but what this server itself sends; no frame, no form target, no base.
    static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    let type: String
    let bytes: [UInt8]
    let entityTag: String

    init(type: String, bytes: [UInt8]) {
        self.type = type
        self.bytes = bytes
        entityTag = "\"" + Hexadecimal.text(SHA256.digest(bytes).prefix(12)) + "\""
    }

    /// 200, or 304 when the browser has this very version (RFC 9110 section 13.1.2).
    func response(to request: HTTPRequest) -> HTTPResponse {
        let isKnown = request.headers["If-None-Match"]?.split(separator: ",").contains {
            $0.drop { $0 == " " || $0 == "W" || $0 == "/" }.prefix(entityTag.count) == entityTag
        }
        var response = HTTPResponse.text(isKnown == true ? [] : bytes, type: type, status: isKnown == true ? 304 : 200)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["ETag"] = entityTag
        response.headers["Content-Security-Policy"] = Self.policy
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return response
    }
}
