// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Whether the content of a request comes fast enough: a value without a clock, asked at the end of each window.
///
/// The time for the whole content is cut into equal windows, none longer than the grace. At the end of each, as much must
/// have come in it as the minimum rate makes of its length. Bytes that drip in start nothing anew, and what came early
/// saves nobody from going on: whoever stops is noticed at the end of the next window.
struct BodyPace {
    /// What the end of a window means.
    enum Verdict: Equatable {
        case goOn
        /// Less has come than the rate asks for.
        case tooSlow
        /// The time for the whole content is over.
        case timeIsUp
    }

    /// The rate and what follows from it, once for all connections.
    struct Rule {
        /// Nanoseconds of one window.
        let window: Int64
        /// Windows in the time for the whole content; at least one.
        let windows: Int64
        /// Bytes of content that must come in one window.
        let bytes: Int

        /// - Parameters:
        ///   - total: Nanoseconds for the whole content.
        ///   - grace: The longest window in nanoseconds.
        ///   - bytesPerSecond: The minimum rate; 0 = none.
        init(total: Int64, grace: Int64, bytesPerSecond: Int) {
            guard bytesPerSecond > 0, total > 0 else {
                (window, windows, bytes) = (total, 1, 0)
                return
            }
            // Rounded up, so that the last window ends with the whole time.
            windows = (total - 1) / max(grace, 1) + 1
            window = total / windows
            bytes = Int(clamping: Int64((Double(bytesPerSecond) * Double(window) / 1e9).rounded(.up)))
        }
    }

    /// Windows that have ended.
    private var ended: Int64 = 0
    /// Content that had come when the current window began.
    private var before = 0

    /// The current window has ended; `received` is all content of the request that has come.
    mutating func windowEnded(received: Int, by rule: Rule) -> Verdict {
        ended += 1
        guard ended < rule.windows else { return .timeIsUp }
        guard received - before >= rule.bytes else { return .tooSlow }
        before = received
        return .goOn
    }
}

extension RequestFailure {
    static let bodyTooSlow = RequestFailure(
        kind: .requestTimeout,
        status: 408,
        detail: "The content came too slowly."
    )
}
