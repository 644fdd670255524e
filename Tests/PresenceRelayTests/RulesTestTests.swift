// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("rules test")
struct RulesTestTests {
    private static let relay = """
        webhook: { authentication: [ { apiKey: { header: X-API-Key, values: ["${env:KEY}"] } } ] }
        admin: { tokens: ["${env:ADMIN}"] }
        genesys: { region: us-east-1, clients: [ { id: "${env:ID}", secret: "${env:SECRET}" } ] }
        mode: observe
        statuses: { Break: { presence: Break } }
        rules:
          - { name: flagged, when: { conversation: { attributes.wfm_status: Break } }, then: { status: Break } }
        """

    private func write(_ text: String, _ name: String, in folder: URL) throws -> String {
        let file = folder.appendingPathComponent(name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    private func cases(expecting status: String) -> String {
        """
        config: relay.yaml
        cases:
          - name: flagged & back
            given: { presence: On Queue, conversations: [ { id: c1, attributes: { wfm_status: Break } } ] }
            steps:
              - expect: { status: \(status), calls: [Break] }
              - after: 5m
                event: release.json
                expect: { status: none, calls: [On Queue] }
        """
    }

    /// The agent's own conversation has ended.
    private static let release =
        #"{"topicName":"v2.users.agent.conversations","eventBody":{"id":"c1","participants":[{"id":"p","userId":"agent","#
        + #""purpose":"agent","calls":[{"id":"k","state":"terminated"}]}]}}"#

    @Test("cases that are as expected: exit code 0, whatever the mode and the secrets of the configuration")
    func good() async throws {
        try await withTemporaryFolder { folder in
            _ = try write(Self.relay, "relay.yaml", in: folder)
            _ = try write(Self.release, "release.json", in: folder)
            let path = try write(cases(expecting: "Break"), "cases.yaml", in: folder)
            let result = try await run(["rules", "test", path])
            #expect(result.code == 0, "\(result.output) \(result.errors)")
            #expect(result.output.contains("ok      flagged & back"))
            #expect(result.output.contains("1 cases, all as expected"))
        }
    }

    @Test(
        "a case that is not as expected: exit code 1, what was expected, what is, and why; also as JSON and JUnit XML"
    )
    func failing() async throws {
        try await withTemporaryFolder { folder in
            _ = try write(Self.relay, "relay.yaml", in: folder)
            _ = try write(Self.release, "release.json", in: folder)
            let path = try write(cases(expecting: "none"), "cases.yaml", in: folder)
            let result = try await run(["rules", "test", path])
            #expect(result.code == 1)
            #expect(result.output.contains("FAILED  flagged & back"))
            #expect(result.output.contains("\(path):6:9: step 1"))
            #expect(result.output.contains("status: expected none, is Break"))
            #expect(result.output.contains("rule 'flagged': matches"))
            let xml = folder.appendingPathComponent("results.xml")
            let json = try await run(["rules", "test", "--json", "--junit", xml.path, path])
            #expect(json.code == 1)
            let report = JSON(parsing: json.output)
            #expect(report["ok"].value as? Bool == false)
            #expect(report["failed"].int == 1)
            let failure = report["cases"].list.first?["failure"]
            #expect(failure?["line"].int == 6)
            #expect(failure?["mismatches"].list.first?["actual"].text == "Break")
            #expect(failure?["explanation"].list.first?["agents"].list.first?["rule"].text == "flagged")
            let junit = try String(contentsOf: xml, encoding: .utf8)
            #expect(junit.contains(#"failures="1""#) && junit.contains("flagged &amp; back"))
        }
    }

    @Test("wrong usage, a file with errors or one that cannot be read: exit code 2, and all that is wrong")
    func unusable() async throws {
        try await withTemporaryFolder { folder in
            let path = try write(cases(expecting: "Brake"), "cases.yaml", in: folder)
            let missing = folder.path + "/missing.yaml"
            let result = try await run(["rules", "test", path, missing])
            #expect(result.code == 2)
            #expect(
                result.errors.contains("\(folder.path)/relay.yaml:1:1: error: the configuration file cannot be read")
            )
            #expect(result.errors.contains("\(missing):1:1: error: the file cannot be read"))
            _ = try write(Self.relay, "relay.yaml", in: folder)
            let known = try await run(["rules", "test", path])
            #expect(known.code == 2)
            #expect(
                known.errors.contains(
                    "\(path):6:27: error: expect.status: the rules know no 'Brake'; did you mean 'Break'?"
                )
            )
            #expect(known.errors.contains("event: the file '\(folder.path)/release.json' cannot be read"))
            #expect(try await run(["rules", "test"]).code == 2)
            #expect(try await run(["rules", "test", "--colour", path]).code == 2)
        }
    }

    @Test("--config takes the place of the configuration that a file names")
    func configuration() async throws {
        try await withTemporaryFolder { folder in
            let other = Self.relay.replacingOccurrences(of: "attributes.wfm_status: Break", with: "held: true")
            let config = try write(other, "other.yaml", in: folder)
            _ = try write(Self.release, "release.json", in: folder)
            let path = try write(cases(expecting: "Break"), "cases.yaml", in: folder)
            let result = try await run(["rules", "test", path, "--config", config])
            #expect(result.code == 1)
            #expect(result.output.contains("status: expected Break, is none"))
            #expect(result.output.contains("conversation.held: wanted true, is false"))
        }
    }
}
