// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CCurl
import Synchronization

/// A libcurl multi handle that may be *named* on any thread.
///
/// `@unchecked` because of the raw pointer. Safe: threads other than the loop's only pass it to `curl_multi_wakeup`,
/// the one multi call documented as thread-safe, and only under the mailbox's lock, which the loop takes to end the
/// handle's life.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
}

/// One call on its way to the loop.
final class Submission: Sendable {
    let id: UInt64
    let request: ClientRequest
    let target: RequestTarget
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Result<ClientResponse, HTTPClientError>, Never>

    init(
        id: UInt64,
        request: ClientRequest,
        target: RequestTarget,
        deadline: ContinuousClock.Instant,
        continuation: CheckedContinuation<Result<ClientResponse, HTTPClientError>, Never>
    ) {
        self.id = id
        self.request = request
        self.target = target
        self.deadline = deadline
        self.continuation = continuation
    }
}

/// What tasks hand to the loop's thread, and the bell that wakes it.
final class Mailbox: Sendable {
    /// All that has come since the last look.
    struct Mail: Sendable {
        var submissions: [Submission] = []
        var cancelled: [UInt64] = []
        var isClosed = false

        /// The bell has rung for mail that is still there: ringing twice would be a system call for nothing.
        var isEmpty: Bool { submissions.isEmpty && cancelled.isEmpty }
    }

    private struct State {
        var mail = Mail()
        /// `nil` once the loop has ended.
        var multi: MultiHandle?
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(multi: MultiHandle) {
        state = Mutex(State(multi: multi))
    }

    /// False when the client is closed; the caller then answers the call itself.
    func submit(_ submission: Submission) -> Bool {
        state.withLock { state in
            guard !state.mail.isClosed else { return false }
            let wasEmpty = state.mail.isEmpty
            state.mail.submissions.append(submission)
            if wasEmpty { Self.wake(state) }
            return true
        }
    }

    /// Harmless for a call that is over.
    func cancel(_ id: UInt64) {
        state.withLock { state in
            guard !state.mail.isClosed else { return }
            let wasEmpty = state.mail.isEmpty
            state.mail.cancelled.append(id)
            if wasEmpty { Self.wake(state) }
        }
    }

    /// Asks the loop to end; calls under way get `.closed`.
    func close() {
        state.withLock { state in
            state.mail.isClosed = true
            Self.wake(state)
        }
    }

    /// Returns when the loop has ended, at once if it already has.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if state.multi == nil { return true }
                state.waitingForEnd.append(continuation)
                return false
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// For the loop: everything so far. `isClosed` stays.
    func take() -> Mail {
        state.withLock { state in
            let mail = state.mail
            state.mail = Mail(isClosed: mail.isClosed)
            return mail
        }
    }

    /// For the loop, last of all: ends the handle where nobody can be ringing the bell.
    func end() {
        let waiting = state.withLock { state in
            if let multi = state.multi { curl_multi_cleanup(multi.pointer) }
            state.multi = nil
            defer { state.waitingForEnd = [] }
            return state.waitingForEnd
        }
        for continuation in waiting { continuation.resume() }
    }

    private static func wake(_ state: State) {
        if let multi = state.multi { curl_multi_wakeup(multi.pointer) }
    }
}
