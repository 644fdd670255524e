// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysEvents
import StatusRules
import Testing

@Suite("ShadowMatches")
struct ShadowMatchesTests {
    private var facts = AgentFacts(id: "agent")
    private var now = Timestamp(milliseconds: 1_000_000)
    private var shadows = ShadowMatches()
    private var eventTime: Timestamp?

    init() { facts.presence = PresenceFacts(definitionID: "available", system: .available) }

    private mutating func look(_ matches: RuleMatch..., mayTouch: Bool = true) -> [String] {
        let input = EpisodeInput(
            facts: facts,
            match: nil,
            trigger: Trigger(eventKey: "e", eventTime: eventTime),
            now: now,
            writes: OwnWrites(),
            isOutstanding: false,
            policy: EpisodePolicy(mayTouch: { _ in mayTouch }),
            target: { EpisodeScene.targets[$0] },
            matchAlone: { _, _ in nil }
        )
        return shadows.advance(matches, input).map(\.text)
    }

    @Test("a match begins, wants something else, and ends: each is told once")
    mutating func story() {
        let wantsBreak = RuleMatch(rule: "new", status: "Break", conversationID: "c")
        #expect(look(wantsBreak) == ["mode observe: rule 'new' would want Break"])
        #expect(look(wantsBreak) == [])
        #expect(look(RuleMatch(rule: "new", status: "Break", conversationID: "d")) == [])
        #expect(look(RuleMatch(rule: "new", status: "Meeting")) == ["mode observe: rule 'new' would want Meeting"])
        now = now.advanced(by: .seconds(90))
        #expect(look() == ["mode observe: rule 'new' no longer matches, after 90 s: it wanted Meeting"])
        #expect(shadows.isEmpty)
        #expect(look() == [])
    }

    @Test("what would hold it up is told as well")
    mutating func qualified() {
        let wantsBreak = RuleMatch(rule: "new", status: "Break", behavior: RuleBehavior(apply: .afterInteraction))
        facts.conversations = [.mock()]
        #expect(look(wantsBreak) == ["mode observe: rule 'new' would want Break once the interaction is over"])
        _ = look()
        facts.conversations = []
        facts.presence = PresenceFacts(definitionID: "offline", system: .offline)
        #expect(look(wantsBreak) == ["mode observe: rule 'new' would want Break, but the agent is Offline"])
        _ = look()
        eventTime = now.advanced(by: .seconds(-300))
        facts.presence = nil
        #expect(
            look(wantsBreak) == [
                "mode observe: rule 'new' would want Break, but the event is 5 min old: older than maxEventAge 2 min"
            ]
        )
        _ = look()
        #expect(
            look(wantsBreak, mayTouch: false) == [
                "mode observe: rule 'new' would want Break, but the configuration excludes this agent"
            ]
        )
        _ = look()
        eventTime = nil
        #expect(
            look(RuleMatch(rule: "new", status: "Nap")) == [
                "mode observe: rule 'new' would want Nap, but status 'Nap' has no presence definition"
            ]
        )
    }
}
