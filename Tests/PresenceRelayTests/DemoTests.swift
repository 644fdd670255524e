// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Logging
import Testing

@Suite("Demo")
struct DemoTests {
    @Test("the demo's page, seen in a real browser, shows agents whose status follows their calls, confirmed")
    func page() async throws {
        let demo = try Child(["demo", "--listen", "127.0.0.1:0", "--log-level", "warning"])
        let line = try await demo.line("status page: ")
        let page = String(line.dropFirst("status page: ".count))
        let client = try HTTPClient(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let id = try await eventually("a status set because of a call, and confirmed", within: .seconds(60)) {
            let answer = Answer(try await client.send(ClientRequest(url: page + "v1/agents")))
            return answer.json["agents"].list.first {
                $0["delivery"]["state"].text == "confirmed" && $0["wanted"]["rule"].text == "flagged by the desktop"
                    && $0["presence"]["setBy"].text == "relay"
            }?["id"].text
        }
        await client.shutdown()
        // The browser's budget is in its own time: on a busy machine it may end before the first answer is there.
        try await eventually("the page shows it", within: .seconds(120)) {
            let document = try await browse(page)
            return ["flagged by the desktop", "confirmed", "Agent 0", "Healthy"].allSatisfy(document.contains)
        }
        try await eventually("the agent's history explains its decisions", within: .seconds(120)) {
            let document = try await browse("\(page)#\(id)")
            return ["class=\"explanation\"", "First condition that failed", "Rules version", "Calls that followed"]
                .allSatisfy(document.contains)
        }
        demo.signal(SIGTERM)
        #expect(try await demo.end() == 0)
    }

    /// The page's document after its scripts have run for a few seconds, in headless Chromium.
    private func browse(_ url: String) async throws -> String {
        try await withTemporaryFolder { try Browser.document(of: url, in: $0, budget: 20) }
    }
}
