// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import GenesysAPI

/// One call to make, for one agent or for many.
struct DeliveryBatch: Sendable {
    /// An agent's answer, out of a call of its own or of a bulk call.
    enum Answer: Sendable {
        case result(Result<UserPresence, GenesysAPIError>)
        /// The bulk call was refused as a whole, or is not the one that has to tell.
        case refusedTogether
        /// The bulk call's answer does not say that it was done.
        case leftOut(oneOfMany: Bool)
    }

    let lane: CallLanes.Lane
    /// The half of a refused call that it is.
    let part: SplitBatch.Part?
    private(set) var agentIDs: [String] = []
    /// For writes, in the same order.
    private(set) var writes: [PresenceWrite] = []

    init(lane: CallLanes.Lane, part: SplitBatch.Part?) {
        self.lane = lane
        self.part = part
    }

    var isEmpty: Bool { agentIDs.isEmpty }
    var isBulk: Bool { agentIDs.count > 1 }
    /// More users than the bulk read takes: `GET /api/v2/users` shows their presences, as far as it can.
    var isWideRead: Bool { !lane.isWrite && agentIDs.count > GenesysAPI.presencesPerRead }

    mutating func add(_ agentID: String, _ call: AgentDelivery.Call) {
        agentIDs.append(agentID)
        guard case .write(let target) = call else { return }
        writes.append(PresenceWrite(userID: agentID, definitionID: target.definitionID, message: target.message))
    }

    /// The bulk call was refused for reasons that need not be every agent's: parts of it may be accepted.
    func isRefusedTogether(_ result: Result<[UserPresence], GenesysAPIError>) -> Bool {
        guard isBulk, case .failure(let error) = result else { return false }
        switch error.code {
        case .badRequest, .forbidden, .notFound: return true
        default: return false
        }
    }

    /// What the answer says of each agent.
    func answers(_ result: Result<[UserPresence], GenesysAPIError>) -> [(agentID: String, answer: Answer)] {
        switch result {
        case .failure(let error):
            let answer: Answer = isRefusedTogether(result) ? .refusedTogether : .result(.failure(error))
            return agentIDs.map { ($0, answer) }
        case .success(let presences) where !isBulk:
            return zip(agentIDs, presences).map { ($0, .result(.success($1))) }
        case .success(let presences):
            let shown = Dictionary(presences.map { ($0.userID, $0) }) { first, _ in first }
            let done = agentIDs.indices.map { index -> UserPresence? in
                // Compared with what was sent: Genesys does not say what happens to some of many (facts 3.3).
                guard let presence = shown[agentIDs[index]] else { return nil }
                return !lane.isWrite || presence.definitionID == writes[index].definitionID ? presence : nil
            }
            // Whom a wide read leaves out the next one shows, or a bulk read: it means nothing.
            if isWideRead {
                return zip(agentIDs, done).map { ($0, $1.map { .result(.success($0)) } ?? .refusedTogether) }
            }
            let areMany = done.count { $0 == nil } > CallLanes.few
            return zip(agentIDs, done).map { id, presence in
                (id, presence.map { .result(.success($0)) } ?? .leftOut(oneOfMany: areMany))
            }
        }
    }
}
