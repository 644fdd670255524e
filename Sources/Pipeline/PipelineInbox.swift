// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import Delivery
import Synchronization

/// Where delivery's reports wait for the pipeline, in order. Made before both, since each needs it.
public final class PipelineInbox: Sendable {
    private let reports = Mutex<[DeliveryReport]>([])
    let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    public init() {
        // One waiting signal is enough: whoever wakes takes all there is.
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a report; never blocks.
    public func put(_ report: DeliveryReport) {
        reports.withLock { $0.append(report) }
        signal.yield()
    }

    func take() -> [DeliveryReport] {
        reports.withLock { reports in
            defer { reports = [] }
            return reports
        }
    }

    func wake() { signal.yield() }

    func finish() { signal.finish() }
}
