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
        /// What another request would only repeat, and until when that is believed.
        var refusal: (error: GenesysAPIError, until: Timestamp)?
        /// Failed requests since the last token.
        var failures = 0
        /// A token that was refused although it was new: another one would be as well.
        var doubted: (generation: Int, until: Timestamp)?
    }

    private let state = Mutex(State())
    private let request: Mutex<(value: Request, epoch: Int)>
    private let transport: Transport
    private let now: @Sendable () -> Timestamp

    /// After wrong credentials, a failed renewal, or a new token that was refused.
    private static let refusalPause = Duration.seconds(5)
    /// The longest pause of our own; a `Retry-After` may be longer.
    private static let longestPause = Duration.seconds(10)

    init(configuration: GenesysAPI.Configuration, transport: Transport, now: @escaping @Sendable () -> Timestamp) {
        request = Mutex((Request(configuration: configuration, transport: transport), 0))
        self.transport = transport
        self.now = now
    }

    /// Fetches with other credentials from now on. A token at hand is used to its end, or until it is refused; what
    /// is believed of the old credentials is forgotten, and a request under way with them is made again if it fails.
    func replace(configuration: GenesysAPI.Configuration) {
        let new = Request(configuration: configuration, transport: transport)
        request.withLock { request in
            request.epoch += 1
            request.value = new
        }
        state.withLock { state in
            state.refusal = nil
            state.failures = 0
            state.doubted = nil
        }
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
        guard let token else { return try await fetched(mayBeCached: true) }
        return token
    }

    /// A token from a request that ends after this call began, shared with all others who wait for one.
    ///
    /// - Parameter mayBeCached: one that has come meanwhile will do.
    func fetched(mayBeCached: Bool = false) async throws(GenesysAPIError) -> AccessToken {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let answer: Answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = now()
                // In one step: a request that ends between a look and the decision to wait would be made again.
                let (known, isFirst) = state.withLock { state -> (Answer?, Bool) in
                    if let error = Self.refusal(of: &state, now) { return (.failure(error), false) }
                    if mayBeCached, let token = state.token, now < token.expiresAt { return (.success(token), false) }
                    state.waiting[id] = continuation
                    defer { state.isFetching = true }
                    return (nil, !state.isFetching)
                }
                if let known { return continuation.resume(returning: known) }
                if isFirst { Task { await fetch() } }
                // The handler below may have run before there was anything to cancel.
                if Task.isCancelled { giveUp(id) }
            }
        } onCancel: {
            giveUp(id)
        }
        return try answer.get()
    }

    /// What to send in place of a token that was refused (facts 1.5); `nil` = nothing that would fare better.
    func successor(of refused: AccessToken) async throws(GenesysAPIError) -> AccessToken? {
        let now = now()
        let isHopeless = state.withLock { state in
            if let doubted = state.doubted, doubted.generation == refused.generation, now < doubted.until {
                return true
            }
            // It may have been replaced already.
            if state.token?.generation == refused.generation { state.token = nil }
            return false
        }
        return isHopeless ? nil : try await current()
    }

    /// A token was refused that had just taken the place of another. It is kept, for it may be good for other calls,
    /// and for a while a refusal of it costs no request: a thousand calls would ask for as many tokens.
    func doubt(_ token: AccessToken) {
        let until = now().advanced(by: Self.refusalPause)
        state.withLock { $0.doubted = (token.generation, until) }
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

    private static func refusal(of state: inout State, _ now: Timestamp) -> GenesysAPIError? {
        guard let refusal = state.refusal, now < refusal.until else {
            state.refusal = nil
            return nil
        }
        var error = refusal.error
        if error.isRetryable { error.retryAfter = refusal.until.timeIntervalSince(now) }
        return error
    }

    private func fetch() async {
        // Counted from before the request: a slow answer must not lengthen the token's life.
        var asked = now()
        var answer = await ask()
        while answer.isOfOldCredentials, case .failure(let error) = answer.result, !error.isRetryable {
            asked = now()
            answer = await ask()
        }
        let answered = now()
        let (waiting, result) = state.withLock { state -> ([CheckedContinuation<Answer, Never>], Answer) in
            state.isFetching = false
            defer { state.waiting = [:] }
            let result = Self.apply(answer.result, asked: asked, answered: answered, to: &state)
            return (Array(state.waiting.values), result)
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }

    private func ask() async -> (result: Result<Request.Grant, GenesysAPIError>, isOfOldCredentials: Bool) {
        let (request, epoch) = request.withLock { $0 }
        let result: Result<Request.Grant, GenesysAPIError>
        do throws(GenesysAPIError) {
            result = .success(try await request.perform())
        } catch {
            result = .failure(error)
        }
        return (result, self.request.withLock { $0.epoch } != epoch)
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
            state.failures = 0
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
            if error.code != .cancelled {
                let pause = error.isRetryable ? error.retryAfter ?? backoff(state.failures) : refusalPause
                state.refusal = (error, answered.advanced(by: pause))
            }
            state.failures += 1
            state.token?.renewAt = max(answered.advanced(by: refusalPause), state.refusal?.until ?? answered)
            return .failure(error)
        }
    }

    /// 1, 2, 4, 8, 10, 10, … seconds. All calls share the one request, so that nothing needs to be spread.
    private static func backoff(_ failures: Int) -> Duration {
        min(longestPause, .seconds(1 << min(failures, 4)))
    }
}
