// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What to read again: the body of `POST /v1/resync`. All empty = every known agent.
public struct ResyncRequest: Codable, Sendable, Equatable {
    /// User ids.
    public var agents: [String]
    /// Queue ids, for their members.
    public var queues: [String]
    /// Management unit ids, for their agents.
    public var managementUnits: [String]

    /// Without arguments: every known agent.
    public init(agents: [String] = [], queues: [String] = [], managementUnits: [String] = []) {
        self.agents = agents
        self.queues = queues
        self.managementUnits = managementUnits
    }
}

/// A resync job: `POST /v1/resync`, `GET /v1/resyncs/{id}`.
public struct ResyncJobView: Codable, Sendable, Equatable, Identifiable {
    /// Where a job stands.
    public enum State: String, Codable, Sendable {
        /// Under way.
        case running
        /// Finished; single agents may have failed.
        case done
        /// Ended early by an error.
        case failed
        /// Ended early by a shutdown.
        case cancelled
    }

    /// The job's id.
    public var id: String
    /// Where it stands.
    public var state: State
    /// Agents to read.
    public var total: Int
    /// Agents read.
    public var done: Int
    /// Agents whose state was different from what the relay believed.
    public var changed: Int
    /// Agents that could not be read.
    public var failed: Int
    /// When it began.
    public var startedAt: Timestamp
    /// When it ended; absent while running.
    public var finishedAt: Timestamp?
    /// Why nobody was read; absent where somebody was.
    public var error: String?

    /// A job as it begins.
    public init(id: String, state: State = .running, total: Int = 0, startedAt: Timestamp) {
        self.id = id
        self.state = state
        self.total = total
        done = 0
        changed = 0
        failed = 0
        self.startedAt = startedAt
    }
}
