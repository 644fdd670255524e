// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient
import Testing

@testable import GenesysAPI

@Suite("Downloads of large listings", .timeLimit(.minutes(1)))
struct DownloadTests {
    private static let codes = #"{"entities":[{"id":"7","category":"Break"}]}"#

    /// Activity codes whose answer names an address; `files` answers everything else.
    private func mock(
        _ address: String,
        _ files: @escaping @Sendable (ClientRequest) -> ClientResponse
    ) -> GenesysMock {
        GenesysMock(api: { request, _ in
            request.url.hasSuffix("/activitycodes")
                ? .json(200, #"{"entities":[],"downloadUrl":"\#(address)"}"#) : files(request)
        })
    }

    @Test("a foreign host never sees the token")
    func foreign() async throws {
        let mock = mock("https://storage.example.net/codes?X-Signature=s%2F1") { _ in .json(200, Self.codes) }
        #expect(try await mock.client().activityCodes(businessUnitID: "b").map(\.id) == ["7"])
        let request = try #require(mock.apiRequests.last)
        #expect(request.url == "https://storage.example.net/codes?X-Signature=s%2F1")
        #expect(request.method == "GET")
        #expect(request.header("Authorization") == nil)
    }

    @Test(
        "the API host gets it, however its address is written",
        arguments: [
            "https://api.example.com/api/v2/downloads/1", "https://API.example.com:443/api/v2/downloads/1",
            "/api/v2/downloads/1",
        ]
    )
    func own(address: String) async throws {
        let mock = mock(address) { _ in .json(200, Self.codes) }
        #expect(try await mock.client().activityCodes(businessUnitID: "b").count == 1)
        #expect(mock.apiRequests.last?.header("Authorization") == "Bearer token-1")
    }

    @Test(
        "hosts that only look like it do not",
        arguments: [
            "https://api.example.com.evil.net/x", "https://api.example.com:8443/x", "https://evil.net/api.example.com",
            "//evil.net/x",
        ]
    )
    func lookalikes(address: String) async throws {
        let mock = mock(address) { _ in .json(200, Self.codes) }
        #expect(try await mock.client().activityCodes(businessUnitID: "b").count == 1)
        #expect(mock.apiRequests.last?.header("Authorization") == nil)
    }

    @Test("a redirect from the API host to storage loses the token on the way")
    func redirect() async throws {
        let mock = mock("https://api.example.com/api/v2/downloads/1") { request in
            request.url.hasPrefix("https://api.")
                ? ClientResponse(status: 302, headers: [("Location", "https://storage.example.net/codes")])
                : .json(200, Self.codes)
        }
        #expect(try await mock.client().activityCodes(businessUnitID: "b").count == 1)
        #expect(mock.apiRequests.map { $0.header("Authorization") } == ["Bearer token-1", "Bearer token-1", nil])
    }

    @Test("an end is put to redirects")
    func loop() async throws {
        let mock = mock("https://storage.example.net/0") { _ in
            ClientResponse(status: 302, headers: [("Location", "/again")])
        }
        let client = mock.client()
        let error = await failure { () async throws(GenesysAPIError) in
            try await client.activityCodes(businessUnitID: "b")
        }
        #expect(error?.code == .other && error?.isRetryable == false)
        #expect(mock.apiRequests.count == 5)
    }

    @Test(
        "an address that is less protected than the API, or none, is not fetched",
        arguments: ["http://storage.example.net/x", "file:///etc/passwd", "https://user:word@storage.example.net/x"]
    )
    func unprotected(address: String) async {
        let mock = mock(address) { _ in .json(200, Self.codes) }
        let client = mock.client()
        let error = await failure { () async throws(GenesysAPIError) in
            try await client.activityCodes(businessUnitID: "b")
        }
        #expect(error?.code == .other)
        #expect(error?.message.contains("not an https address") == true)
        #expect(mock.apiRequests.count == 1)
    }

    @Test("a download that fails says whose it was", arguments: [403, 404, 500])
    func failed(status: Int) async {
        let client = mock("https://storage.example.net/x") { _ in .json(status, "<Error/>") }.client()
        let error = await failure { () async throws(GenesysAPIError) in
            try await client.activityCodes(businessUnitID: "b")
        }
        #expect(error?.status == status)
        #expect(error?.message.contains("downloadUrl of /api/v2/workforcemanagement") == true)
    }

    @Test("a listing that is there is not downloaded as well")
    func both() async throws {
        let body = #"{"entities":[{"id":"1"}],"downloadUrl":"https://storage.example.net/x"}"#
        let mock = GenesysMock(api: GenesysMock.always(.json(200, body)))
        #expect(try await mock.client().activityCodes(businessUnitID: "b").map(\.id) == ["1"])
        #expect(mock.apiRequests.count == 1)
    }
}
