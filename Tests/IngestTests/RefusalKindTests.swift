// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Credentials
import Foundation
import GenesysEvents
import HTTPServer
import Journal
import Logging
import Testing

@testable import Ingest

@Suite("Kinds of refusal")
struct RefusalKindTests {
    private let test: TestIngest

    init() throws { test = try TestIngest() }

    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let hmacKey = "hmac-key-of-the-sender"

    private func schemes(notAfter: Timestamp? = nil) -> [Authentication] {
        [
            .apiKey(header: "X-API-Key", values: [Credential("the-key-itself", notAfter: notAfter)]),
            .hmac(HMACScheme(header: "X-Signature", prefix: "sha256=", secrets: [Credential(Self.hmacKey)])),
            .standardWebhooks(StandardWebhooksScheme(secrets: [Credential(Self.secret)])),
            .mutualTLS(ClientCertificateScheme(subjects: ["CN=sender,O=Acme"], issuers: [])),
        ]
    }

    private func signed(at time: Timestamp, _ body: String) throws -> HTTPHeaders {
        let key = try required(WebhookSigningKey(Self.secret))
        return [
            "webhook-id": "msg_1", "webhook-timestamp": "\(time.unixSeconds)",
            "webhook-signature": key.signature(id: "msg_1", timestamp: time, body: Array(body.utf8)),
        ]
    }

    @Test("each is logged by its own name, and answered alike, without a value and without what was expected")
    func kinds() async throws {
        let now = test.now
        let ingest = test.ingest(schemes(notAfter: now.advanced(by: .seconds(-1))))
        let body = Sample.presence()
        let cases: [(HTTPHeaders, String)] = [
            ([:], "credentials_missing"), (["X-API-Key": "guess"], "credentials_wrong"),
            (["X-API-Key": "the-key-itself"], "credentials_expired"),
            (["X-Signature": "sha256=abc"], "signature_malformed"),
            (try signed(at: now.advanced(by: .seconds(-301)), body), "timestamp_out_of_tolerance"),
            // The one that is nearest to being accepted counts.
            (["X-API-Key": "the-key-itself", "X-Signature": "sha256=abc"], "credentials_expired"),
        ]
        var answers: Set<String> = []
        for (index, (headers, kind)) in cases.enumerated() {
            var headers = headers
            headers["Content-Type"] = "application/json"
            let response = await ingest.handle(.events(body, headers: headers, from: "192.0.2.\(index + 1)"))
            #expect(response.status.code == 401, "\(kind)")
            answers.insert("\(response.headers.map { "\($0.name): \($0.value)" }) \(response.text)")
            let line = try #require(test.log.all.last)
            #expect(line.contains("reason=\(kind)") && line.contains("source=192.0.2.\(index + 1)"), "\(line)")
        }
        #expect(test.log.all.count == cases.count)
        #expect(answers.count == 1, "\(answers)")
        let told = (test.log.all + answers).joined()
        for secret in ["the-key-itself", "guess", Self.secret, Self.hmacKey, "sha256=", "v1,"] {
            #expect(!told.contains(secret), "\(secret)")
        }
        #expect(try await test.stored().isEmpty)
        await test.journal.close()
    }

    @Test("the challenges name the ways in and no value")
    func challenges() {
        #expect(
            CredentialCheck(schemes()).challenges == [
                #"ApiKey realm="presence-relay", header="X-API-Key""#,
                #"HMAC realm="presence-relay", header="X-Signature""#,
                #"StandardWebhooks realm="presence-relay""#, #"ClientCertificate realm="presence-relay""#,
            ]
        )
    }

    @Test("a value is accepted until its last moment by the relay's own clock")
    func runsOut() async throws {
        let now = test.now
        let ingest = test.ingest(schemes(notAfter: now.advanced(by: .seconds(60))))
        func status(_ body: String) async -> Int {
            await ingest.handle(.events(body, headers: ["X-API-Key": "the-key-itself"])).status.code
        }
        #expect(await status(Sample.envelope("e1")) == 202)
        test.advance(.seconds(60))
        #expect(await status(Sample.envelope("e2")) == 202)
        test.advance(.milliseconds(1))
        #expect(await status(Sample.envelope("e3")) == 401)
        #expect(try await test.stored().map(\.key) == ["eb:e1", "eb:e2"])
        await test.journal.close()
    }

    @Test("the tag is over the bytes as they came, and a request without one is not looked into")
    func overBytes() async throws {
        let ingest = test.ingest(schemes())
        let body = " \(Sample.envelope("e1"))\n"
        let tag = HMACAlgorithm.sha256.tag(of: Array(body.utf8), key: Array(Self.hmacKey.utf8))
        let headers: HTTPHeaders = [
            "X-Signature": "sha256=" + Hexadecimal.text(tag), "Content-Type": "application/json",
        ]
        #expect(await ingest.handle(.events(body, headers: headers)).status.code == 202)
        #expect(await ingest.handle(.events(Sample.envelope("e1"), headers: headers)).status.code == 401)
        #expect(await ingest.handle(.events("{")).status.code == 401)
        await test.journal.close()
    }

    @Test("credentials that a reload brings are asked for from then on, and the others are not")
    func replaced() async throws {
        let ingest = test.ingest(schemes())
        ingest.replaceAuthentication([.bearer(tokens: ["the-next-token"])])
        func status(_ headers: HTTPHeaders) async -> Int {
            await ingest.handle(.events(Sample.presence(), headers: headers)).status.code
        }
        #expect(await status(["X-API-Key": "the-key-itself"]) == 401)
        #expect(await status(["Authorization": "Bearer the-next-token"]) == 202)
        await test.journal.close()
    }

    @Test("behind a proxy the log names the sender, not the proxy")
    func logsSender() async throws {
        var configuration = Ingest.Configuration(authentication: schemes())
        configuration.trustedProxies = ["10.0.0.1"]
        let time = test.now
        let ingest = Ingest(configuration: configuration, journal: test.journal, logger: test.logger) { time }
        for forwarded in ["198.51.100.7", "198.51.100.8", "2001:DB8:0::7", "unknown"] {
            let headers: HTTPHeaders = ["X-Forwarded-For": forwarded]
            _ = await ingest.handle(.events("{}", headers: headers, from: "10.0.0.1"))
        }
        let sources = test.log.all.map { line in
            line.components(separatedBy: "source=").last?.prefix { $0 != "\"" && $0 != "]" && $0 != "," }
        }
        #expect(sources == ["198.51.100.7", "198.51.100.8", "2001:db8::7", "10.0.0.1"])
        await test.journal.close()
    }
}
