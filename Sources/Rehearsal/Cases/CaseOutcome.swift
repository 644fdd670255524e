// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax
public import GenesysEvents

/// What became of a case.
public struct CaseOutcome: Sendable {
    /// One thing that is not as expected.
    public struct Mismatch: Sendable, Encodable, Equatable {
        /// The key under `expect:`.
        public var key: String
        /// What the file says.
        public var expected: String
        /// What was seen.
        public var actual: String
    }

    /// The first step that is not as expected.
    public struct Failure: Sendable {
        /// From 1.
        public var step: Int
        /// Where it is written.
        public var location: SourceLocation
        /// The time on the clock.
        public var at: Timestamp
        /// All that is not as expected.
        public var mismatches: [Mismatch]
        /// What happened in the step, and why.
        public var explanation: [ExplainedStep]

        /// For people: what is not as expected, then how it came about.
        public var lines: [String] {
            mismatches.map { "\($0.key): expected \($0.expected), is \($0.actual)" }
                + explanation.flatMap { $0.lines() }.map { "  \($0)" }
        }
    }

    /// The file's path.
    public var file: String
    /// The case's name.
    public var name: String
    /// Where it begins.
    public var location: SourceLocation
    /// `nil` = as expected.
    public var failure: Failure?

    /// Every step was as expected.
    public var isGood: Bool { failure == nil }
}

/// What `rules test --json` prints.
public struct CaseReport: Encodable, Sendable {
    /// One case.
    public struct Case: Encodable, Sendable {
        /// The file's path.
        public var file: String
        /// Where the case begins.
        public var line: Int
        /// The case's name.
        public var name: String
        /// Every step was as expected.
        public var ok: Bool
        /// Absent when all is well.
        public var failure: Failure?
    }

    /// The first step of a case that is not as expected.
    public struct Failure: Encodable, Sendable {
        /// From 1.
        public var step: Int
        /// Where the step begins.
        public var line: Int
        /// The column there.
        public var column: Int
        /// The time on the clock.
        public var at: Timestamp
        /// What is not as expected.
        public var mismatches: [CaseOutcome.Mismatch]
        /// What happened in the step, as `explain --json` tells it.
        public var explanation: [ExplainedStep]
    }

    /// No case has failed.
    public var ok: Bool
    /// How many cases ran.
    public var total: Int
    /// How many failed.
    public var failed: Int
    /// All of them, in order.
    public var cases: [Case]

    /// Of cases that ran.
    public init(_ outcomes: [CaseOutcome]) {
        cases = outcomes.map { outcome in
            Case(
                file: outcome.file,
                line: outcome.location.line,
                name: outcome.name,
                ok: outcome.isGood,
                failure: outcome.failure.map {
                    Failure(
                        step: $0.step,
                        line: $0.location.line,
                        column: $0.location.column,
                        at: $0.at,
                        mismatches: $0.mismatches,
                        explanation: $0.explanation
                    )
                }
            )
        }
        total = outcomes.count
        failed = outcomes.count { !$0.isGood }
        ok = failed == 0
    }
}
