// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

/// Whether `Tests/Fixtures/Scenarios` speaks of all that a rule can say, and of every recorded example.
@Suite("Coverage of scenarios")
struct ScenarioCoverageTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures")

    private static func names(in folder: String) -> [String] {
        let path = fixtures.appendingPathComponent(folder).path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    /// All scenario files in one, without comments: only what a case really says counts.
    private static let text: String = {
        let files = names(in: "Scenarios").filter { $0.hasSuffix(".yaml") }
        let texts = files.map { name in
            let path = fixtures.appendingPathComponent("Scenarios/\(name)")
            return (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        }
        let lines = texts.joined(separator: "\n").split(separator: "\n")
        return lines.map { $0.split(separator: "#", omittingEmptySubsequences: false)[0] }.joined(separator: "\n")
    }()

    /// As keys, `held:` of `held: true`; those of attributes are a part of a key.
    static let keys: [String] =
        [
            // Facts of the agent.
            "presence", "system", "definitionId", "label", "message", "since", "requested", "primarySource",
            "routingStatus", "adherence", "scheduled", "actual", "impact", "activityCode", "explanation", "next",
            "nextAt", "managementUnit", "team", "outOfOffice", "until", "activeQueues", "agent", "name", "group",
            // Facts of a conversation.
            "id", "media", "direction", "state", "held", "heldSince", "muted", "confined", "queue", "queueId",
            "purpose", "role", "answered", "alertedAt", "connectedAt", "endedAt", "disconnectType", "participants",
            "afterCallWork", "afterCallWorkSince", "wrapup", "wrapupCode", "wrapupRequired", "campaignId",
            "messageType", "mediaRoles", "externalTag", "utilizationLabel",
            // Groups.
            "conversation", "conversations", "count", "all", "none", "not", "for", "schedule", "days", "from", "to",
            "dates", "except", "timeZone",
            // Operators.
            "equals", "in", "notIn", "exists", "contains", "matches", "lessThan", "atMost", "moreThan", "atLeast",
            "before", "after", "olderThan", "newerThan", "within", "ignoreCase",
            // What a rule does, and what keeps it from that.
            "apply", "release", "minimum", "cooldown", "tag", "explain", "notify", "stop", "offline", "humanChange",
            "onQueue", "maxEventAge", "maxReleaseAge", "conversationTimeout", "reads", "shadows",
        ]

    static let values = [
        "apply: afterInteraction", "apply: afterCallWork", "release: restore", "release: keep", "release: Ready",
        "mode: observe", "offline: true", "offline: false", "humanChange: true", "humanChange: false",
        "onQueue: true", "onQueue: false", "role: [ monitor, coach, barge ]", "role: consult",
        "afterCallWork: timeout", "afterCallWork: skipped", "customer.attributes.", "attributes.", "media: callback",
        "media: chat", "media: email", "media: message", "media: internalMessage", "media: cobrowse",
        "media: screenshare", "media: screenMonitoring", "media: socialExpression", "media: video", "media: call ",
    ]

    /// The recorded notifications; what REST answers is no event.
    static let examples = names(in: "Genesys").filter { name in
        ["users.", "detail.", "queues.", "eventbridge.", "lifecycle."].contains { name.hasPrefix($0) }
    }

    @Test("there are at least forty files, and examples to look for")
    func enough() {
        #expect(Self.names(in: "Scenarios").filter { $0.hasSuffix(".yaml") }.count >= 40)
        #expect(Self.examples.count >= 20)
    }

    @Test("every fact, operator, guard and action is written in a scenario", arguments: keys)
    func key(name: String) {
        let beginnings = ["\n", " ", "{", "."]
        #expect(beginnings.contains { Self.text.contains("\($0)\(name):") }, "no scenario says '\(name):'")
    }

    @Test("every timing, release, role, medium and setting of a guard is", arguments: values)
    func value(text: String) {
        #expect(Self.text.contains(text), "no scenario says '\(text)'")
    }

    @Test("every recorded example is used", arguments: examples)
    func example(name: String) {
        #expect(Self.text.contains("../Genesys/\(name)"), "no scenario uses \(name)")
    }
}
