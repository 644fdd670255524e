// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CCurl
import Logging

/// Runs transfers on one thread: takes mail, drives the multi handle, answers calls. All state is the thread's own.
///
/// Calls wait in a queue per host and only a window of them is in the multi handle, because libcurl's cost of a turn
/// grows with the number of handles in it, and a call waiting *inside* libcurl for a connection has no timeout there.
final class TransferLoop {
    /// A call from intake to answer.
    private final class Call {
        let submission: Submission
        var transfer: Transfer?
        var isAnswered = false
        init(_ submission: Submission) { self.submission = submission }
    }

    /// Calls to one host. `waiting` is a queue with a moving head, in order of arrival.
    private struct Host {
        var active = 0
        var waiting: [Call] = []
        var head = 0

        mutating func next() -> Call? {
            guard head < waiting.count else { return nil }
            defer {
                head += 1
                if head > 64, head * 2 > waiting.count {
                    waiting.removeFirst(head)
                    head = 0
                }
            }
            return waiting[head]
        }
    }

    private let multi: UnsafeMutableRawPointer
    private let mailbox: Mailbox
    private let configuration: HTTPClient.Configuration
    private let logger: Logger
    private var calls: [UInt64: Call] = [:]
    private var byHandle: [UnsafeMutableRawPointer: Call] = [:]
    private var hosts: [RequestTarget: Host] = [:]
    private var idleHandles: [UnsafeMutableRawPointer] = []
    /// Not later than the earliest deadline of all calls.
    private var nextDeadline: ContinuousClock.Instant?

    private static let maxIdleHandles = 64
    /// HTTP/2 streams that share a connection; servers commonly allow 100.
    private static let streamsPerConnection = 16

    init(multi: MultiHandle, mailbox: Mailbox, configuration: HTTPClient.Configuration, logger: Logger) {
        self.multi = multi.pointer
        self.mailbox = mailbox
        self.configuration = configuration
        self.logger = logger
    }

    /// Returns when the mailbox is closed and every call has its answer.
    func run() {
        while true {
            let mail = mailbox.take()
            for submission in mail.submissions { admit(submission) }
            for id in mail.cancelled { cancel(id) }
            if mail.isClosed { break }
            turn()
            curl_multi_poll(multi, nil, 0, pollTimeout(), nil)
        }
        hosts = [:]  // nothing starts any more
        for call in Array(calls.values) { answer(call, .failure(HTTPClientError(.closed, "the client was shut down"))) }
        for easy in idleHandles { curl_easy_cleanup(easy) }
        mailbox.end()
    }

    private func turn() {
        var running: Int32 = 0
        let result = curl_multi_perform(multi, &running)
        if result != CURLM_OK {
            // Out of memory or a bug: never seen, but a silent hang would be worse than a line.
            logger.error(
                "libcurl could not go on",
                metadata: ["reason": "\(String(cString: curl_multi_strerror(result)))"]
            )
        }
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let result = message.pointee.data.result
            if let call = byHandle[easy], let transfer = call.transfer { answer(call, transfer.outcome(result)) }
        }
        expire()
    }

    // MARK: Calls

    private func admit(_ submission: Submission) {
        let call = Call(submission)
        calls[submission.id] = call
        nextDeadline = min(nextDeadline ?? submission.deadline, submission.deadline)
        hosts[submission.target, default: Host()].waiting.append(call)
        startWaiting(submission.target)
    }

    private func cancel(_ id: UInt64) {
        guard let call = calls[id] else { return }
        answer(
            call,
            .failure(HTTPClientError(.cancelled, "\(call.submission.target.authority): the call was cancelled"))
        )
    }

    private func expire() {
        let now = ContinuousClock.now
        guard let deadline = nextDeadline, deadline <= now else { return }
        for call in calls.values.filter({ $0.submission.deadline <= now }) {
            answer(call, .failure(HTTPClientError(.timeout, timeoutMessage(call))))
        }
        nextDeadline = calls.values.map(\.submission.deadline).min()
    }

    private func timeoutMessage(_ call: Call) -> String {
        let what =
            switch call.transfer {
            case nil: "no free connection"
            case let transfer?: transfer.head.hasBegun ? "no complete answer" : "no answer"
            }
        return "\(call.submission.target.authority): \(what) within \(call.submission.request.timeout)"
    }

    private func startWaiting(_ target: RequestTarget) {
        guard var host = hosts[target] else { return }
        // HTTP/1.1 has one call at a time on a connection; TLS may turn out to be HTTP/2.
        let perConnection = target.isTLS && configuration.allowsHTTP2 ? Self.streamsPerConnection : 1
        let window = configuration.maxConnectionsPerHost * perConnection
        while host.active < window, let call = host.next() {
            guard !call.isAnswered else { continue }
            do throws(HTTPClientError) {
                try start(call)
                host.active += 1
            } catch {
                resume(call, .failure(error))
            }
        }
        hosts[target] = host.active == 0 && host.head == host.waiting.count ? nil : host
    }

    private func start(_ call: Call) throws(HTTPClientError) {
        guard let easy = idleHandles.popLast() ?? curl_easy_init() else {
            throw HTTPClientError(.other, "out of memory")
        }
        do throws(HTTPClientError) {
            let submission = call.submission
            let transfer = try Transfer(
                easy: easy,
                request: submission.request,
                target: submission.target,
                configuration: configuration
            )
            let result = curl_multi_add_handle(multi, easy)
            guard result == CURLM_OK else {
                throw HTTPClientError(.other, String(cString: curl_multi_strerror(result)))
            }
            call.transfer = transfer
            byHandle[easy] = call
        } catch {
            recycle(easy)
            throw error
        }
    }

    /// Ends a call in whatever state it is, and lets the next one for its host go.
    private func answer(_ call: Call, _ result: Result<ClientResponse, HTTPClientError>) {
        guard !call.isAnswered else { return }
        if let transfer = call.transfer {
            call.transfer = nil
            byHandle[transfer.easy] = nil
            curl_multi_remove_handle(multi, transfer.easy)
            recycle(transfer.easy)
            hosts[call.submission.target]?.active -= 1
        }
        resume(call, result)
        startWaiting(call.submission.target)
    }

    private func resume(_ call: Call, _ result: Result<ClientResponse, HTTPClientError>) {
        call.isAnswered = true
        calls[call.submission.id] = nil
        if case .failure(let error) = result {
            logger.debug("HTTP call failed", metadata: ["code": "\(error.code)", "reason": "\(error.message)"])
        }
        call.submission.continuation.resume(returning: result)
    }

    /// A reset handle keeps nothing of its call; connections belong to the multi handle.
    private func recycle(_ easy: UnsafeMutableRawPointer) {
        guard idleHandles.count < Self.maxIdleHandles else { return curl_easy_cleanup(easy) }
        curl_easy_reset(easy)
        idleHandles.append(easy)
    }

    /// Mail rings the bell, and libcurl shortens this to its own timers: only our deadlines matter here.
    private func pollTimeout() -> Int32 {
        guard let nextDeadline else { return 60_000 }
        let left = (nextDeadline - ContinuousClock.now).components
        guard left.seconds < 60 else { return 60_000 }
        // Rounded up: waking a moment early would spin until the deadline.
        return Int32(max(0, left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1))
    }
}
