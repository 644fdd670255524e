// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Journal
import Testing

@testable import Ingest

@Suite("Taking events")
struct IngestTests {
    private let test: TestIngest

    init() throws { test = try TestIngest() }

    @Test("an event is on disk, as received, when 202 is answered")
    func takes() async throws {
        let body = Sample.envelope("e1")
        let response = await test.ingest().handle(.events(body))
        #expect(response.status.code == 202)
        #expect(response.headers["Content-Type"] == "application/json")
        #expect(response.text == #"{"accepted":1,"duplicate":0,"ignored":0}"#)
        let entry = try #require(try await test.stored().first)
        #expect(entry.key == "eb:e1")
        #expect(entry.body == Array(body.utf8))
        #expect(entry.source == .webhook)
        #expect(entry.topic == "v2.users.\(Sample.user).presence")
        #expect(entry.agentID == Sample.user)
        #expect(entry.receivedAt.milliseconds == 1_773_151_560_000)
        #expect(entry.madeAt == Timestamp("2026-03-10T14:06:00Z"))
        await test.journal.close()
    }

    @Test("an event sent again by EventBridge counts as duplicate, in the same batch and later")
    func findsDuplicates() async throws {
        let ingest = test.ingest()
        let batch = "[\(Sample.envelope("e1")),\(Sample.envelope("e2")),\(Sample.envelope("e1"))]"
        #expect(await ingest.handle(.events(batch)).text == #"{"accepted":2,"duplicate":1,"ignored":0}"#)
        test.advance(.seconds(86_400))
        #expect(
            await ingest.handle(.events(Sample.envelope("e2"))).text == #"{"accepted":0,"duplicate":1,"ignored":0}"#
        )
        #expect(try await test.stored().map(\.key) == ["eb:e1", "eb:e2"])
        await test.journal.close()
    }

    @Test("a bare notification sent again is a duplicate for ten minutes, whatever stands around it")
    func findsContentDuplicates() async throws {
        let ingest = test.ingest()
        let presence = Sample.presence()
        #expect(await ingest.handle(.events(presence)).text == #"{"accepted":1,"duplicate":0,"ignored":0}"#)
        #expect(
            await ingest.handle(.events(" [\(presence), \(Sample.presence("MEAL"))]\n")).text
                == #"{"accepted":1,"duplicate":1,"ignored":0}"#
        )
        test.advance(.seconds(599))
        #expect(await ingest.handle(.events(presence)).text == #"{"accepted":0,"duplicate":1,"ignored":0}"#)
        test.advance(.seconds(1))
        #expect(await ingest.handle(.events(presence)).text == #"{"accepted":1,"duplicate":0,"ignored":0}"#)
        let stored = try await test.stored()
        #expect(stored.map(\.body) == [presence, Sample.presence("MEAL"), presence].map { Array($0.utf8) })
        await test.journal.close()
    }

    @Test("NDJSON and arrays are taken element by element; topics without use are counted and not stored")
    func takesBatches() async throws {
        let ingest = test.ingest()
        let lines = [Sample.envelope("e1"), Sample.unused, Sample.presence()].joined(separator: "\n")
        let response = await ingest.handle(.events(lines, headers: ["Content-Type": "application/x-ndjson"]))
        #expect(response.text == #"{"accepted":2,"duplicate":0,"ignored":1}"#)
        #expect(
            try await test.stored().map(\.body) == [Sample.envelope("e1"), Sample.presence()].map { Array($0.utf8) }
        )
        #expect(await ingest.handle(.events("[]")).text == #"{"accepted":0,"duplicate":0,"ignored":0}"#)
        await test.journal.close()
    }

    @Test("an event that decodes but cannot be understood is stored, to become a dead letter")
    func storesUndecodable() async throws {
        let response = await test.ingest().handle(.events(Sample.undecodable))
        #expect(response.text == #"{"accepted":1,"duplicate":0,"ignored":0}"#)
        let entry = try #require(try await test.stored().first)
        #expect(entry.body == Array(Sample.undecodable.utf8))
        #expect(entry.agentID == Sample.user)
        #expect(entry.topic == "v2.users.\(Sample.user).conversations")
        await test.journal.close()
    }

    @Test("one bad element: the whole batch is refused by index and pointer, and nothing is stored")
    func refusesMalformed() async throws {
        let ingest = test.ingest()
        let batch = #"[\#(Sample.envelope("e1")),{"id":"e2","detail":{"eventBody":{"secret":1}}}]"#
        let response = await ingest.handle(.events(batch))
        #expect(response.status.code == 400)
        #expect(response.headers["Content-Type"] == "application/problem+json")
        let problem = try response.problem()
        #expect(problem["type"] == "about:blank" && problem["title"] == "Bad Request" && problem["status"] == "400")
        #expect(problem["element"] == "1")
        #expect(problem["pointer"] == "/detail/topicName")
        #expect(problem["detail"]?.contains("element 1 at /detail/topicName") == true)
        #expect(!response.text.contains("secret"))
        for body in ["", "{", "[1]", "no json", Sample.presence() + "\n{"] {
            #expect(await ingest.handle(.events(body)).status.code == 400, "\(body)")
        }
        #expect(try await test.stored().isEmpty)
        await test.journal.close()
    }

    @Test("a decoder's words cannot break out of the answer")
    func escapes() async throws {
        let ingest = test.ingest { _ throws(EventDecodingError) in
            throw EventDecodingError(element: 2, pointer: "/a\"b\\\u{1}\n", reason: "quoted \"ü\"")
        }
        let problem = try await ingest.handle(.events("{}")).problem()
        #expect(problem["pointer"] == "/a\"b\\\u{1}\n")
        #expect(problem["detail"]?.hasSuffix("quoted \"ü\".") == true)
        await test.journal.close()
    }

    @Test(
        "types of JSON are read, others are 415",
        arguments: [
            ("application/json", 202), ("Application/JSON ; Charset=\"UTF-8\"", 202), ("text/json", 202),
            ("application/cloudevents+json; charset=utf-8", 202), ("application/x-ndjson", 202),
            ("application/json; version=1", 202), ("application/json;", 202),
            ("application/json; charset=utf-16", 415), ("application/json; charset=", 415), ("text/plain", 415),
            ("application/xml", 415), ("application/+json", 415), ("image/svg+json", 415), ("", 415),
            ("application/x-www-form-urlencoded", 415),
        ]
    )
    func checksType(type: String, status: Int) async throws {
        let response = await test.ingest().handle(.events(Sample.presence(), headers: ["Content-Type": type]))
        #expect(response.status.code == status)
        #expect(try await test.stored().count == (status == 202 ? 1 : 0))
        if status == 415 { #expect(response.headers["Accept"]?.contains("application/json") == true) }
        await test.journal.close()
    }

    @Test("a missing type is taken for JSON, two types are none")
    func checksTypeCount() async throws {
        let ingest = test.ingest()
        #expect(await ingest.handle(.events(Sample.presence(), headers: [:])).status.code == 202)
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        headers.append(name: "content-type", value: "application/json")
        #expect(await ingest.handle(.events(Sample.presence(), headers: headers)).status.code == 415)
        await test.journal.close()
    }

    @Test("sources outside the allowed blocks are 403, before anything else is looked at")
    func checksSource() async throws {
        let ingest = test.ingest(
            [.bearer(tokens: ["t"])],
            sources: ["10.0.0.0/8", "2001:db8::/32", "not a block"]
        )
        #expect(test.log.all.contains { $0.contains("not a block") })
        for (address, status) in [
            ("10.1.2.3", 401), ("::ffff:10.1.2.3", 401), ("2001:db8::1", 401), ("11.0.0.1", 403), ("2001:db9::1", 403),
            ("", 403), ("10.1.2.3.evil", 403),
        ] {
            #expect(await ingest.handle(.events("{", from: address)).status.code == status, "\(address)")
        }
        let everybody = test.ingest()
        #expect(await everybody.handle(.events(Sample.presence(), from: "198.51.100.7")).status.code == 202)
        #expect(await everybody.handle(.events(Sample.presence(), from: "fe80::1%eth0")).status.code == 202)
        await test.journal.close()
    }

    @Test("without the credentials: 401 that names the ways in, no trace in the journal, no secret in the log")
    func refusesStrangers() async throws {
        let ingest = test.ingest([
            .apiKey(header: "X-API-Key", values: ["key-secret"]),
            .basic(username: "genesys", passwords: ["basic-secret"]),
            .bearer(tokens: ["bearer-secret"]),
        ])
        let response = await ingest.handle(
            .events(Sample.presence(), headers: ["X-API-Key": "guess-secret", "Content-Type": "application/json"])
        )
        #expect(response.status.code == 401)
        #expect(try response.problem()["title"] == "Unauthorized")
        #expect(
            response.headers.all("WWW-Authenticate") == [
                #"ApiKey realm="presence-relay", header="X-API-Key""#,
                #"Basic realm="presence-relay", charset="UTF-8""#,
                #"Bearer realm="presence-relay""#,
            ]
        )
        #expect(try await test.stored().isEmpty)
        #expect(test.log.all.count == 1)
        #expect(!test.log.all.joined().contains("secret") && !response.text.contains("secret"))
        await test.journal.close()
    }

    @Test("a journal that cannot take it: 503 with Retry-After, so that EventBridge sends it again")
    func refusesWhenClosed() async throws {
        let ingest = test.ingest()
        await test.journal.close()
        let response = await ingest.handle(.events(Sample.presence()))
        #expect(response.status.code == 503)
        #expect((1...5).contains(Int(response.headers["Retry-After"] ?? "") ?? 0))
        #expect(try response.problem()["title"] == "Service Unavailable")
        #expect(await ingest.handle(.events(Sample.unused)).status.code == 202)
    }

    @Test(
        "every failure of the journal is a 503 that tells no inner detail",
        arguments: [JournalError.Code.overloaded, .notWritable, .closed, .other]
    )
    func mapsFailures(code: JournalError.Code) async throws {
        let response = RefusedRequest.journal(JournalError(code, "inner detail")).problem.response
        #expect(response.status.code == 503)
        #expect((1...5).contains(Int(response.headers["Retry-After"] ?? "") ?? 0))
        #expect(!response.text.contains("inner"))
        await test.journal.close()
    }
}
