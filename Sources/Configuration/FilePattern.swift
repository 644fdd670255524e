// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// A path, or a pattern of paths with `*`, `?` and `[…]` (POSIX.1-2024, XCU 2.14), none of which matches a `/` or the dot
/// that a hidden file's name begins with.
struct FilePattern {
    /// Absolute or relative to the working directory.
    let text: String
    /// It is no plain path.
    let isGlob: Bool

    private static let special: Set<Character> = ["*", "?", "[", "\\"]

    /// - Parameter file: whose folder a relative pattern is seen from; nothing in its own path is a pattern.
    init(_ written: String, besides file: String) {
        var written = written[...]
        while written.hasPrefix("./") { written = written.dropFirst(2).drop { $0 == "/" } }
        isGlob = written.contains { Self.special.contains($0) }
        guard !written.hasPrefix("/"), let slash = file.lastIndex(of: "/") else {
            text = String(written)
            return
        }
        text = file[...slash].map { Self.special.contains($0) ? "\\\($0)" : String($0) }.joined() + written
    }
}

/// A folder that a pattern leads through cannot be read.
struct UnreadableFolder: Error {}

/// Files of this machine that match a pattern; no folders. Links are followed.
func filesMatching(_ pattern: String) throws -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    // A folder that is not there has no files; one that may not be read may have some.
    let result = glob(pattern, GLOB_NOSORT, { _, code in code == ENOENT || code == ENOTDIR ? 0 : 1 }, &found)
    guard result != GLOB_NOMATCH else { return [] }
    guard result == 0 else { throw UnreadableFolder() }
    return (0..<Int(found.gl_pathc)).compactMap { index in
        guard let path = found.gl_pathv[index].map({ String(cString: $0) }) else { return nil }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return path
    }
}
