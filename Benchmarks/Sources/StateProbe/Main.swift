// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Probing

/// What an agent costs in memory, and an event in time.
///
///     StateProbe fill idle|settled|busy FOLDER AGENTS      a journal with so many stored agents
///     StateProbe load KIND FOLDER                          the memory of a pipeline that has read it
///     StateProbe apply                                     the time that an event takes, by kind
///
/// Filling and reading are two processes, so that the memory of the one does not count for the other. Prints lines of
/// fields separated by tabs; `Benchmarks/run.sh state` makes a table of them.
@main
struct Main {
    static func main() async { await runProbe("StateProbe", run) }

    private static func run(_ arguments: [String]) async throws {
        switch (arguments.first, arguments.count) {
        case ("fill", 4):
            guard let kind = AgentKind(rawValue: arguments[1]), let agents = Int(arguments[3]) else { fallthrough }
            try await AgentMemory.fill(arguments[2], kind, agents)
        case ("load", 3): emit("load", arguments[1], try await AgentMemory.load(arguments[2]))
        case ("apply", 1): try ApplyTimes.measure().forEach { emit("apply", $0) }
        default: throw ProbeError(message: "usage: fill KIND FOLDER AGENTS | load KIND FOLDER | apply")
        }
    }
}
