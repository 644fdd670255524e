// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// When a status that a rule wants is written (`then.apply`).
public enum ApplyTiming: String, Sendable, Codable, CaseIterable {
    /// At once.
    case now
    /// Once the agent has no conversation that is going on; after-call work may be left.
    case afterInteraction
    /// Once after-call work is done as well.
    case afterCallWork
}

/// What happens to the presence when a rule no longer matches (`then.release`).
public enum Release: Sendable, Hashable {
    /// The presence saved at the episode's start is put back, unless the agent has changed it since.
    case restore
    /// The presence stays as it is.
    case keep
    /// This configured status is set, unless the agent has changed the presence since.
    case status(String)

    /// As the configuration writes it. The two words win over statuses of the same name.
    public init(_ text: String) {
        switch text {
        case "restore": self = .restore
        case "keep": self = .keep
        default: self = .status(text)
        }
    }

    /// As the configuration writes it.
    public var text: String {
        switch self {
        case .restore: "restore"
        case .keep: "keep"
        case .status(let name): name
        }
    }
}

extension Release: Codable {
    /// A text, as episodes of earlier versions have it.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// A text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// What keeps a rule from acting; `true` = the guard is on.
public struct RuleGuards: Sendable, Hashable {
    /// The agent is never moved out of Offline.
    public var offline = true
    /// A presence that a person has set is left alone, and ends the episode.
    public var humanChange = true
    /// An agent who is On Queue and in an interaction is not taken off the queue: conformance would count the rest of
    /// the interaction as lost (facts 4.7). What is wanted waits for its end.
    public var onQueue = false
    /// Older events begin nothing; `nil` = as the configuration says.
    public var maxEventAge: Duration?
    /// Older events release nothing; `nil` = as the configuration says.
    public var maxReleaseAge: Duration?

    /// The safe defaults.
    public init() {}
}

/// How a rule's status comes and goes.
public struct RuleBehavior: Sendable, Hashable {
    /// When it is written.
    public var apply: ApplyTiming
    /// What happens at the end.
    public var release: Release
    /// It is held at least so long, although the rule no longer matches; `nil` = no longer than it matches.
    public var minimum: Duration?
    /// So long after its end the rule begins no new episode; `nil` = it may at once.
    public var cooldown: Duration?
    /// What keeps it from acting.
    public var guards: RuleGuards

    /// Creates a behaviour; the defaults are those of the configuration.
    public init(
        apply: ApplyTiming = .now,
        release: Release = .restore,
        minimum: Duration? = nil,
        cooldown: Duration? = nil,
        guards: RuleGuards = RuleGuards()
    ) {
        self.apply = apply
        self.release = release
        self.minimum = minimum
        self.cooldown = cooldown
        self.guards = guards
    }
}
