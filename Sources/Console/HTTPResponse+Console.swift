// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

extension HTTPResponse {
    /// An error as RFC 9457 has it; `detail` is for the caller's eyes.
    static func problem(_ status: Int, detail: String) -> HTTPResponse {
        let status = HTTPStatus(status, Problem.title(of: status))
        let problem = Problem(title: status.reason, status: status.code, detail: detail)
        let body = (try? ConsoleJSON.encode(problem)) ?? Array(#"{"status":\#(status.code)}"#.utf8)
        return HTTPResponse(
            status: status,
            headers: [
                "Content-Type": "application/problem+json",
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            ],
            body: .bytes(body)
        )
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
        HTTPResponse(
            status: HTTPStatus(status, Problem.title(of: status)),
            headers: ["Content-Type": type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"],
            body: .bytes(bytes)
        )
    }
}

/// The body of an error answer. Its type is always `about:blank`, so the title is the status' reason phrase (RFC 9457
/// section 4.2.1).
struct Problem: Codable, Equatable {
    var type = "about:blank"
    var title: String
    var status: Int
    var detail: String

    static func title(of status: Int) -> String {
        switch status {
        case 200: "OK"
        case 202: "Accepted"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Error"
        }
    }
}
