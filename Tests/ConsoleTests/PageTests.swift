// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer
import Testing

@testable import Console

@Suite("The status page")
struct PageTests {
    private let fixture = ConsoleFixture(tokens: ["s3cret"])

    @Test(
        "every file is served with its type and a policy that allows nothing foreign",
        arguments: [
            ("/", "text/html; charset=utf-8"), ("/page/page.css", "text/css; charset=utf-8"),
            ("/page/page.js", "text/javascript; charset=utf-8"), ("/page/icon.svg", "image/svg+xml"),
        ]
    )
    func files(path: String, type: String) async throws {
        let response = await fixture.send(.get, path)
        #expect(response.status.code == 200)
        #expect(response.headers["Content-Type"] == type)
        #expect(!response.text.isEmpty)
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
        let policy = try #require(response.headers["Content-Security-Policy"])
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
    }

    @Test("the page needs nothing that the policy forbids")
    func inline() async throws {
        let page = await fixture.send(.get, "/").text
        for forbidden in ["<style", " style=", " onclick", " onload", "javascript:", "http://", "https://"] {
            #expect(!page.contains(forbidden), "\(forbidden)")
        }
        #expect(page.components(separatedBy: "<script").count == 2)
        for path in try await scripts() {
            let script = await fixture.send(.get, path).text
            for forbidden in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "localStorage",
            ] {
                #expect(!script.contains(forbidden), "\(path): \(forbidden)")
            }
        }
    }

    @Test("every script that another one imports is served")
    func imports() async throws {
        let paths = try await scripts()
        #expect(paths.count == 11)
        for path in paths {
            let response = await fixture.send(.get, path)
            #expect(response.status.code == 200, "\(path)")
            #expect(response.headers["Content-Type"] == "text/javascript; charset=utf-8")
        }
    }

    /// The paths of the page's script and of all that it imports.
    private func scripts() async throws -> Set<String> {
        var found: Set<String> = [], open = ["/page/page.js"]
        while let path = open.popLast() {
            guard found.insert(path).inserted else { continue }
            let text = await fixture.send(.get, path).text
            open += text.matches(of: /from "\.\/([a-z]+\.js)"/).map { "/page/\($0.output.1)" }
        }
        return found
    }

    @Test("the page explains decisions, and says at its top whether the rules in force are those of the files")
    func explanation() async throws {
        let history = await fixture.send(.get, "/page/history.js").text
        #expect(history.contains("explanationOf") && history.contains("isExplained"))
        let page = await fixture.send(.get, "/").text
        let health = await fixture.send(.get, "/page/health.js").text
        for id in ["rules", "rules-state", "rules-notice"] {
            #expect(page.contains("id=\"\(id)\""))
            #expect(health.contains("byId(\"\(id)\")"))
        }
    }

    @Test("a browser that has the file is answered 304 without content")
    func conditional() async throws {
        let tag = try #require(await fixture.send(.get, "/page/page.js").headers["ETag"])
        for known in [tag, "W/\(tag)", "\"other\", \(tag)"] {
            let response = await fixture.send(.get, "/page/page.js", headers: ["If-None-Match": known])
            #expect(response.status.code == 304)
            #expect(response.text.isEmpty)
            #expect(response.headers["ETag"] == tag)
        }
        let other = await fixture.send(.get, "/page/page.js", headers: ["If-None-Match": "\"other\""])
        #expect(other.status.code == 200)
    }
}
