// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What a caller wants written, and where its answer goes.
enum WriteJob: Sendable {
    /// `holding`: bytes that the caller has in memory until it is answered, if they are more than those of the entries.
    case append([StoredEntry], holding: Int, Reply<AppendResult>)
    case commit(JournalCommit, Reply<Void>)
    /// Appends the entry and forgets the letter; `false` when there is no such letter.
    case retry(letter: Int64, StoredEntry, Reply<Bool>)
    /// Finds out whether the disk takes writes again.
    case probe

    typealias Reply<Value> = CheckedContinuation<Result<Value, JournalError>, Never>

    /// What one job came to.
    enum Outcome {
        case appended(AppendResult)
        case retried(Bool)
        case done
        case failed(JournalError)

        /// Whether pages were changed.
        var hasWritten: Bool {
            switch self {
            case .appended(let result): result.accepted > 0
            case .retried(let isDone): isDone
            case .done: true
            case .failed: false
            }
        }
    }

    /// Whether its caller was promised that the disk has it.
    var isDurable: Bool {
        if case .commit = self { false } else { true }
    }

    var entryCount: Int {
        switch self {
        case .append(let entries, _, _): entries.count
        case .retry: 1
        case .commit, .probe: 0
        }
    }

    /// Of what is held in memory until it is answered.
    var byteCount: Int {
        switch self {
        case .append(let entries, let held, _): max(held, entries.reduce(0) { $0 + $1.weight })
        case .retry(_, let entry, _): entry.weight
        case .commit, .probe: 0
        }
    }

    func resume(_ outcome: Outcome) {
        switch self {
        case .append(_, _, let reply):
            if case .appended(let result) = outcome { return reply.resume(returning: .success(result)) }
            reply.resume(returning: outcome.result(AppendResult(accepted: 0, duplicate: 0)))
        case .commit(_, let reply): reply.resume(returning: outcome.result(()))
        case .retry(_, _, let reply):
            if case .retried(let isDone) = outcome { return reply.resume(returning: .success(isDone)) }
            reply.resume(returning: outcome.result(false))
        case .probe: break
        }
    }
}

extension WriteJob.Outcome {
    /// The failure, or the value of a job that went well.
    fileprivate func result<Value>(_ value: Value) -> Result<Value, JournalError> {
        if case .failed(let error) = self { .failure(error) } else { .success(value) }
    }
}
