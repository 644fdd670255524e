// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What a caller wants written, and where its answer goes.
enum WriteJob: Sendable {
    case append([JournalEntry], Reply<AppendResult>)
    case commit(JournalCommit, Reply<Void>)
    /// Finds out whether the disk takes writes again.
    case probe

    typealias Reply<Value> = CheckedContinuation<Result<Value, JournalError>, Never>

    /// What one job came to.
    enum Outcome {
        case appended(AppendResult)
        case done
        case failed(JournalError)

        /// Whether pages were changed.
        var hasWritten: Bool {
            switch self {
            case .appended(let result): result.accepted > 0
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
        if case .append(let entries, _) = self { entries.count } else { 0 }
    }

    var byteCount: Int {
        if case .append(let entries, _) = self { entries.reduce(0) { $0 + $1.body.count } } else { 0 }
    }

    func resume(_ outcome: Outcome) {
        switch (self, outcome) {
        case (.append(_, let reply), .appended(let result)): reply.resume(returning: .success(result))
        case (.append(_, let reply), .failed(let error)): reply.resume(returning: .failure(error))
        case (.append(_, let reply), .done): reply.resume(returning: .success(AppendResult(accepted: 0, duplicate: 0)))
        case (.commit(_, let reply), .failed(let error)): reply.resume(returning: .failure(error))
        case (.commit(_, let reply), _): reply.resume(returning: .success(()))
        case (.probe, _): break
        }
    }
}
