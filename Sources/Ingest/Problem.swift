// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// An error as an answer (RFC 9457), of type `about:blank`: the title is the status' own.
struct Problem {
    var status: HTTPStatus
    var detail: String
    /// Further members (RFC 9457 section 3.2) whose values are JSON already.
    var members: [(name: String, json: String)] = []
    var headers: HTTPHeaders = [:]

    var response: HTTPResponse {
        var json = #"{"type":"about:blank","title":\#(Self.quoted(status.reason)),"status":\#(status.code)"#
        json += #","detail":\#(Self.quoted(detail))"#
        for member in members { json += ",\(Self.quoted(member.name)):\(member.json)" }
        json += "}"
        var headers = headers
        headers["Content-Type"] = "application/problem+json"
        return HTTPResponse(status: status, headers: headers, body: .bytes(Array(json.utf8)))
    }

    /// A JSON string (RFC 8259 section 7).
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
