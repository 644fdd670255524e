// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("Settings and permissions")
struct SettingsTests {
    @Test("the rate limit, its headers and the form of its 429 change while it runs")
    func rateLimit() {
        var bench = Bench()
        _ = bench.send(.patch, "/simulator/settings", #"{"requestsPerMinute":2,"rateLimitHeaders":false}"#)
        let first = bench.send(.get, "/api/v2/users")
        #expect(first.status == 200)
        #expect(first.headers["inin-ratelimit-count"] == nil)
        _ = bench.send(.get, "/api/v2/users")
        let newer = bench.send(.get, "/api/v2/users")
        #expect(newer["code"] == .string("too.many.requests.retry.after"))
        #expect(newer.headers["Retry-After"] == "60")
        _ = bench.send(.patch, "/simulator/settings", #"{"retryAfter":false}"#)
        let older = bench.send(.get, "/api/v2/users")
        #expect(older.status == 429)
        #expect(older["code"] == .string("too.many.requests"))
        #expect(older.headers["Retry-After"] == nil)
        bench.pass(.seconds(60))
        #expect(bench.send(.get, "/api/v2/users").status == 200)
    }

    @Test("what it reports it takes, and one wrong member changes nothing")
    func wholeOrNothing() throws {
        var bench = Bench()
        let report = bench.send(.get, "/simulator/settings").json
        #expect(bench.send(.patch, "/simulator/settings", String(decoding: report.bytes, as: UTF8.self)).json == report)
        for wrong in [#""bulkLimitStatus":404"#, #""speed":1"#, #""retryAfter":"no""#, #""requestsPerMinute":0"#] {
            #expect(bench.send(.patch, "/simulator/settings", #"{"bulkLimit":7,\#(wrong)}"#).status == 400, "\(wrong)")
        }
        #expect(bench.send(.get, "/simulator/settings").json == report)
    }

    @Test("every endpoint that asks for permissions refuses without them and names them")
    func permissions() throws {
        for endpoint in SimulatorState.platform {
            guard let rule = endpoint.permission else { continue }
            var bench = Bench()
            let names = rule.names.map { "\"\($0)\"" }.joined(separator: ",")
            #expect(bench.send(.put, "/simulator/permissions", #"{"missing":[\#(names)]}"#).status == 200)
            let path = endpoint.pattern.replacing(/\{\w+\}/, with: bench.agent(0).id)
            let reply = bench.send(HTTPMethod(rawValue: endpoint.method), path, "{}")
            #expect(reply.status == 403, "\(endpoint.method) \(endpoint.pattern)")
            #expect(reply["code"] == .string(rule.isAny ? "missing.any.permissions" : "missing.permissions"))
            #expect(reply["message"]?.stringValue?.contains(rule.names[0]) == true)
            _ = bench.send(.delete, "/simulator/permissions")
            #expect(bench.send(HTTPMethod(rawValue: endpoint.method), path, "{}").status != 403)
        }
    }

    @Test("where one of several permissions is enough, losing one is no loss")
    func anyOf() {
        let rule = PermissionRule.any("a", "b")
        #expect(rule.isMet(without: ["a"]))
        #expect(!rule.isMet(without: ["a", "b"]))
        #expect(!PermissionRule.all("a", "b").isMet(without: ["a"]))
    }

    @Test("a permission nobody asks for is a mistake, not a loss")
    func unknownPermission() {
        var bench = Bench()
        #expect(
            bench.send(.put, "/simulator/permissions", #"{"missing":["presence:userPresense:edit"]}"#).status == 400
        )
        #expect(bench.state.switches.missingPermissions.isEmpty)
    }

    @Test("expires_in follows its setting; a removed client's tokens are void, another's are not")
    func clients() async throws {
        try await withSimulator { site in
            _ = try await site.control("PATCH", "/simulator/settings", #"{"tokenLifetimeSeconds":300}"#)
            _ = try await site.control("POST", "/simulator/clients", #"{"id":"other","secret":"s"}"#)
            let basic = (name: "Authorization", value: "Basic b3RoZXI6cw==")
            let form = (name: "Content-Type", value: "application/x-www-form-urlencoded")
            let token = try await site.post("/oauth/token", "grant_type=client_credentials", [basic, form])
            #expect(token.json["expires_in"] == .integer(300))
            let down = #"{"kind":"status","status":429,"retryAfter":3,"match":"POST /oauth/token","times":1}"#
            _ = try await site.control("POST", "/simulator/faults", down)
            let refused = try await site.post("/oauth/token", "grant_type=client_credentials", [basic, form])
            #expect(refused.status == 429)
            #expect(refused.header("Retry-After") == "3")
            _ = try await site.control("POST", "/simulator/clients", #"{"id":"other","secret":"changed"}"#)
            let old = try await site.post("/oauth/token", "grant_type=client_credentials", [basic, form])
            #expect(old.status == 401)
            let removed = try await site.control("DELETE", "/simulator/clients/other")
            #expect(removed.json["revoked"] == .integer(1))
            #expect(try await site.api("GET", "/api/v2/users").status == 200)
            #expect(try await site.control("DELETE", "/simulator/clients/other").status == 404)
        }
    }

    @Test("a fault can take the caller's token away")
    func revokedToken() {
        var bench = Bench()
        let fault = Fault(kind: .revokeToken, match: "*")
        #expect(bench.send(.get, "/api/v2/users", fault: fault).status == 401)
        #expect(bench.send(.get, "/api/v2/users").status == 401)
    }

    @Test("the adherence call that does not exist is 404, until a gateway offers it and takes notes")
    func gateway() {
        var bench = Bench()
        let path = "/api/v2/wfm/users/\(bench.agent(0).id)/adherence"
        #expect(bench.send(.put, path, "{}").status == 404)
        _ = bench.send(.patch, "/simulator/settings", #"{"wfmAdherencePut":true}"#)
        #expect(bench.send(.put, path, #"{"status":"Break"}"#).status == 204)
        #expect(bench.send(.put, "/api/v2/wfm/users/nobody/adherence", "{}").status == 404)
        let writes = bench.send(.get, "/simulator/wfmadherence")
        #expect(writes["writes"]?.arrayValue?.count == 1)
        #expect(writes["writes", "0", "body", "status"] == .string("Break"))
    }
}
