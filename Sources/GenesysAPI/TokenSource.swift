// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPClient
import Synchronization

/// A bearer token and when to do without it.
struct AccessToken: Sendable {
    var value: String
    /// Tells tokens apart, so that a late 401 for an old one does not drop its successor.
    var generation: Int
    var renewAt: Timestamp
    var expiresAt: Timestamp
}

/// The one token of an OAuth client: cached, fetched by one request at a time, renewed ahead of its end.
///
/// Near its end a token is still handed out while its successor is fetched, so that no call waits for a renewal and a
/// short outage of the login host is not noticed.
final class TokenSource: Sendable {
    private typealias Answer = Result<AccessToken, GenesysAPIError>

    private struct State {
        var token: AccessToken?
        var generation = 0
        var isFetching = false
        var waiting: [Int: CheckedContinuation<Answer, Never>] = [:]
        var lastWaiter = 0
        /// An answer that another request would only repeat.
        var refusal: (error: GenesysAPIError, until: Timestamp)?
    }

    private let state = Mutex(State())
    private let request: Mutex<Request>
    private let transport: Transport
    private let now: @Sendable () -> Timestamp

    /// Without a number from Genesys: a rate limit's pause, and that of wrong credentials or a failed renewal.
    private static let rateLimitPause = Duration.seconds(1)
    private static let refusalPause = Duration.seconds(5)

    init(configuration: GenesysAPI.Configuration, transport: Transport, now: @escaping @Sendable () -> Timestamp) {
        request = Mutex(Request(configuration: configuration, transport: transport))
        self.transport = transport
        self.now = now
    }

    /// Fetches with other credentials from now on. A token at hand is used to its end, or until it is refused.
    func replace(configuration: GenesysAPI.Configuration) {
        let new = Request(configuration: configuration, transport: transport)
        request.withLock { $0 = new }
        state.withLock { $0.refusal = nil }
    }

    /// For tests: what is at hand without a request.
    var cached: AccessToken? { state.withLock { $0.token } }
    /// For tests: whether a request is under way.
    var isFetching: Bool { state.withLock { $0.isFetching } }

    /// A token that has not expired.
    func current() async throws(GenesysAPIError) -> AccessToken {
        let now = now()
        let (token, isDue) = state.withLock { state -> (AccessToken?, Bool) in
            guard let token = state.token, now < token.expiresAt else { return (nil, false) }
            let isDue = now >= token.renewAt && !state.isFetching
            if isDue { state.isFetching = true }
            return (token, isDue)
        }
        // Not a child task: renewal must not end with the call that happened to start it.
        if isDue { Task { await fetch() } }
        guard let token else { return try await fetched() }
        return token
    }

    /// A token from a request that ends after this call began, shared with all others who wait for one.
    func fetched() async throws(GenesysAPIError) -> AccessToken {
        if let error = refusal() { throw error }
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let answer: Answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFirst = state.withLock { state in
                    state.waiting[id] = continuation
                    defer { state.isFetching = true }
                    return !state.isFetching
                }
                if isFirst { Task { await fetch() } }
                // The handler below may have run before there was anything to cancel.
                if Task.isCancelled { giveUp(id) }
            }
        } onCancel: {
            giveUp(id)
        }
        return try answer.get()
    }

    /// Forgets a token that was refused, unless it has been replaced already.
    func drop(_ token: AccessToken) {
        state.withLock { state in
            if state.token?.generation == token.generation { state.token = nil }
        }
    }

    /// One waiter leaves; the request goes on for the others.
    private func giveUp(_ id: Int) {
        let continuation = state.withLock { $0.waiting.removeValue(forKey: id) }
        continuation?.resume(
            returning: .failure(
                GenesysAPIError(.cancelled, message: "\(Endpoint.token.description): the call was cancelled")
            )
        )
    }

    private func refusal() -> GenesysAPIError? {
        let now = now()
        return state.withLock { state in
            guard let refusal = state.refusal, now < refusal.until else {
                state.refusal = nil
                return nil
            }
            var error = refusal.error
            if error.code == .rateLimited { error.retryAfter = refusal.until.timeIntervalSince(now) }
            return error
        }
    }

    private func fetch() async {
        // Counted from before the request: a slow answer must not lengthen the token's life.
        let asked = now()
        let answer: Result<Request.Grant, GenesysAPIError>
        do throws(GenesysAPIError) {
            answer = .success(try await request.withLock { $0 }.perform())
        } catch {
            answer = .failure(error)
        }
        let answered = now()
        let (waiting, result) = state.withLock { state -> ([CheckedContinuation<Answer, Never>], Answer) in
            state.isFetching = false
            defer { state.waiting = [:] }
            return (Array(state.waiting.values), Self.apply(answer, asked: asked, answered: answered, to: &state))
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }

    private static func apply(
        _ answer: Result<Request.Grant, GenesysAPIError>,
        asked: Timestamp,
        answered: Timestamp,
        to state: inout State
    ) -> Answer {
        switch answer {
        case .success(let grant):
            state.generation += 1
            state.refusal = nil
            let margin = min(.seconds(60), grant.lifetime / 10)
            let token = AccessToken(
                value: grant.token,
                generation: state.generation,
                renewAt: asked.advanced(by: grant.lifetime - margin),
                expiresAt: asked.advanced(by: grant.lifetime)
            )
            state.token = token
            return .success(token)
        case .failure(let error):
            switch error.code {
            case .rateLimited:
                state.refusal = (error, answered.advanced(by: error.retryAfter ?? rateLimitPause))
            case .unauthorized, .badRequest, .forbidden:
                state.refusal = (error, answered.advanced(by: refusalPause))
            default: break
            }
            state.token?.renewAt = max(answered.advanced(by: refusalPause), state.refusal?.until ?? answered)
            return .failure(error)
        }
    }
}
