// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents

/// Genesys Cloud as delivery sees it: the presence calls, single and for many, over a modelled network.
///
/// Unchecked: it is used on the one thread of `SerialExecution` alone.
final class GenesysPort: @unchecked Sendable {
    private let time: VirtualTime
    private(set) var model: ModelGenesys
    /// A presence has changed, by whoever's hand.
    var changed: (_ agent: Int, ModelGenesys.Stored) -> Void = { _, _ in }

    init(time: VirtualTime, agents: Int, limit: Int, lostShare: Double, seed: Int) {
        self.time = time
        model = ModelGenesys(agents: agents, limit: limit, lostShare: lostShare, seed: seed)
    }

    /// The agent's own choice.
    func choose(_ presence: Presence, _ agent: Int) { set(presence, agent) }

    func eventDelay() -> Int64 { model.eventDelay() }
    func losesEvent() -> Bool { model.losesEvent() }

    /// `GET …/presences/purecloud`, and its form for up to 50 users.
    func read(_ ids: [String], isBulk: Bool) async throws(GenesysAPIError) -> [UserPresence] {
        try await call(isBulk ? .bulkGet : .get) { self.presences(ids) }
    }

    /// `PATCH …/presences/purecloud`, and `PUT /api/v2/users/presences/bulk` for up to 100 users.
    func write(_ writes: [PresenceWrite], isBulk: Bool) async throws(GenesysAPIError) -> [UserPresence] {
        try await call(isBulk ? .bulkPut : .patch) {
            for write in writes {
                guard let agent = Self.agent(write.userID), let presence = Presence(id: write.definitionID) else {
                    continue
                }
                self.set(presence, agent)
            }
            return self.presences(writes.map(\.userID))
        }
    }

    static func id(_ agent: Int) -> String { "agent-\(agent)" }
    static func agent(_ id: String) -> Int? { Int(id.dropFirst("agent-".count)) }

    private func set(_ presence: Presence, _ agent: Int) {
        guard model.set(agent, presence, time.milliseconds) else { return }
        changed(agent, model.agents[agent])
    }

    private func presences(_ ids: [String]) -> [UserPresence] {
        ids.compactMap { id in
            guard let agent = Self.agent(id), model.agents.indices.contains(agent) else { return nil }
            let stored = model.agents[agent]
            return UserPresence(
                userID: id,
                definitionID: stored.presence.id,
                system: stored.presence.system,
                message: "",
                modifiedAt: time.timestamp(stored.modifiedAt)
            )
        }
    }

    private func call(
        _ kind: ModelGenesys.CallKind,
        _ work: () -> [UserPresence]
    ) async throws(GenesysAPIError) -> [UserPresence] {
        await time.wait(milliseconds: model.callDelay())
        if let seconds = model.admit(kind, time.milliseconds) {
            await time.wait(milliseconds: model.callDelay())
            throw GenesysAPIError(
                .rateLimited,
                status: 429,
                message: "too many requests",
                retryAfter: .seconds(seconds)
            )
        }
        let fault = model.fault()
        let answer = fault == .before ? [] : work()
        await time.wait(milliseconds: model.callDelay())
        guard fault == nil else { throw GenesysAPIError(.server, status: 503, message: "unavailable") }
        return answer
    }
}
