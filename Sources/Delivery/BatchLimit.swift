// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// How many users go into one bulk call. The maximum is documented nowhere (facts 3.3), so it is learnt: a call that is
/// refused as a whole halves it, calls that succeed let it grow back. Pure.
public struct BatchLimit: Sendable, Equatable {
    /// What the user allows.
    public let maximum: Int
    /// What is tried now; 1 = single calls only.
    public private(set) var size: Int
    /// Full calls that have to succeed before more is tried; doubles with each refusal, since a lasting limit should
    /// not be tried every minute.
    private var patience = 8
    private var successes = 0
    /// A call for more than one was answered since the last doubt.
    private var takesMany = false

    /// Begins with what the user allows.
    public init(maximum: Int) {
        self.maximum = max(1, maximum)
        size = self.maximum
    }

    /// A call for so many was refused as a whole: too many of them, or one among them is not acceptable.
    public mutating func refused(_ count: Int) {
        guard count > 1 else { return }
        if count == 2, takesMany {
            // One of the two, whom only a call of its own may contain; unless it happens again.
            takesMany = false
            return
        }
        size = max(1, min(size, count / 2))
        successes = 0
        patience = min(1024, patience * 2)
    }

    /// A call for so many was answered; a single one counts while nothing else is tried.
    public mutating func succeeded(_ count: Int) {
        if count > 1 { takesMany = true }
        guard size < maximum, count >= size else { return }
        successes += 1
        guard successes >= patience else { return }
        successes = 0
        size = min(maximum, size * 2)
    }
}
