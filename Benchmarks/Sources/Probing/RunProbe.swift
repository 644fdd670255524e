// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// The whole of a probe's `main`: hands it the arguments, says what went wrong, and ends with 1 then.
public func runProbe(_ name: String, _ body: ([String]) async throws -> Void) async {
    do {
        try await body(Array(CommandLine.arguments.dropFirst()))
    } catch {
        FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
        exit(1)
    }
}

/// Prints a line of fields separated by tabs, at once: whoever waits sees how far it is.
public func emit(_ fields: String...) {
    FileHandle.standardOutput.write(Data((fields.joined(separator: "\t") + "\n").utf8))
}
