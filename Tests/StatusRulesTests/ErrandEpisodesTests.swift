// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import StatusRules
import Testing

private func tag(_ value: String, in conversation: String = "c", rule: String = "r") -> RuleErrand {
    RuleErrand(rule: rule, work: .tag(conversationID: conversation, attributes: ["k": value]))
}

private func explain(_ notes: String = "", rule: String = "r") -> RuleErrand {
    RuleErrand(rule: rule, work: .explain(minutes: 15, status: "Pending", notes: notes))
}

private let idle = RuleErrand(rule: "r", work: .routingStatus("IDLE"))
private let old = ErrandEpisodes.Hindrance(kind: "maxEventAge", reason: "too old")
private let excluded = ErrandEpisodes.Hindrance(kind: "excluded", reason: "not touched")

@Suite("ErrandEpisodes")
struct ErrandEpisodesTests {
    /// What is wanted at each second, and what has to come of it: `+` begins, `-` is held back.
    struct Story: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var looks: [([RuleErrand], ErrandEpisodes.Hindrance?)]
        var steps: [String]

        init(_ name: String, _ looks: [([RuleErrand], ErrandEpisodes.Hindrance?)], _ steps: [String]) {
            testDescription = name
            self.looks = looks
            self.steps = steps
        }
    }

    static let stories = [
        Story("once per episode", [([explain()], nil), ([explain()], nil), ([explain("new")], nil)], ["0+explain"]),
        Story(
            "a rule that matches anew begins anew",
            [([explain()], nil), ([], nil), ([explain()], nil)],
            ["0+explain", "2+explain"]
        ),
        Story(
            "a changed tag is new, a value that comes back is not",
            [([tag("a")], nil), ([tag("b")], nil), ([tag("a")], nil), ([tag("b")], nil), ([tag("c")], nil)],
            ["0+tag", "1+tag", "4+tag"]
        ),
        Story(
            "each conversation has its own episode",
            [([tag("a")], nil), ([tag("a"), tag("a", in: "d")], nil), ([tag("a", in: "d")], nil), ([tag("a")], nil)],
            ["0+tag", "1+tag", "3+tag"]
        ),
        Story(
            "each rule has its own episode",
            [([tag("a")], nil), ([tag("a"), tag("a", rule: "s"), explain(rule: "s")], nil)],
            ["0+tag", "1+tag", "1+explain"]
        ),
        Story(
            "an old event begins nothing and says so once; a new one does",
            [([explain()], old), ([explain()], old), ([explain()], nil), ([explain()], old)],
            ["0-explain too old", "2+explain"]
        ),
        Story(
            "another reason is worth another word",
            [([explain()], old), ([explain()], excluded), ([explain()], excluded)],
            ["0-explain too old", "1-explain not touched"]
        ),
        Story(
            "a new value of a tag is held back as well",
            [([tag("a")], nil), ([tag("b")], old), ([tag("b")], old), ([tag("b")], nil)],
            ["0+tag", "1-tag too old", "3+tag"]
        ),
        Story(
            "a routing status once while it lasts",
            [([idle], nil), ([idle], nil), ([], nil), ([idle], nil)],
            [
                "0+routingStatus", "3+routingStatus",
            ]
        ),
    ]

    @Test("errands begin as their rules begin to match", arguments: stories)
    func story(_ story: Story) throws {
        var episodes = ErrandEpisodes()
        var steps: [String] = []
        var ids: Set<String> = []
        for (second, (wanted, hindrance)) in story.looks.enumerated() {
            let now = Timestamp(milliseconds: Int64(second) * 1000)
            // A restart in between changes nothing.
            episodes = try JSONDecoder().decode(ErrandEpisodes.self, from: JSONEncoder().encode(episodes))
            var again = episodes
            let taken = episodes.advance(wanted: wanted, now: now, hindrance: hindrance)
            #expect(again.advance(wanted: wanted, now: now, hindrance: hindrance) == taken, "the ids as well")
            for step in taken {
                switch step {
                case .begin(let errand, let id, let since):
                    steps.append("\(second)+\(errand.kind)")
                    #expect(ids.insert(id).inserted, "an id is used once")
                    #expect(since <= now)
                case .guarded(let errand, let reason): steps.append("\(second)-\(errand.kind) \(reason)")
                }
            }
        }
        #expect(steps == story.steps)
    }

    @Test("nothing is kept once nothing is wanted")
    func forgets() {
        var episodes = ErrandEpisodes()
        #expect(episodes.isEmpty)
        _ = episodes.advance(wanted: [tag("a"), explain()], now: Timestamp(milliseconds: 0), hindrance: nil)
        #expect(!episodes.isEmpty)
        _ = episodes.advance(wanted: [], now: Timestamp(milliseconds: 1), hindrance: nil)
        #expect(episodes == ErrandEpisodes())
    }

    @Test("an episode that was held back begins when it is let go")
    func beginning() {
        var episodes = ErrandEpisodes()
        _ = episodes.advance(wanted: [explain()], now: Timestamp(milliseconds: 5), hindrance: old)
        let steps = episodes.advance(wanted: [explain()], now: Timestamp(milliseconds: 9), hindrance: nil)
        guard case .begin(_, _, let since)? = steps.first else { return #expect(Bool(false), "it begins") }
        #expect(since == Timestamp(milliseconds: 9))
    }

    @Test("the values of a tag are told apart by where they begin and end")
    func digests() {
        var episodes = ErrandEpisodes()
        func look(_ attributes: [String: String]) -> Int {
            let errand = RuleErrand(rule: "r", work: .tag(conversationID: "c", attributes: attributes))
            return episodes.advance(wanted: [errand], now: Timestamp(milliseconds: 0), hindrance: nil).count
        }
        #expect(look(["a": "b", "c": "d"]) == 1)
        #expect(look(["a": "bc", "": "d"]) == 1)
        #expect(look(["ab": "", "c": "d"]) == 1)
        #expect(look(["c": "d", "a": "b"]) == 0)
    }
}
