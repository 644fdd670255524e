// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Delivery
import GenesysAPI
import GenesysEvents
import Synchronization

extension Timestamp {
    /// When the presence of these tests was written, and confirmed half a second later.
    static let adherenceWrite = Timestamp(milliseconds: 1_000_000)
    static let adherenceConfirmed = Timestamp(milliseconds: 1_000_500)
}

/// The definitions of a small organisation: two of the system, two of its own.
func adherenceDefinition(_ id: String) -> (system: SystemPresence, isSystem: Bool)? {
    switch id {
    case "break": (.break, true)
    case "meeting": (.meeting, true)
    case "on-queue": (.onQueue, true)
    case "away": (.away, true)
    case "huddle": (.meeting, false)
    case "coaching": (.meeting, false)
    default: nil
    }
}

extension ActivityCode {
    /// Coaching counts as training; nothing lists the huddle, but a code that is no longer used.
    static let examples = [
        ActivityCode(id: "5", name: "Meeting", category: "Meeting", secondaryPresenceIDs: []),
        ActivityCode(id: "7", name: "Old", category: "Break", isActive: false, secondaryPresenceIDs: ["huddle"]),
        ActivityCode(id: "8", name: "Coaching", category: "Training", secondaryPresenceIDs: ["coaching"]),
    ]
}

extension AdherenceExpectation {
    static func of(
        _ definitionID: String,
        label: String? = nil,
        codes: [ActivityCode]? = ActivityCode.examples
    ) -> AdherenceExpectation {
        AdherenceExpectation(
            target: PresenceTarget(definitionID: definitionID, label: label),
            codes: codes,
            definition: adherenceDefinition
        )
    }
}

extension UserAdherence {
    /// A read that shows the write of these tests.
    static func shows(
        _ actual: String?,
        scheduled: String? = nil,
        state: String? = "InAdherence",
        of userID: String = "a",
        updatedAt: Timestamp? = .adherenceWrite,
        _ change: (inout UserAdherence) -> Void = { _ in }
    ) -> UserAdherence {
        var observation = AdherenceObservation()
        observation.actualCategory = actual
        observation.scheduledCategory = scheduled ?? actual
        observation.state = state
        observation.managementUnitID = "mu"
        var read = UserAdherence(userID: userID, observation: observation)
        read.businessUnitID = "bu"
        read.presenceUpdatedAt = updatedAt
        change(&read)
        return read
    }
}

/// A clock that only moves when the test moves it.
final class AdherenceClock: Sendable {
    private struct Sleeper {
        var until: Timestamp
        var continuation: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var now = Timestamp.adherenceConfirmed
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
    }
    private let state = Mutex(State())

    var now: Timestamp { state.withLock { $0.now } }
    /// Tasks that wait for the clock.
    var sleeping: Int { state.withLock { $0.sleepers.count } }

    func sleep(_ duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver: Bool? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return false }
                    if duration <= .zero { return true }
                    let until = state.now.advanced(by: duration)
                    state.sleepers[id] = Sleeper(until: until, continuation: continuation)
                    return nil
                }
                switch isOver {
                case true?: continuation.resume()
                case false?: continuation.resume(throwing: CancellationError())
                case nil: break
                }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    func pass(_ duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }
}
