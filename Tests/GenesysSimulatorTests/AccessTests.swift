// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPServer
import Testing

@testable import GenesysSimulator

@Suite("OAuth and rate limits")
struct AccessTests {
    private func tokenRequest(
        _ bench: inout Bench,
        credentials: String? = "simulator:simulator",
        form: String = "grant_type=client_credentials"
    ) -> Reply {
        var headers: HTTPHeaders = ["Content-Type": "application/x-www-form-urlencoded"]
        if let credentials {
            headers["Authorization"] = "Basic " + Data(credentials.utf8).base64EncodedString()
        }
        return bench.send(.post, "/oauth/token", form, authorized: false, headers: headers)
    }

    @Test("client credentials give a bearer token that works until it expires")
    func token() throws {
        var bench = Bench { $0.tokenLifetime = .seconds(300) }
        let reply = tokenRequest(&bench)
        #expect(reply.status == 200)
        #expect(reply["token_type"] == .string("bearer"))
        #expect(reply["expires_in"] == .integer(300))
        bench.token = try #require(reply["access_token"]?.stringValue)
        #expect(bench.send(.get, "/api/v2/users").status == 200)
        bench.now = bench.now.advanced(by: .seconds(300))
        let late = bench.send(.get, "/api/v2/users")
        #expect(late.status == 401)
        #expect(late["code"] == .string("credentials.expired"))
    }

    @Test("wrong credentials and grants are refused in OAuth's own shape")
    func refusals() {
        var bench = Bench()
        let wrong = tokenRequest(&bench, credentials: "simulator:guess")
        #expect(wrong.status == 401)
        #expect(wrong["error"] == .string("invalid_client"))
        #expect(wrong["contextId"] == nil)
        #expect(tokenRequest(&bench, credentials: nil).status == 401)
        #expect(tokenRequest(&bench, form: "grant_type=password")["error"] == .string("unsupported_grant_type"))
        #expect(tokenRequest(&bench, form: "")["error"] == .string("invalid_request"))
    }

    @Test("a client added through the control API may ask for tokens")
    func addedClient() {
        var bench = Bench()
        #expect(tokenRequest(&bench, credentials: "mine:secret").status == 401)
        #expect(bench.send(.post, "/simulator/clients", #"{"id":"mine","secret":"secret"}"#).status == 201)
        #expect(tokenRequest(&bench, credentials: "mine:secret").status == 200)
    }

    @Test("no token, an unknown one and a revoked one are 401 with the platform's body")
    func unauthorized() {
        var bench = Bench()
        let none = bench.send(.get, "/api/v2/users", authorized: false)
        #expect(none.status == 401)
        #expect(none["code"] == .string("authentication.required"))
        #expect(none["contextId"]?.stringValue == none.headers["ININ-Correlation-Id"])
        #expect(bench.send(.post, "/simulator/tokens/revoke")["revoked"] == .integer(1))
        #expect(bench.send(.get, "/api/v2/users")["code"] == .string("bad.credentials"))
    }

    @Test("the call beyond the limit is 429 with Retry-After until the minute is over")
    func rateLimit() {
        var bench = Bench { $0.requestsPerMinute = 3 }
        for count in 1...3 {
            let reply = bench.send(.get, "/api/v2/systempresences")
            #expect(reply.status == 200)
            #expect(reply.headers["inin-ratelimit-count"] == String(count))
        }
        bench.now = bench.now.advanced(by: .milliseconds(17_200))
        let refused = bench.send(.get, "/api/v2/systempresences")
        #expect(refused.status == 429)
        #expect(refused.headers["Retry-After"] == "43")
        #expect(refused["code"] == .string("too.many.requests.retry.after"))
        #expect(refused["message"]?.stringValue?.contains("[43] seconds") == true)
        bench.now = bench.now.advanced(by: .seconds(43))
        #expect(bench.send(.get, "/api/v2/systempresences").status == 200)
    }

    @Test("what does not exist is 404 with the platform's body, another method 405")
    func unknownPaths() {
        var bench = Bench()
        let user = bench.agent(0).id
        for path in ["/api/v2/wfm/users/\(user)/adherence", "/api/v2/conversations/voice/x", "/api/v2/eventsub"] {
            let reply = bench.send(.put, path, "{}")
            #expect(reply.status == 404)
            #expect(reply["code"] == .string("not.found"))
            #expect(reply["status"] == .integer(404))
        }
        #expect(bench.send(.delete, "/api/v2/users").status == 405)
    }

    @Test("secrets and tokens do not show in the request log")
    func logIsSafe() throws {
        var bench = Bench()
        let token = try #require(tokenRequest(&bench)["access_token"]?.stringValue)
        let log = bench.send(.get, "/simulator/requests").json.bytes
        #expect(!String(decoding: log, as: UTF8.self).contains(token))
        #expect(String(decoding: log, as: UTF8.self).contains("/oauth/token"))
    }
}
