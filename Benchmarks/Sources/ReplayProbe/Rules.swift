// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// Two files of rules as an organisation may have them, the second with changes.
struct Rules {
    let config: String
    let other: String

    init(folder: String, database: String) throws {
        config = "\(folder)/relay.yaml"
        other = "\(folder)/other.yaml"
        let head = """
            webhook: { authentication: [ { apiKey: { header: X-API-Key, values: [benchmark-key] } } ] }
            admin: { tokens: [benchmark-admin-token] }
            genesys: { region: us-east-1, clients: [ { id: benchmark, secret: benchmark } ] }
            journal: { url: "sqlite:\(database)" }
            statuses:
              Break: { presence: Break }
              Meal: { presence: Meal }
              Coaching: { presence: Training }
              Wrap-up: { presence: Away }
              Focus: { presence: Busy }

            """
        try Data((head + Self.rules(hold: "5m", work: "45s")).utf8).write(to: URL(filePath: config))
        try Data((head + Self.rules(hold: "3m", work: "60s")).utf8).write(to: URL(filePath: other))
    }

    private static func rules(hold: String, work: String) -> String {
        """
        rules:
          - name: flagged by the desktop
            when: { conversation: { media: call, state: connected, attributes.wfm_status: { in: [Break, Meal] } } }
            then: { status: "${conversation.attributes.wfm_status}" }
          - name: long hold
            when: { conversation: { media: call, held: true }, for: \(hold) }
            then: { status: Coaching, minimum: 1m }
          - name: after-call work too long
            when: { conversation: { afterCallWork: pending }, for: \(work) }
            then: { status: Wrap-up, cooldown: 5m }
          - name: several at once
            when: { conversations: { count: { atLeast: 2 }, media: [chat, message] } }
            then: { status: Focus }
          - name: gold customers
            when: { conversation: { customer.attributes.accountTier: platinum, direction: inbound } }
            then: { status: Focus, apply: afterInteraction }
          - name: scheduled break
            when: { adherence: { scheduled: Break, state: OutOfAdherence }, not: { conversation: {} } }
            then: { status: Break, release: keep }
          - name: evening
            when: { schedule: { days: Mon-Fri, from: "22:00", to: "05:00", timeZone: Europe/Berlin }, outOfOffice: true }
            then: { status: Focus }
          - name: previewed
            when: { conversation: { media: callback, state: alerting }, for: 2m }
            then: { status: Focus }
          - name: coached
            when: { conversation: { role: [coach, monitor] } }
            then: { status: Coaching }
          - name: e-mail in the afternoon
            when: { conversation: { media: email, attributes.topic: { matches: "billing*" } } }
            then: { status: Focus }
        """
    }
}
