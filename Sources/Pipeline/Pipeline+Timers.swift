// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// Agents that are looked at by the clock.
extension Pipeline {
    /// However long there is to wait: the wall clock may be set meanwhile.
    private static let longestSleep = Duration.seconds(30)

    /// Looks at agents whose time has come, as many as go into one transaction; returns how many.
    func wakeDue(in step: inout PipelineStep) -> Int {
        let due = records.timers.popDue(at: now(), limit: Self.batch)
        for id in due {
            guard var record = records[id] else { continue }
            let outcome = engine.wake(now: now(), into: &record)
            step.keep(record, outcome, in: &records)
            records.timers.set(id, record.alarmAt)
        }
        return due.count
    }

    /// Sees to it that the pipeline wakes when the first agent's time comes.
    func setAlarm() {
        guard let next = records.timers.next() else { return }
        if let alarm, alarm.at <= next { return }
        alarm?.task.cancel()
        let pause = min(max(next.timeIntervalSince(now()), .zero), Self.longestSleep)
        let task = Task {
            try? await self.sleep(pause)
            guard !Task.isCancelled else { return }
            self.alarm = nil
            self.inbox.wake()
        }
        alarm = (next, task)
    }
}
