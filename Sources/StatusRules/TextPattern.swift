// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CRE2

/// What `matches:` compares with: a glob over the whole text (`Sales *`), or a regular expression between slashes
/// (`/^vip-\d+$/`, `/…/i` ignores case) that is looked for anywhere in it. Both take time linear in the text.
///
/// Syntax of the expressions: https://github.com/google/re2/wiki/Syntax
final class TextPattern: Sendable {
    /// Why a pattern cannot be used.
    struct Fault: Error {
        let reason: String
    }

    /// As written.
    let source: String
    /// Capital letters are as good as small ones.
    let ignoresCase: Bool
    private let isWhole: Bool
    // Safe to share: RE2 documents that a constructed pattern may be matched from several threads, and nothing but
    // `deinit`, when nobody else holds it, changes it.
    private nonisolated(unsafe) let pattern: OpaquePointer

    init(_ source: String, ignoringCase: Bool = false) throws(Fault) {
        var expression: String
        var ignoresCase = ignoringCase
        if let body = Self.expression(in: source) {
            expression = body.text
            ignoresCase = ignoresCase || body.ignoresCase
            isWhole = false
        } else {
            expression = Self.expression(ofGlob: source)
            isWhole = true
        }
        self.source = source
        self.ignoresCase = ignoresCase
        var reason = [CChar](repeating: 0, count: 200)
        let made = expression.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                cre2_pattern_create(text.baseAddress, text.count, ignoresCase, &reason, reason.count)
            }
        }
        guard let made else {
            throw Fault(reason: String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
        }
        pattern = made
    }

    deinit { cre2_pattern_destroy(pattern) }

    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                cre2_pattern_matches(pattern, $0.baseAddress, $0.count, isWhole)
            }
        }
    }

    /// What stands between the slashes; `nil` = it is a glob.
    private static func expression(in source: String) -> (text: String, ignoresCase: Bool)? {
        guard source.first == "/", source.count >= 2 else { return nil }
        if source.hasSuffix("/i"), source.count >= 3 { return (String(source.dropFirst().dropLast(2)), true) }
        return source.hasSuffix("/") ? (String(source.dropFirst().dropLast()), false) : nil
    }

    private static func expression(ofGlob glob: String) -> String {
        var expression = ""
        for scalar in glob.unicodeScalars {
            switch scalar {
            case "*": expression += ".*"
            case "?": expression += "."
            case _ where scalar.isASCII && !scalar.properties.isAlphabetic && scalar.properties.numericType == nil:
                expression += "\\"
                expression.unicodeScalars.append(scalar)
            default: expression.unicodeScalars.append(scalar)
            }
        }
        return expression
    }
}
