// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient

/// What is known of an endpoint before it is called.
struct Endpoint: Sendable {
    /// For metrics.
    var name: String
    var method: String
    /// With `{…}` where an id goes; what logs and errors show.
    var template: String
    /// Asked for when a 403 does not name one (facts 1.4).
    var permission: String?
    /// It changes something at Genesys: a call without a readable answer may have happened.
    var isWrite: Bool

    init(_ name: String, _ method: String, _ template: String, permission: String? = nil, isWrite: Bool? = nil) {
        self.name = name
        self.method = method
        self.template = template
        self.permission = permission
        self.isWrite = isWrite ?? (method != "GET")
    }

    /// `PATCH /api/v2/users/{id}/presences/purecloud`
    var description: String { "\(method) \(template)" }

    /// The template with ids in their places, in its order.
    ///
    /// - Throws: `.badRequest` for an id that would make it another path, and for too few or too many.
    func path(_ ids: [String]) throws(GenesysAPIError) -> String {
        var path = ""
        var rest = ids[...]
        for (index, part) in template.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
            guard index > 0 else {
                path += part
                continue
            }
            guard let id = rest.popFirst(), let end = part.firstIndex(of: "}") else {
                throw invalid("\(ids.count) ids are too few")
            }
            guard !id.isEmpty, id != ".", id != ".." else { throw invalid("\"\(id)\" is not an id") }
            path += id.percentEncoded + part[part.index(after: end)...]
        }
        guard rest.isEmpty else { throw invalid("\(ids.count) ids are too many") }
        return path
    }

    /// `id=a&id=b`
    ///
    /// - Throws: `.badRequest` for more than the endpoint takes, and for an empty id.
    func query(_ name: String, _ ids: [String], limit: Int) throws(GenesysAPIError) -> String {
        try check(count: ids.count, limit: limit)
        guard !ids.contains("") else { throw invalid("\"\" is not an id") }
        return ids.map { "\(name)=\($0.percentEncoded)" }.joined(separator: "&")
    }

    /// - Throws: `.badRequest` for more than the endpoint takes.
    func check(count: Int, limit: Int) throws(GenesysAPIError) {
        guard count <= limit else { throw invalid("at most \(limit) at a time, not \(count)") }
    }

    func succeeded(_ response: ClientResponse) throws(GenesysAPIError) -> ClientResponse {
        guard (200..<300).contains(response.status) else { throw GenesysAPIError(response, from: self) }
        return response
    }

    /// Refused before anything is sent.
    func invalid(_ why: String) -> GenesysAPIError {
        GenesysAPIError(.badRequest, message: "\(description): \(why)", isWrite: isWrite)
    }
}

extension String {
    /// All but the unreserved characters of RFC 3986 section 2.3.
    var percentEncoded: String {
        let hex = Array("0123456789ABCDEF")
        return utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%"
                text.append(hex[Int(byte >> 4)])
                text.append(hex[Int(byte & 15)])
            }
        }
    }
}
