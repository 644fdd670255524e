// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPClient
import Logging
import Synchronization
import Testing

@testable import GenesysAPI

/// Genesys as a closure: answers what the test says and remembers what it was asked.
final class GenesysMock: Sendable {
    typealias Answer = @Sendable (ClientRequest, Int) async throws(HTTPClientError) -> ClientResponse

    private let requests = Mutex<[ClientRequest]>([])
    private let clock = Mutex(Timestamp(milliseconds: 1_800_000_000_000))
    private let token: Answer
    private let api: Answer

    /// - Parameters:
    ///   - token: answers the login host; gets the number of the token request, from 1.
    ///   - api: answers the API host; gets the number of the API request, from 1.
    init(token: @escaping Answer = GenesysMock.grants(), api: @escaping Answer) {
        self.token = token
        self.api = api
    }

    var tokenRequests: [ClientRequest] { requests.withLock { $0 }.filter(Self.isToken) }
    var apiRequests: [ClientRequest] { requests.withLock { $0 }.filter { !Self.isToken($0) } }

    func advance(by duration: Duration) {
        clock.withLock { $0 = $0.advanced(by: duration) }
    }

    func client(
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        observe: @escaping @Sendable (APIExchange) -> Void = { _ in }
    ) -> GenesysAPI {
        GenesysAPI(
            configuration: .init(
                apiURL: "https://api.example.com/",
                loginURL: "https://login.example.com",
                clientID: "client-id",
                clientSecret: "client-secret"
            ),
            logger: logger,
            now: { [self] in clock.withLock { $0 } },
            observe: observe,
            send: { [self] request async throws(HTTPClientError) in try await answer(request) }
        )
    }

    private func answer(_ request: ClientRequest) async throws(HTTPClientError) -> ClientResponse {
        let number = requests.withLock { requests in
            requests.append(request)
            return requests.count { Self.isToken($0) == Self.isToken(request) }
        }
        return try await Self.isToken(request) ? token(request, number) : api(request, number)
    }

    private static func isToken(_ request: ClientRequest) -> Bool { request.url.hasSuffix("/oauth/token") }

    /// Tokens `token-1`, `token-2`, … that live so long.
    static func grants(seconds: Int = 86_400) -> Answer {
        { _, number in
            .json(200, #"{"access_token":"token-\#(number)","token_type":"bearer","expires_in":\#(seconds)}"#)
        }
    }

    /// A fixture as the answer to everything.
    static func fixture(_ name: String, status: Int = 200) throws -> Answer {
        always(try .fixture(status, name))
    }

    /// The same answer to everything.
    static func always(_ response: ClientResponse) -> Answer { { _, _ in response } }

    /// For hosts that must not be called.
    static let unexpected: Answer = { request, _ async throws(HTTPClientError) in
        Issue.record("unexpected call of \(request.url)")
        throw HTTPClientError(.other, "unexpected")
    }
}

/// Holds answers back until the test opens it.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    /// How many wait in front of it.
    var queue: Int { state.withLock { $0.waiting.count } }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension ClientResponse {
    static func json(_ status: Int, _ body: String, headers: [(name: String, value: String)] = []) -> ClientResponse {
        ClientResponse(
            status: status,
            headers: [("Content-Type", "application/json")] + headers,
            body: Array(body.utf8)
        )
    }

    /// A synthetic body of `Tests/Fixtures/GenesysAPI`.
    static func fixture(_ status: Int, _ name: String) throws -> ClientResponse {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appending(path: "Fixtures/GenesysAPI/\(name).json")
        return .json(status, try String(contentsOf: file, encoding: .utf8))
    }

    static let routing = ClientResponse.json(200, #"{"userId":"u","status":"IDLE"}"#)
}

extension ClientRequest {
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The body's JSON; fails the test without one.
    func json() throws -> NSObject {
        try #require(JSONSerialization.jsonObject(with: Data(body ?? [])) as? NSObject)
    }
}

/// The error of a call that must fail.
func failure<Value>(_ call: () async throws(GenesysAPIError) -> Value) async -> GenesysAPIError? {
    do throws(GenesysAPIError) {
        _ = try await call()
        Issue.record("succeeded")
        return nil
    } catch {
        return error
    }
}

/// Waits for something that another task is about to do.
func eventually(_ what: Comment, within limit: Duration = .seconds(10), _ condition: () -> Bool) async {
    let deadline = ContinuousClock.now + limit
    while !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record(what)
            return
        }
        await Task.yield()
    }
}
