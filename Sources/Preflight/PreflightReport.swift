// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What a preflight found: a list of checks, each with what was seen and what to do.
public struct PreflightReport: Sendable, Equatable {
    /// How a check ended, or all of them.
    public enum Result: String, Sendable, Codable, CaseIterable {
        /// It is there.
        case pass
        /// The relay runs without it, but not as one may expect.
        case warn
        /// The configuration needs it, and it is not there.
        case fail
        /// Not looked at: not needed, or something else is missing.
        case skipped
    }

    /// One thing that was looked at.
    public struct Check: Sendable, Equatable, Codable {
        /// Stable, for scripts: `presence edit`.
        public var name: String
        /// How it ended.
        public var result: Result
        /// What was found, in one line.
        public var seen: String
        /// What to do; empty when there is nothing to do.
        public var advice: String

        /// A check.
        public init(_ name: String, _ result: Result, seen: String, advice: String = "") {
            self.name = name
            self.result = result
            self.seen = seen
            self.advice = advice
        }
    }

    /// In the order in which they were made.
    public var checks: [Check]

    /// A report of these checks.
    public init(_ checks: [Check] = []) { self.checks = checks }

    /// `fail` when one failed, else `warn` when one warns, else `pass`.
    public var result: Result {
        [.fail, .warn].first { result in checks.contains { $0.result == result } } ?? .pass
    }

    /// 0 when all that the configuration needs is there, else 1; warnings alone are 0.
    public var exitCode: Int32 { result == .fail ? 1 : 0 }
}

extension PreflightReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case result, checks
    }

    /// `{"result":"pass|warn|fail","checks":[{"name","result","seen","advice"}]}`
    public func encode(to encoder: any Encoder) throws {
        var body = encoder.container(keyedBy: CodingKeys.self)
        try body.encode(result, forKey: .result)
        try body.encode(checks, forKey: .checks)
    }
}
