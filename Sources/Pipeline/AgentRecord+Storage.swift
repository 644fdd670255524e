// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import Foundation
import GenesysEvents
import StatusRules

extension AgentRecord: Codable {
    /// The version that is written. It grows when an earlier relay would misunderstand a record; a member more that may be
    /// absent is no new version. Records of before it was written are 1; since 2, `episodes` and `writes` are absent where
    /// they say nothing, which those before did not expect.
    static let version = 2

    /// A record that a newer version of the relay has written.
    public struct NewerVersion: Error, CustomStringConvertible {
        /// What it says of itself.
        public var version: Int

        /// What to do.
        public var description: String {
            "the state has version \(version) and this relay reads \(AgentRecord.version): run the newer version, or "
                + "restore a backup of before it ran"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case version
        case facts, revision, heardAt
        // Absent when there is nothing to tell, as in most records and in those of earlier versions.
        case episodes, wish, delivery, writes, adherence, errands, explained, holds, wakeAt, reads, shadows
        case errandEpisodes = "errandsOf"
    }

    /// What `encode(to:)` has written, also by an earlier version. Throws ``NewerVersion``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decodeIfPresent(Int.self, forKey: .version) ?? 1
        guard version <= Self.version else { throw NewerVersion(version: version) }
        facts = try container.decode(AgentFacts.self, forKey: .facts)
        episodes = try container.decodeIfPresent(EpisodeState.self, forKey: .episodes) ?? .silent
        wish = try container.decodeIfPresent(Wish.self, forKey: .wish)
        delivery = try container.decodeIfPresent(DeliveryStatus.self, forKey: .delivery)
        writes = try container.decodeIfPresent(OwnWrites.self, forKey: .writes) ?? OwnWrites()
        revision = try container.decode(Int.self, forKey: .revision)
        heardAt = try container.decodeIfPresent(Timestamp.self, forKey: .heardAt)
        adherence = try container.decodeIfPresent(AdherenceVerdict.self, forKey: .adherence)
        errands = try container.decodeIfPresent([Errand].self, forKey: .errands) ?? []
        errandEpisodes = try container.decodeIfPresent(ErrandEpisodes.self, forKey: .errandEpisodes) ?? ErrandEpisodes()
        explained = try container.decodeIfPresent([ExplainedSpan].self, forKey: .explained) ?? []
        holds = try container.decodeIfPresent(HoldTimes.self, forKey: .holds) ?? HoldTimes()
        wakeAt = try container.decodeIfPresent(Timestamp.self, forKey: .wakeAt)
        shadows = try container.decodeIfPresent(ShadowMatches.self, forKey: .shadows) ?? ShadowMatches()
        reads = try container.decodeIfPresent(ConversationReads.self, forKey: .reads) ?? ConversationReads()
    }

    /// For the relay's own storage, not for any API.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.version, forKey: .version)
        try container.encode(facts, forKey: .facts)
        if !$episodes.isSilent { try container.encode(episodes, forKey: .episodes) }
        try container.encode(present: wish, .wish)
        try container.encode(present: delivery, .delivery)
        if writes != OwnWrites() { try container.encode(writes, forKey: .writes) }
        try container.encode(revision, forKey: .revision)
        try container.encode(present: heardAt, .heardAt)
        try container.encode(present: adherence, .adherence)
        if !errands.isEmpty { try container.encode(errands, forKey: .errands) }
        if !errandEpisodes.isEmpty { try container.encode(errandEpisodes, forKey: .errandEpisodes) }
        if !explained.isEmpty { try container.encode(explained, forKey: .explained) }
        if !holds.isEmpty { try container.encode(holds, forKey: .holds) }
        try container.encode(present: wakeAt, .wakeAt)
        if !shadows.isEmpty { try container.encode(shadows, forKey: .shadows) }
        if !reads.isEmpty { try container.encode(reads, forKey: .reads) }
    }

    /// Reads what is stored of an agent (`StoredAgent.state`), also by an earlier version.
    public init(stored bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(AgentRecord.self, from: Data(bytes))
    }

    /// JSON, so that any version reads it; most records have about this size.
    func stored() throws -> [UInt8] { try JSONBytes.encode(self, capacity: 2048) }
}
