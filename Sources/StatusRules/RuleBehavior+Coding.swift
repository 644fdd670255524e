// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

// As the configuration writes it, and without what has its usual value: it is stored with every episode that has a
// behaviour of its own, and shown in the history.

extension RuleBehavior: Codable {
    private enum CodingKeys: String, CodingKey { case apply, release, minimum, cooldown, guards }

    /// What `encode(to:)` has written.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            apply: try container.decodeIfPresent(ApplyTiming.self, forKey: .apply) ?? .now,
            release: try container.decodeIfPresent(Release.self, forKey: .release) ?? .restore,
            minimum: try container.decodeDuration(forKey: .minimum),
            cooldown: try container.decodeDuration(forKey: .cooldown),
            guards: try container.decodeIfPresent(RuleGuards.self, forKey: .guards) ?? RuleGuards()
        )
    }

    /// `{"apply":"afterInteraction","minimum":"2m"}`
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if apply != .now { try container.encode(apply.rawValue, forKey: .apply) }
        if release != .restore { try container.encode(release.text, forKey: .release) }
        try container.encodeDuration(minimum, forKey: .minimum)
        try container.encodeDuration(cooldown, forKey: .cooldown)
        if guards != RuleGuards() { try container.encode(guards, forKey: .guards) }
    }
}

extension RuleGuards: Codable {
    private enum CodingKeys: String, CodingKey { case offline, humanChange, onQueue, maxEventAge, maxReleaseAge }

    /// What `encode(to:)` has written.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        offline = try container.decodeIfPresent(Bool.self, forKey: .offline) ?? true
        humanChange = try container.decodeIfPresent(Bool.self, forKey: .humanChange) ?? true
        onQueue = try container.decodeIfPresent(Bool.self, forKey: .onQueue) ?? false
        maxEventAge = try container.decodeDuration(forKey: .maxEventAge)
        maxReleaseAge = try container.decodeDuration(forKey: .maxReleaseAge)
    }

    /// `{"onQueue":true,"maxEventAge":"5m"}`
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if !offline { try container.encode(offline, forKey: .offline) }
        if !humanChange { try container.encode(humanChange, forKey: .humanChange) }
        if onQueue { try container.encode(onQueue, forKey: .onQueue) }
        try container.encodeDuration(maxEventAge, forKey: .maxEventAge)
        try container.encodeDuration(maxReleaseAge, forKey: .maxReleaseAge)
    }
}

extension KeyedDecodingContainer {
    fileprivate func decodeDuration(forKey key: Key) throws -> Duration? {
        try decodeIfPresent(String.self, forKey: key).map { text in
            guard let duration = DurationSyntax.parse(text) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "not a duration")
            }
            return duration
        }
    }
}

extension KeyedEncodingContainer {
    fileprivate mutating func encodeDuration(_ duration: Duration?, forKey key: Key) throws {
        if let duration { try encode(DurationSyntax.format(duration), forKey: key) }
    }
}
