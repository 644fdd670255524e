// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPClient
import Testing

@testable import GenesysAPI

@Suite("GenesysAPIError", .timeLimit(.minutes(1)))
struct GenesysAPIErrorTests {
    private func error(_ response: ClientResponse) async -> GenesysAPIError? {
        let client = GenesysMock(api: GenesysMock.always(response)).client()
        return await failure { () async throws(GenesysAPIError) in
            try await client.setPresence(userID: "u", definitionID: "d", message: "")
        }
    }

    @Test(
        "a status has its code, and says whether to try again and whether it may have happened",
        arguments: [
            (302, GenesysAPIError.Code.other, false, false), (400, .badRequest, false, false),
            (401, .unauthorized, false, false), (403, .forbidden, false, false), (404, .notFound, false, false),
            (405, .badRequest, false, false), (408, .timeout, true, true), (409, .conflict, false, false),
            (415, .badRequest, false, false), (429, .rateLimited, true, false), (500, .server, true, true),
            (503, .server, true, true), (504, .server, true, true),
        ]
    )
    func codes(status: Int, code: GenesysAPIError.Code, isRetryable: Bool, isUnknown: Bool) async {
        for body in ["", "<html><body>Bad</body></html>", "{}", "[]", #"{"message":3,"code":[],"details":{}}"#] {
            let error = await error(.json(status, body))
            #expect(error?.code == code)
            #expect(error?.status == status)
            #expect(error?.isRetryable == isRetryable)
            #expect(error?.outcomeIsUnknown == isUnknown)
            #expect(error?.message.hasPrefix("PATCH /api/v2/users/{id}/presences/purecloud: \(status)") == true)
        }
    }

    @Test(
        "a call without an answer has its code",
        arguments: [
            (HTTPClientError.Code.timeout, GenesysAPIError.Code.timeout, true), (.connect, .network, true),
            (.dropped, .network, true), (.tls, .network, true), (.closed, .network, true),
            (.cancelled, .cancelled, false), (.bodyTooLarge, .unexpectedBody, false), (.invalidURL, .badRequest, false),
        ]
    )
    func network(code: HTTPClientError.Code, expected: GenesysAPIError.Code, isRetryable: Bool) async {
        let client = GenesysMock(api: { _, _ async throws(HTTPClientError) in
            throw HTTPClientError(code, "api.example.com:443: because")
        }).client()
        let error = await failure { () async throws(GenesysAPIError) in try await client.presence(userID: "u") }
        #expect(error?.code == expected)
        #expect(error?.status == nil)
        #expect(error?.isRetryable == isRetryable)
        #expect(
            error?.message == "GET /api/v2/users/{id}/presences/purecloud: api.example.com:443: because"
        )
    }

    @Test("a write whose answer is too long to read may have happened, and no read ever has an outcome")
    func readsAndWrites() async {
        let client = GenesysMock(api: { request, _ async throws(HTTPClientError) in
            throw HTTPClientError(request.url.contains("slow") ? .timeout : .bodyTooLarge, "")
        }).client()
        for (user, code) in [("u", GenesysAPIError.Code.unexpectedBody), ("slow", .timeout)] {
            let read = await failure { () async throws(GenesysAPIError) in try await client.presence(userID: user) }
            let write = await failure { () async throws(GenesysAPIError) in
                try await client.setPresence(userID: user, definitionID: "d", message: "")
            }
            #expect(read?.code == code && write?.code == code)
            #expect(read?.outcomeIsUnknown == false && write?.outcomeIsUnknown == true)
        }
    }

    @Test("an error that does not tell what it was of is taken for a write without an answer, but not with one")
    func untold() {
        #expect(GenesysAPIError(.timeout, message: "").outcomeIsUnknown)
        #expect(!GenesysAPIError(.unexpectedBody, message: "").outcomeIsUnknown)
    }

    @Test("the platform's body is told, with its correlation id")
    func platformBody() async throws {
        let error = try await error(.fixture(404, "rest.error.404"))
        #expect(error?.genesysCode == "not.found")
        #expect(error?.message.hasSuffix(": 404 not.found: The requested resource was not found.") == true)
        #expect(error?.correlationID == "8ba86368-a7c0-43a1-81bd-abbabf3bb222")
    }

    @Test("the header's correlation id goes before the body's")
    func correlationHeader() async throws {
        let response = ClientResponse.json(
            500,
            #"{"contextId":"of-the-body"}"#,
            headers: [("inin-correlation-id", "of-the-header")]
        )
        #expect(await error(response)?.correlationID == "of-the-header")
    }

    @Test("the field that was wrong is named")
    func field() async {
        let body = #"{"code":"invalid.value","message":"No.","errors":[{"errorCode":"x","fieldName":"message"}]}"#
        #expect(await error(.json(400, body))?.message.hasSuffix("400 invalid.value: No. (message)") == true)
    }

    @Test(
        "a missing permission is named and what to grant",
        arguments: [
            (#"{"messageParams":{"permissions":"a:b:view"},"message":"x:y:edit"}"#, "Grant a:b:view to a role"),
            (#"{"message":"Missing any of: a:b:view, c:d:edit"}"#, "Grant a:b:view, c:d:edit to a role"),
            ("<html>", "Grant presence:userPresence:edit to a role"),
        ]
    )
    func permission(body: String, advice: String) async {
        #expect(await error(.json(403, body))?.message.contains(advice) == true)
    }

    @Test("a 403 of an endpoint without a known permission points to roles and divisions")
    func unknownPermission() async {
        let client = GenesysMock(api: GenesysMock.always(.json(403, ""))).client()
        let error = await failure { () async throws(GenesysAPIError) in try await client.presence(userID: "u") }
        #expect(error?.message.contains("Check the roles of the OAuth client and their divisions") == true)
    }

    @Test(
        "the wait after a 429 is the header's, else the message's, else unknown",
        arguments: [
            ("7", "Retry the request in [42] seconds", 7), (nil, "Retry the request in [42] seconds", 42),
            ("Wed, 21 Oct 2026 07:28:00 GMT", "in [42] seconds", 42), ("-1", "none", nil), (nil, "none", nil),
            ("99999999999", "none", 86_400), (" 0 ", "none", 0),
        ] as [(String?, String, Int?)]
    )
    func retryAfter(header: String?, message: String, seconds: Int?) async {
        let response = ClientResponse.json(
            429,
            #"{"code":"too.many.requests","message":"\#(message)"}"#,
            headers: header.map { [("Retry-After", $0)] } ?? []
        )
        #expect(await error(response)?.retryAfter == seconds.map { .seconds($0) })
    }

    @Test("a 503 may say when to come back, but its message's numbers mean nothing")
    func unavailable() async {
        #expect(await error(.json(503, "", headers: [("Retry-After", "3")]))?.retryAfter == .seconds(3))
        #expect(await error(.json(503, #"{"message":"node [3]"}"#))?.retryAfter == nil)
    }

    @Test("text from outside stays on one line and within bounds")
    func printable() async {
        let long = String(repeating: "x", count: 5000)
        let error = await error(.json(400, #"{"code":"a\nb","message":"one\r\ntwo\u001b[31m \#(long)"}"#))
        #expect(error?.message.contains("a b: one  two [31m xxx") == true)
        #expect((error?.message.count ?? 0) < 500)
        #expect(error?.message.unicodeScalars.contains { $0.value < 32 } == false)
    }
}
