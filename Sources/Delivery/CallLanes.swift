// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// Which agents wait for which kind of call, and what goes into the next one. Pure: times come in as arguments.
struct CallLanes: Sendable {
    /// Calls of one kind and urgency.
    enum Lane: Int, CaseIterable, Sendable {
        /// Presences to set.
        case write
        /// The same for agents that bulk calls leave out.
        case writeAlone
        /// Presences that something waits for.
        case read
        /// The same for agents that bulk calls leave out.
        case readAlone
        /// Presences that show whether a write has stuck.
        case verify

        init(_ kind: AgentDelivery.Kind, alone: Bool) {
            self =
                switch kind {
                case .write: alone ? .writeAlone : .write
                case .read: alone ? .readAlone : .read
                case .verifyingRead: alone ? .readAlone : .verify
                }
        }

        var isWrite: Bool { self == .write || self == .writeAlone }
        var isAlone: Bool { self == .writeAlone || self == .readAlone }
        var priority: CallPriority { self == .verify ? .verify : .write }
    }

    /// Up to so many agents have a call of their own each.
    static let few = 3
    /// Passes that are asked for at once: more would only wait at the gate.
    private static let maxAsked = 32

    private var queues = Lane.allCases.map { _ in DueQueue() }
    private var laneOf: [String: Lane] = [:]
    /// Passes asked for and not yet used.
    private var asked = Lane.allCases.map { _ in 0 }
    /// By urgency: verification must not use up what small changes may.
    private var pacing: [CallPriority: CallPacing]
    private var writeLimit: BatchLimit
    private var readLimit: BatchLimit
    /// Parts of bulk calls that were refused as a whole.
    private var parts: [Lane: [SplitBatch.Part]] = [:]
    private var splits = SplitBatch()
    private var inPart: Set<String> = []

    init(maxWrites: Int, maxReads: Int, requestsPerMinute: Int) {
        writeLimit = BatchLimit(maximum: maxWrites)
        readLimit = BatchLimit(maximum: maxReads)
        let allowance = CallPacing(requestsPerMinute: requestsPerMinute)
        pacing = [.write: allowance, .verify: allowance]
    }

    /// With so many to be read, `GET /api/v2/users` takes twice as many as the bulk read.
    private static let storm = 300
    /// It shows presences as far as it can; where it leaves out many it is of no use.
    private var readsWidely = true

    /// A wide read left so many of its users out.
    mutating func leftOutOfWideRead(_ missing: Int, of count: Int) {
        if missing * 10 > count { readsWidely = false }
    }

    /// Users that go into one bulk write.
    var writeSize: Int { writeLimit.size }

    /// Passes asked for and not used yet.
    var openPasses: Int { asked.reduce(0, +) }

    func count(_ lane: Lane) -> Int { queues[lane.rawValue].count }

    /// The agent's next call is one of that lane; `nil` = none is due.
    mutating func place(_ agentID: String, in lane: Lane?, rank: DueQueue.Rank) {
        guard !inPart.contains(agentID) else { return }
        if let old = laneOf[agentID], old != lane { queues[old.rawValue].remove(agentID) }
        laneOf[agentID] = lane
        if let lane { queues[lane.rawValue].insert(agentID, rank) }
    }

    /// How many more passes to ask the gate for now, and when to ask again although nothing happens.
    mutating func passes(_ lane: Lane, now: Timestamp) -> (count: Int, again: Timestamp?) {
        let waiting = count(lane), size = size(lane)
        let full = waiting / size, rest = waiting % size
        // A call for one agent cannot carry more where there are no bulk calls.
        let partial = rest == 0 ? 0 : rest <= Self.few ? rest : 1
        let certain = full + (parts[lane]?.count ?? 0)
        var count = 0
        while asked[lane.rawValue] < min(certain + partial, Self.maxAsked) {
            if asked[lane.rawValue] >= certain, let again = pacing[lane.priority]?.take(at: now) {
                return (count, again)
            }
            asked[lane.rawValue] += 1
            count += 1
        }
        return (count, nil)
    }

    /// A pass of the lane is there: the agents of the next call, and the part of a refused one that they are.
    mutating func next(_ lane: Lane) -> (agentIDs: [String], part: SplitBatch.Part?) {
        asked[lane.rawValue] -= 1
        if let part = parts[lane]?.popLast() {
            inPart.subtract(part.agentIDs)
            return (part.agentIDs, part)
        }
        let waiting = count(lane)
        // With leave for all of them, few go by themselves: a single call is answered for each alone.
        let isSingle = waiting <= Self.few && asked[lane.rawValue] + 1 >= waiting
        let size = isSingle ? 1 : size(lane)
        var agentIDs: [String] = []
        while agentIDs.count < size, let id = queues[lane.rawValue].popFirst() {
            laneOf[id] = nil
            agentIDs.append(id)
        }
        return (agentIDs, nil)
    }

    /// A pass was asked for and is not to be had.
    mutating func giveBack(_ lane: Lane) { asked[lane.rawValue] -= 1 }

    /// A bulk call was answered.
    mutating func succeeded(_ lane: Lane, count: Int, part: SplitBatch.Part?) {
        limit(lane) { $0.succeeded(count) }
        guard let part else { return }
        // Without those who have left it meanwhile it says nothing of the call that was refused.
        guard count == part.agentIDs.count else { return splits.failed(part) }
        if let tooMany = splits.succeeded(part) { limit(lane) { $0.refused(tooMany) } }
    }

    /// A part was not tried as it is, or says nothing by its failure.
    mutating func abandon(_ part: SplitBatch.Part?) {
        if let part { splits.failed(part) }
    }

    /// A bulk call was refused as a whole. Its halves are tried next: either there were too many, or one among them is
    /// not acceptable.
    mutating func refused(_ lane: Lane, _ agentIDs: [String], part: SplitBatch.Part?, isTooLarge: Bool) {
        if isTooLarge { limit(lane) { $0.refused(agentIDs.count) } }
        let halves = splits.split(agentIDs, of: part)
        for half in halves { inPart.formUnion(half.agentIDs) }
        for id in agentIDs {
            if let lane = laneOf.removeValue(forKey: id) { queues[lane.rawValue].remove(id) }
        }
        parts[lane, default: []] += halves
    }

    private func size(_ lane: Lane) -> Int {
        if lane.isAlone { return 1 }
        if lane.isWrite { return writeLimit.size }
        let isStorm = readsWidely && count(lane) >= Self.storm
        return isStorm ? GenesysAPI.usersPerRead : readLimit.size
    }

    private mutating func limit(_ lane: Lane, _ change: (inout BatchLimit) -> Void) {
        if lane.isWrite { change(&writeLimit) } else { change(&readLimit) }
    }
}
