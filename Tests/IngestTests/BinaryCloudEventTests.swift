// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import GenesysEvents
import HTTPServer
import Journal
import Testing

@testable import Ingest

@Suite("CloudEvents in binary mode")
struct BinaryCloudEventTests {
    private let test: TestIngest

    init() throws { test = try TestIngest() }

    private func headers(_ id: String, source: String = "//genesys/1", time: String? = nil) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "ce-specversion": "1.0", "ce-type": "presence", "ce-id": id,
            "ce-source": source,
        ]
        headers["ce-time"] = time
        return headers
    }

    @Test("id and source in the header fields are the key, the time is that of the event")
    func takes() async throws {
        let ingest = test.ingest()
        let bare = #"{"topicName":"v2.users.\#(Sample.user).outofoffice","eventBody":{"active":true}}"#
        let time = "2026-03-10T14:05:00Z"
        #expect(
            await ingest.handle(.events(bare, headers: headers("a 1", time: time))).text
                == #"{"accepted":1,"duplicate":0,"ignored":0}"#
        )
        // Sent again a day later, with the space in its other spelling.
        test.advance(.seconds(86_400))
        #expect(
            await ingest.handle(.events(bare, headers: headers("a%201", time: time))).text
                == #"{"accepted":0,"duplicate":1,"ignored":0}"#
        )
        // The same content with another id or source is another event, also at once.
        for other in [headers("a2", time: time), headers("a 1", source: "//genesys/2", time: time)] {
            #expect(
                await ingest.handle(.events(bare, headers: other)).text == #"{"accepted":1,"duplicate":0,"ignored":0}"#
            )
        }
        let entry = try #require(try await test.stored().first)
        #expect(entry.key.hasPrefix("ce:") && entry.key.utf8.count == 67)
        #expect(entry.madeAt == Timestamp(time))
        #expect(entry.body == Array(bare.utf8))
        await test.journal.close()
    }

    @Test("ids whose escapes are no text, or no escapes, are told apart: two events are never taken for one")
    func oddIDs() async throws {
        let ingest = test.ingest()
        for id in ["%FF", "%FE", "%C3%28", "%C3%29", "100%", "100%2", "%ED%A0%80", "%ED%A0%81"] {
            let answer = await ingest.handle(.events(Sample.presence(), headers: headers(id)))
            #expect(answer.text.contains(#""accepted":1"#), "\(id): \(answer.text)")
        }
        await test.journal.close()
    }

    @Test("structured and binary mode of one CloudEvent are the same event")
    func sameAsStructured() async throws {
        let ingest = test.ingest()
        let data = Sample.presence()
        let structured =
            #"{"specversion":"1.0","id":"a1","source":"//genesys/1","type":"presence","data":\#(data)}"#
        let type: HTTPHeaders = ["Content-Type": "application/cloudevents+json"]
        #expect(await ingest.handle(.events(structured, headers: type)).text.contains(#""accepted":1"#))
        #expect(await ingest.handle(.events(data, headers: headers("a1"))).text.contains(#""duplicate":1"#))
        await test.journal.close()
    }

    @Test(
        "header fields name no event where only the content is signed: else whoever has recorded it sends it as new ones"
    )
    func unsigned() async throws {
        let secret = "a secret"
        let scheme = HMACScheme(header: "X-Signature", secrets: [Credential(secret)])
        let content = Sample.presence()
        let tag = Hexadecimal.text(HMACAlgorithm.sha256.tag(of: Array(content.utf8), key: Array(secret.utf8)))
        func send(_ id: String, _ ways: [Authentication], _ more: HTTPHeaders = [:]) async -> String {
            var fields = headers(id, time: "2026-03-10T14:05:0\(id)Z")
            fields["X-Signature"] = tag
            for (name, value) in more { fields[name] = value }
            return await test.ingest(ways).handle(.events(content, headers: fields)).text
        }
        let accepted = #"{"accepted":1,"duplicate":0,"ignored":0}"#
        #expect(await send("1", [.hmac(scheme)]) == accepted)
        #expect(await send("2", [.hmac(scheme)]) == #"{"accepted":0,"duplicate":1,"ignored":0}"#)
        // Who knows a key of their own may name events, signed or not.
        let both: [Authentication] = [.hmac(scheme), .apiKey(header: "X-API-Key", values: [Credential("key")])]
        #expect(await send("3", both, ["X-API-Key": "key"]) == accepted)
        #expect(try await test.stored().map { $0.key.prefix(3) } == ["sha", "ce:"])
        #expect(try await test.stored().map(\.madeAt) == [nil, Timestamp("2026-03-10T14:05:03Z")])
        await test.journal.close()
    }

    @Test("a batch in binary mode is refused with its second element; an attribute that comes twice is none")
    func refuses() async throws {
        let ingest = test.ingest()
        let batch = await ingest.handle(
            .events("[\(Sample.presence()),\(Sample.presence("MEAL"))]", headers: headers("a1"))
        )
        #expect(batch.status.code == 400)
        #expect(try batch.problem()["element"] == "1")
        #expect(await ingest.handle(.events("[]", headers: headers("a1"))).status.code == 400)
        #expect(try await test.stored().isEmpty)

        var doubled = headers("a1")
        doubled.append(name: "CE-ID", value: "a2")
        #expect(await ingest.handle(.events(Sample.presence(), headers: doubled)).status.code == 202)
        #expect(try await test.stored().first?.key.hasPrefix("sha256:") == true)
        await test.journal.close()
    }
}
