// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPClient
import HTTPServer
import Logging
import Synchronization
import Testing

@testable import GenesysSimulator

@Suite("The simulator over sockets", .timeLimit(.minutes(1)))
struct SimulatorSocketTests {
    @Test("login, API and control share one address")
    func oneAddress() async throws {
        try await withSimulator { site in
            #expect(site.base.wholeMatch(of: /http:\/\/127\.0\.0\.1:[0-9]+/) != nil)
            let users = try await site.api("GET", "/api/v2/users")
            #expect(users.status == 200)
            #expect(users.header("ININ-Correlation-Id") != nil)
            let id = try #require(users.json["entities"]?.arrayValue?.first?["id"]?.stringValue)
            let presence = try await site.api("GET", "/api/v2/users/\(id)/presences/purecloud")
            #expect(presence.json["presenceDefinition"]?["systemPresence"] == .string("On Queue"))
            let missing = try await site.api("PUT", "/api/v2/wfm/users/\(id)/adherence", "{}")
            #expect(missing.status == 404)
            #expect(missing.json["contextId"]?.stringValue == missing.header("ININ-Correlation-Id"))
            #expect(try await site.control("GET", "/simulator/state").json["requests"]?["total"] == .integer(4))
        }
    }

    @Test("timers run by themselves: adherence follows a presence write")
    func timers() async throws {
        try await withSimulator { site in
            let id = try #require(
                try await site.api("GET", "/api/v2/users").json["entities"]?.arrayValue?.first?["id"]?.stringValue
            )
            _ = try await site.control("PUT", "/simulator/agents/1/schedule", #"{"activity":"Break"}"#)
            _ = try await site.api(
                "PATCH",
                "/api/v2/users/\(id)/presences/purecloud",
                #"{"presenceDefinition":{"id":"227b37e2-f1d0-4dd0-8f50-badd7cf6d158"}}"#
            )
            try await eventually("in adherence") {
                try await site.api("GET", "/api/v2/workforcemanagement/adherence?userId=\(id)").json.arrayValue?[0][
                    "adherenceState"
                ] == .string("InAdherence")
            }
        }
    }

    @Test("a dropped connection and a hung request are errors at the client, with and without the write done")
    func unanswered() async throws {
        try await withSimulator { site in
            let id = try #require(
                try await site.api("GET", "/api/v2/users").json["entities"]?.arrayValue?.first?["id"]?.stringValue
            )
            let path = "/api/v2/users/\(id)/presences/purecloud"
            let meal = #"{"presenceDefinition":{"id":"3fd96123-badb-4f69-bc03-1b1ccc6d8014"}}"#
            let faults = #"[{"match":"PATCH presences","kind":"KIND","times":1}]"#
            for (kind, isDone) in [("drop", false), ("timeoutBefore", false), ("timeoutAfter", true)] {
                _ = try await site.control("POST", "/simulator/faults", faults.replacing("KIND", with: kind))
                await #expect(throws: HTTPClientError.self) {
                    try await site.api("PATCH", path, meal, timeout: .milliseconds(300))
                }
                let system = try await site.api("GET", path).json["presenceDefinition"]?["systemPresence"]
                #expect((system == .string("Meal")) == isDone, "\(kind)")
            }
        }
    }

    @Test("a request without an answer hangs only as long as its fault says")
    func shortHang() async throws {
        try await withSimulator { site in
            for kind in ["timeoutBefore", "timeoutAfter"] {
                let fault = #"{"kind":"\#(kind)","match":"GET /api/v2/users","milliseconds":50,"times":1}"#
                _ = try await site.control("POST", "/simulator/faults", fault)
                let began = ContinuousClock.now
                await #expect(throws: HTTPClientError.self) {
                    try await site.api("GET", "/api/v2/users", timeout: .seconds(60))
                }
                #expect(began.duration(to: .now) < .seconds(30))
            }
        }
    }

    @Test("events arrive one a request, enveloped, with EventBridge's headers and our own")
    func push() async throws {
        try await withWebhook { webhook in
            try await withSimulator({
                $0.webhookURL = webhook.url
                $0.webhookHeaders = [(name: "X-API-Key", value: "key")]
            }) { site in
                _ = try await site.control("POST", "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
                try await eventually("four events") { webhook.requests.count >= 4 }
                let requests = webhook.requests
                #expect(Set(requests.map { $0.headers["User-Agent"] }) == ["Amazon/EventBridge/ApiDestinations"])
                #expect(requests[0].headers["Content-Type"] == "application/json; charset=utf-8")
                #expect(requests[0].headers["Range"] == "bytes=0-1048575")
                #expect(requests[0].headers["Connection"]?.lowercased() == "close")
                #expect(requests[0].headers["X-API-Key"] == "key")
                let types = try requests.map { try JSONValue(parsing: $0.body)["detail-type"]?.stringValue }
                #expect(
                    Set(types.compactMap(\.self)) == [
                        "v2.users.{id}.presence", "v2.users.{id}.routingStatus", "v2.users.{id}.activity",
                        "v2.users.{id}.workforcemanagement.adherence",
                    ]
                )
                var decoder = NotificationDecoder()
                for request in requests { #expect(try decoder.decode(request.body).count == 1) }
                try await eventually("all settled") { site.simulator.deliveryCounters.delivered == 4 }
            }
        }
    }

    @Test("429, 5xx and slow answers are tried again until they are taken, other 4xx are not")
    func retries() async throws {
        try await withWebhook { webhook in
            webhook.script = [
                .answer(503, retryAfter: nil), .answer(429, retryAfter: "0"), .hang, .answer(202, retryAfter: nil),
            ]
            try await withSimulator({
                $0.webhookURL = webhook.url
                $0.webhookRetryDelay = .milliseconds(20)
                $0.webhookTimeout = .milliseconds(300)
            }) { site in
                let event = #"{"topicName":"t","eventBody":{},"id":"one"}"#
                _ = try await site.control("POST", "/simulator/events", event)
                try await eventually("delivered") { site.simulator.deliveryCounters.delivered == 1 }
                #expect(site.simulator.deliveryCounters.attempts == 4)
                #expect(site.simulator.deliveryCounters.retried == 3)
                #expect(Set(webhook.requests.map(\.body)).count == 1)
                webhook.script = [.answer(400, retryAfter: nil)]
                _ = try await site.control("POST", "/simulator/events", event)
                try await eventually("given up") { site.simulator.deliveryCounters.failed == 1 }
                #expect(site.simulator.deliveryCounters.attempts == 5)
                #expect(site.simulator.deliveryCounters.pending == 0)
            }
        }
    }

    @Test("lost and doubled events show in what arrives")
    func eventFaults() async throws {
        try await withWebhook { webhook in
            try await withSimulator({ $0.webhookURL = webhook.url }) { site in
                _ = try await site.control(
                    "POST",
                    "/simulator/faults",
                    #"[{"kind":"dropEvents","match":".presence"},{"kind":"duplicateEvents","match":".activity"}]"#
                )
                _ = try await site.control("POST", "/simulator/agents/1/presence", #"{"system":"Meal"}"#)
                try await eventually("four deliveries") { webhook.requests.count >= 4 }
                let ids = try webhook.requests.map { try JSONValue(parsing: $0.body) }
                let types = ids.compactMap { $0["detail-type"]?.stringValue }
                #expect(!types.contains("v2.users.{id}.presence"))
                #expect(types.count { $0 == "v2.users.{id}.activity" } == 2)
                #expect(Set(ids.compactMap { $0["id"]?.stringValue }).count == 3)
            }
        }
    }

    @Test("stop ends promptly with requests hanging and events waiting")
    func stop() async throws {
        try await withWebhook { webhook in
            webhook.script = [.hang]
            let began = ContinuousClock.now
            try await withSimulator({
                $0.webhookURL = webhook.url
                $0.callsPerMinute = 600
            }) { site in
                _ = try await site.control("POST", "/simulator/faults", #"{"kind":"timeoutBefore"}"#)
                let hanging = Task { try await site.api("GET", "/api/v2/users", timeout: .seconds(30)) }
                try await eventually("an event under way") { !webhook.requests.isEmpty }
                hanging.cancel()
                _ = try? await hanging.value
            }
            #expect(began.duration(to: .now) < .seconds(30))
        }
    }
}
