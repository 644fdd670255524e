// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax

extension Diagnostic {
    /// Where and what it is, for those who may not read the configuration: no folder, and nothing of a value.
    ///
    /// A value in the wrong place may be a secret (`admin: the-token`), so the text ends before the first thing that it
    /// quotes from the file, unless that is a name.
    ///
    /// - Parameter configuration: the path of the configuration file; other files are named as seen from its folder.
    public func publicText(besides configuration: String) -> String {
        let folder = configuration.lastIndex(of: "/").map { String(configuration[...$0]) } ?? ""
        let inside = folder.isEmpty ? message : message.replacing(folder, with: "")
        // Places elsewhere: only the file's name.
        let named = inside.replacing(#/\ /(?:[^/\s:]+/)*([^/\s:]+:\d+:\d+)/#) { " \($0.output.1)" }
        let text = Self.withoutValues(named)
        return "\(publicFile(besides: configuration)):\(location.line):\(location.column): \(text)"
    }

    /// The file as seen from the folder of the configuration file; of a file elsewhere only the name.
    public func publicFile(besides configuration: String) -> String {
        let folder = configuration.lastIndex(of: "/").map { String(configuration[...$0]) } ?? ""
        let file = location.file
        if !folder.isEmpty, file.hasPrefix(folder) { return String(file.dropFirst(folder.count)) }
        return file.hasPrefix("/") ? file.split(separator: "/").last.map(String.init) ?? file : file
    }

    private static let beforeNames = [
        "unknown key ", "missing key ", "did you mean ", "the rule name ", "the status ", "unknown status ",
        "unknown fact ", "the key ", "known keys: ",
    ]

    private static func withoutValues(_ message: String) -> String {
        let known = message.firstRange(of: ", found ").map { message[..<$0.lowerBound] } ?? message[...]
        var shown = ""
        var rest = known
        while let quote = rest.firstIndex(where: { $0 == "'" || $0 == "\"" }) {
            let before = shown + rest[..<quote]
            // Not the apostrophe of a word.
            guard before.isEmpty || before.last == " " || before.last == "(" else {
                shown = before + String(rest[quote])
                rest = rest[quote...].dropFirst()
                continue
            }
            guard beforeNames.contains(where: before.hasSuffix),
                let end = rest[quote...].dropFirst().firstIndex(of: rest[quote])
            else { return before + "…" }
            shown = before + rest[quote...end]
            rest = rest[end...].dropFirst()
        }
        return shown + rest
    }
}
