// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

extension HTTPResponse {
    /// What every answer of the console carries: it shows the state of now, and is never to be guessed at.
    private static let common: HTTPHeaders = ["Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"]

    /// An error as RFC 9457 has it; `detail` is for the caller's eyes.
    static func problem(_ status: Int, detail: String) -> HTTPResponse {
        .problem(HTTPStatus(status), detail: detail, headers: common)
    }

    /// The answer for an error of a source.
    static func problem(_ error: ConsoleError) -> HTTPResponse {
        var response = problem(error.code.status, detail: error.message)
        if error.code == .unavailable { response.headers["Retry-After"] = "5" }
        return response
    }

    /// A view as JSON.
    static func json(_ value: some Encodable, status: Int = 200) throws -> HTTPResponse {
        text(try ConsoleJSON.encode(value), type: "application/json", status: status)
    }

    /// Any text that must not be cached.
    static func text(_ bytes: [UInt8], type: String, status: Int = 200) -> HTTPResponse {
        var headers = common
        headers["Content-Type"] = type
        return HTTPResponse(status: HTTPStatus(status), headers: headers, body: .bytes(bytes))
    }
}
