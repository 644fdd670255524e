// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension HTTPResponse {
    /// An error as `application/problem+json` (RFC 9457) of type `about:blank`: title is the status phrase.
    ///
    /// - Parameters:
    ///   - detail: One sentence for the caller; never an internal detail.
    ///   - headers: Further fields, such as `Allow` or `Retry-After`.
    public static func problem(_ status: HTTPStatus, detail: String, headers: HTTPHeaders = [:]) -> HTTPResponse {
        var json: [UInt8] = Array(#"{"type":"about:blank","title":"#.utf8)
        appendJSONString(status.phrase, to: &json)
        json.append(contentsOf: #","status":"#.utf8)
        json.append(contentsOf: String(status.code).utf8)
        json.append(contentsOf: #","detail":"#.utf8)
        appendJSONString(detail, to: &json)
        json.append(UInt8(ascii: "}"))
        var headers = headers
        headers["Content-Type"] = "application/problem+json"
        return HTTPResponse(status: status, headers: headers, body: .bytes(json))
    }

    /// RFC 8259 section 7.
    private static func appendJSONString(_ text: String, to json: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        json.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                json.append(UInt8(ascii: "\\"))
                json.append(byte)
            case 0..<0x20:
                json.append(contentsOf: #"\u00"#.utf8)
                json.append(digits[Int(byte >> 4)])
                json.append(digits[Int(byte & 15)])
            default: json.append(byte)
            }
        }
        json.append(UInt8(ascii: "\""))
    }
}
