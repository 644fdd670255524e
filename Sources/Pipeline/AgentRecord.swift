// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import Delivery
public import GenesysEvents
public import StatusRules

/// All that is kept of an agent; stored whole with the position in the journal that it stands for.
public struct AgentRecord: Sendable, Equatable {
    /// What is known of the agent.
    public var facts: AgentFacts
    /// What the rules have made of it.
    @Seldom public var episodes = EpisodeState()
    /// The newest wish, also when it is settled.
    @Seldom public internal(set) var wish: Wish? = nil
    /// How far the newest wish has got.
    @Seldom public internal(set) var delivery: DeliveryStatus? = nil
    /// What adherence says of the newest wish's presence; `nil` = it is not asked, or the presence is not confirmed.
    @Seldom public internal(set) var adherence: AdherenceVerdict? = nil
    /// What is to be done beside the presence and is not done yet, in the order in which it was decided.
    public internal(set) var errands: [Errand] = []
    /// What rules in `mode: observe` would want.
    var shadows = ShadowMatches()
    /// What the rules have wanted besides.
    var errandEpisodes = ErrandEpisodes()
    /// Spans with an explanation, of the last day.
    var explained: [ExplainedSpan] = []
    /// Since when conditions with `for:` hold.
    var holds = HoldTimes()
    /// When the rules have to look at the agent again although nothing is heard of it; `nil` = never. Whoever drives
    /// the engine calls `DecisionEngine.wake` then.
    public internal(set) var wakeAt: Timestamp?
    /// Conversations without news that are asked for.
    var reads = ConversationReads()
    /// What we have written ourselves.
    var writes = OwnWrites()
    /// Revision of the newest wish.
    var revision = 0
    /// When the newest event about the agent was made, as far as that is known.
    var heardAt: Timestamp?

    /// A record of an agent of whom nothing is known.
    public init(id: String) { facts = AgentFacts(id: id) }

    /// Our newest writes that Genesys has taken; older ones are forgotten.
    public var acceptedWrites: [OwnWrites.Write] { writes.accepted }

    /// The episode under way; `nil` = no rule holds the agent.
    public var episode: Episode? { $episodes.isSilent ? nil : episodes.episode }

    /// The status that is wanted and the rule that wants it; `nil` = no rule holds the agent.
    public var wanted: (status: String?, rule: String?) {
        $episodes.peek { ($0.episode?.status, $0.episode?.rule) } ?? (nil, nil)
    }

    /// These two are what `wanted` tells.
    public func wants(_ status: String?, by rule: String?) -> Bool {
        $episodes.peek { $0.episode?.status == status && $0.episode?.rule == rule } ?? (status == nil && rule == nil)
    }

    /// The presence seen last is one that we wrote.
    public var presenceIsOurs: Bool { facts.presence.map(writes.made) ?? false }

    /// Differs when what is known, wanted or done of the agent differs.
    public var fingerprint: Int {
        var hasher = Hasher()
        hasher.combine(facts.presence?.definitionID)
        hasher.combine(facts.presence?.modifiedAt)
        hasher.combine(facts.presence?.message)
        hasher.combine(facts.routingStatus?.status)
        hasher.combine(facts.routingStatus?.since)
        hasher.combine(revision)
        return hasher.finalize()
    }

    /// Ended conversations are kept this long, so that a late older snapshot does not bring them back.
    public static let endedGrace = Duration.seconds(600)

    /// Forgets what has been over for that long.
    public mutating func forgetEnded(now: Timestamp) {
        facts.forgetEnded(before: now.advanced(by: .zero - Self.endedGrace))
    }

    /// When something has to be done for the agent although nothing is heard of it, be it only to forget what is over;
    /// `nil` = never.
    var alarmAt: Timestamp? {
        let forgetting = facts.oldestEnded?.advanced(by: Self.endedGrace + .milliseconds(1))
        return Timestamp.earliest(wakeAt, Timestamp.earliest(reads.next, forgetting))
    }

    /// The wish is still under way.
    var isOutstanding: Bool { !$wish.isSilent && $delivery.peek { $0?.state.isFinal } == false }
}
