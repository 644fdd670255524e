// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Dispatch
import Foundation

enum Signals {
    /// Returns when the process is asked to end (SIGTERM or SIGINT).
    static func termination() async {
        for await _ in stream(of: [SIGTERM, SIGINT]) { return }
    }

    /// Each arrival of one of the signals, which lose their default effect.
    static func stream(of signals: [Int32]) -> AsyncStream<Int32> {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
        let sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
        continuation.onTermination = { _ in for source in sources { source.cancel() } }
        return stream
    }
}
