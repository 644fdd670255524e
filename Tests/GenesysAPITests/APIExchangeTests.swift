// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPClient
import Synchronization
import Testing

@testable import GenesysAPI

@Suite("What is told of each exchange", .timeLimit(.minutes(1)))
struct APIExchangeTests {
    @Test("each exchange with the API host is told once, those with the login host are not")
    func observed() async throws {
        let seen = Mutex<[APIExchange]>([])
        let limits: [(name: String, value: String)] = [
            ("inin-ratelimit-count", "17"), ("inin-ratelimit-allowed", "300"), ("inin-ratelimit-reset", "42"),
        ]
        let mock = GenesysMock(api: { request, number async throws(HTTPClientError) in
            switch number {
            case 1: return .json(401, "")
            case 2: return .json(200, #"{"status":"IDLE"}"#, headers: limits)
            default: throw HTTPClientError(.timeout, "")
            }
        })
        let client = mock.client { exchange in seen.withLock { $0.append(exchange) } }
        _ = try await client.routingStatus(userID: "u")
        _ = try? await client.routingStatus(userID: "u")
        _ = try? await client.routingStatus(userID: "..")
        #expect(
            seen.withLock { $0 } == [
                APIExchange(isRepeat: false, status: 401),
                APIExchange(
                    isRepeat: true,
                    limits: RateLimitHeaders(count: 17, allowed: 300, reset: .seconds(42)),
                    status: 200
                ),
                APIExchange(isRepeat: false),
            ]
        )
    }

    @Test("a download from a foreign host is not an exchange with the API host")
    func foreignDownload() async throws {
        let count = Atomic(0)
        let mock = GenesysMock(api: { request, _ in
            request.url.contains("storage")
                ? .json(200, #"{"entities":[]}"#) : .json(200, #"{"downloadUrl":"https://storage.example.net/x"}"#)
        })
        _ = try await mock.client { _ in count.add(1, ordering: .relaxed) }.activityCodes(businessUnitID: "b")
        #expect(mock.apiRequests.count == 2)
        #expect(count.load(ordering: .relaxed) == 1)
    }

    @Test(
        "the server's time is read",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
            ("Tue, 10 Mar 2026 14:06:00 GMT", "2026-03-10T14:06:00Z"),
            ("", nil), ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 08:49:37 CET", nil),
            ("Sun, 41 Nov 1994 08:49:37 GMT", nil), ("1994-11-06T08:49:37Z", nil),
        ] as [(String, String?)]
    )
    func serverTime(header: String, expected: String?) {
        let response = ClientResponse(status: 200, headers: [("date", header)])
        #expect(APIExchange(response, isRepeat: false).serverTime == expected.flatMap { Timestamp($0) })
    }

    @Test(
        "limits are read tolerantly",
        arguments: [
            (
                ["count": "1", "allowed": "180", "reset": "61"],
                RateLimitHeaders(count: 1, allowed: 180, reset: .seconds(61))
            ),
            ([:], nil), (["count": "1"], nil), (["count": "x", "allowed": "300"], nil),
            (["count": "-1", "allowed": "300"], nil), (["count": "1", "allowed": "0"], nil),
            (["count": "nan", "allowed": "inf"], nil),
            (["count": " 2 ", "allowed": "300.0"], RateLimitHeaders(count: 2, allowed: 300, reset: .seconds(60))),
            (
                ["count": "2", "allowed": "300", "reset": "0.4"],
                RateLimitHeaders(count: 2, allowed: 300, reset: .seconds(1))
            ),
        ] as [([String: String], RateLimitHeaders?)]
    )
    func headers(values: [String: String], expected: RateLimitHeaders?) {
        let headers = values.map { (name: "ININ-RateLimit-\($0.key)", value: $0.value) }
        #expect(RateLimitHeaders(ClientResponse(status: 200, headers: headers)) == expected)
    }
}
