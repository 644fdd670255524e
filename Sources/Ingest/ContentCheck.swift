// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// Whether the content's type is one we read.
enum ContentCheck {
    static let acceptedTypes =
        "application/json, application/x-ndjson, application/cloudevents+json, application/cloudevents-batch+json"

    /// JSON and its relatives; a missing type is taken for JSON, since senders forget it.
    static func isAcceptedType(_ headers: HTTPHeaders) -> Bool {
        let values = headers.all("Content-Type")
        guard let value = values.first else { return true }
        guard values.count == 1 else { return false }
        var parts = value.split(separator: ";", omittingEmptySubsequences: false)[...]
        guard let type = parts.popFirst().map(trimmed)?.lowercased() else { return false }
        let isJSON =
            switch type {
            case "application/json", "application/x-ndjson", "text/json": true
            default: type.hasPrefix("application/") && type.hasSuffix("+json") && type.utf8.count > 17
            }
        return isJSON && parts.allSatisfy(isAcceptedParameter)
    }

    /// JSON is UTF-8 (RFC 8259 section 8.1); other parameters do not change how it is read.
    private static func isAcceptedParameter(_ parameter: Substring) -> Bool {
        guard let equals = parameter.firstIndex(of: "=") else { return true }
        guard trimmed(parameter[..<equals]).lowercased() == "charset" else { return true }
        var value = trimmed(parameter[parameter.index(after: equals)...])
        if value.count > 1, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
        return ["utf-8", "utf8", "us-ascii"].contains(value.lowercased())
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}
