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
        // As nearly every sender writes it: this runs for every request.
        if value == "application/json" || value == "application/json; charset=utf-8" { return true }
        // Bytes, not characters.
        var parts = value.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[...]
        guard let type = parts.popFirst().map(trimmed) else { return false }
        let isJSON =
            isOne(of: ["application/json", "application/x-ndjson", "text/json"], type)
            || (type.count > 17 && equals(type.prefix(12), "application/") && equals(type.suffix(5), "+json"))
        return isJSON && parts.allSatisfy(isAcceptedParameter)
    }

    /// JSON is UTF-8 (RFC 8259 section 8.1); other parameters do not change how it is read.
    private static func isAcceptedParameter(_ parameter: Substring.UTF8View) -> Bool {
        guard let equalsSign = parameter.firstIndex(of: UInt8(ascii: "=")) else { return true }
        guard equals(trimmed(parameter[..<equalsSign]), "charset") else { return true }
        var value = trimmed(parameter[parameter.index(after: equalsSign)...])
        let quote = UInt8(ascii: "\"")
        if value.count > 1, value.first == quote, value.last == quote { value = value.dropFirst().dropLast() }
        return isOne(of: ["utf-8", "utf8", "us-ascii"], value)
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    private static func isOne(of words: [StaticString], _ text: Substring.UTF8View) -> Bool {
        words.contains { equals(text, $0) }
    }

    /// Whether they are the same but for the case of ASCII letters; `word` has small ones only.
    private static func equals(_ text: Substring.UTF8View, _ word: StaticString) -> Bool {
        text.count == word.utf8CodeUnitCount
            && zip(text, UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)).allSatisfy {
                ((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0) == $1
            }
    }
}
