// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("SIGHUP", .serialized)
struct ReloadTests {
    @Test("new rules are taken on SIGHUP; a file with errors keeps the old ones")
    func reload() async throws {
        try await withInstallation { site in
            let configuration = try site.configuration()
            let relay = try await site.relay(configuration)
            let version = try await relay.get("/healthz").json["rules"]["version"].text
            _ = try site.configuration("rules: [ { nme: wrong } ]")
            relay.child.signal(SIGHUP)
            try await eventually("the refusal is in the log") { relay.child.errors.contains("rules in force are kept") }
            #expect(try await relay.get("/healthz").json["rules"]["version"].text == version)
            _ = try site.configuration(
                Installation.rules.replacingOccurrences(of: "name: flagged", with: "name: other")
            )
            relay.child.signal(SIGHUP)
            try await eventually("new rules") {
                try await relay.get("/healthz").json["rules"]["version"].text != version
            }
        }
    }

    @Test("secrets are exchanged on SIGHUP without a gap for requests, and a bad file keeps the old ones")
    func secrets() async throws {
        try await withInstallation { site in
            let file = try site.configuration()
            let relay = try await site.relay(file, events: false)
            func answers(_ key: String, _ token: String) async throws -> [Int] {
                let event = #"{"topicName":"v2.unused","eventBody":{}}"#
                let post = try await relay.post(event, headers: ["X-API-Key": key])
                let headers = ["Authorization": "Bearer \(token)"]
                let get = try await site.call("GET", relay.url + "/v1/agents", headers: headers)
                return [post.status, get.status]
            }
            let old = try String(contentsOfFile: file, encoding: .utf8)
            let new = old.replacingOccurrences(of: Installation.key, with: "key-2")
                .replacingOccurrences(of: Installation.token, with: "token-2")
            try new.replacingOccurrences(of: "presence: Break", with: "presence: Brake")
                .write(toFile: file, atomically: true, encoding: .utf8)
            relay.child.signal(SIGHUP)
            try await eventually("the refusal is in the log") { relay.child.errors.contains("has errors") }
            #expect(try await answers(Installation.key, Installation.token) == [202, 200])
            #expect(try await answers("key-2", "token-2") == [401, 401])

            try new.write(toFile: file, atomically: true, encoding: .utf8)
            relay.child.signal(SIGHUP)
            try await eventually("the new secrets") { try await answers("key-2", "token-2") == [202, 200] }
            #expect(try await answers(Installation.key, Installation.token) == [401, 401])
        }
    }

    @Test("secrets are exchanged while Genesys is down, and the rules wait for it")
    func secretsWithoutGenesys() async throws {
        try await withInstallation { site in
            let file = try site.configuration()
            let good = try String(contentsOfFile: file, encoding: .utf8)
            try good.replacingOccurrences(of: site.genesys, with: "http://127.0.0.1:1")
                .write(toFile: file, atomically: true, encoding: .utf8)
            let relay = try await site.relay(file, events: false)
            let version = try await relay.get("/healthz").json["rules"]["version"].text
            try good.replacingOccurrences(of: Installation.token, with: "token-2")
                .replacingOccurrences(of: "name: flagged", with: "name: other")
                .write(toFile: file, atomically: true, encoding: .utf8)
            relay.child.signal(SIGHUP)
            try await eventually("the new token") {
                let headers = ["Authorization": "Bearer token-2"]
                return try await site.call("GET", relay.url + "/v1/agents", headers: headers).status == 200
            }
            #expect(try await relay.get("/healthz").json["rules"]["version"].text == version)
        }
    }
}
