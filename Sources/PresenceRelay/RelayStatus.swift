// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysAPI
import GenesysEvents
import StatusRules
import Synchronization

/// What readiness and health are made of, as far as the parts do not know it themselves.
final class RelayStatus: Sendable {
    enum Genesys: Sendable, Equatable {
        case starting
        /// With the presence definitions by id.
        case resolved([String: PresenceDefinition])
        case unavailable
    }
    private struct State {
        var isListening = false
        var isDraining = false
        var genesys = Genesys.starting
        var lastCallFailed = false
        var shortage = Shortage()
        var directory = DirectoryStatus()
        var rules: RuleSet
    }
    private let state: Mutex<State>
    private let rulesInfo = RulesInfo()

    init(rules: RuleSet, names: Int) {
        var first = State(rules: rules)
        first.directory.names = names
        state = Mutex(first)
        rulesInfo.show(rules.version)
    }

    /// The rules in force.
    var rules: RuleSet {
        get { state.withLock { $0.rules } }
        set {
            state.withLock { $0.rules = newValue }
            rulesInfo.show(newValue.version)
        }
    }

    var isListening: Bool {
        get { state.withLock { $0.isListening } }
        set { state.withLock { $0.isListening = newValue } }
    }
    var isDraining: Bool {
        get { state.withLock { $0.isDraining } }
        set { state.withLock { $0.isDraining = newValue } }
    }
    var genesys: Genesys {
        get { state.withLock { $0.genesys } }
        set { state.withLock { $0.genesys = newValue } }
    }
    /// How the names of the configuration stand.
    var directory: DirectoryStatus {
        get { state.withLock { $0.directory } }
        set { state.withLock { $0.directory = newValue } }
    }
    /// The last call to Genesys found no host, no right or no service: for people to look at.
    var lastCallFailed: Bool { state.withLock { $0.lastCallFailed } }

    /// Somebody has looked whether a budget is used up.
    func noteShortage(_ isUsedUp: Bool, at now: Timestamp) {
        state.withLock { $0.shortage.note(isUsedUp, at: now) }
    }

    /// How long a budget has been used up.
    func shortage(at now: Timestamp) -> Duration { state.withLock { $0.shortage.duration(at: now) } }

    /// Makes a call and remembers how Genesys did.
    func noting<Value>(
        _ call: () async throws(GenesysAPIError) -> Value
    ) async throws(GenesysAPIError) -> Value {
        do {
            let value = try await call()
            state.withLock { $0.lastCallFailed = false }
            return value
        } catch {
            switch error.code {
            case .network, .timeout, .server, .unauthorized, .forbidden: state.withLock { $0.lastCallFailed = true }
            // Its own pace, or ours.
            case .rateLimited, .cancelled: break
            // It answered, if only that this agent or call is not right.
            default: state.withLock { $0.lastCallFailed = false }
            }
            throw error
        }
    }

    /// Labels of presence definitions by id.
    var labels: [String: String] { definitions.compactMapValues(\.label) }

    /// The presence with the system presence of its definition, where the answer does not name it.
    func completed(_ presence: UserPresence) -> UserPresence {
        guard presence.system == nil else { return presence }
        var presence = presence
        presence.system = definitions[presence.definitionID]?.systemPresence
        return presence
    }

    /// The same for what is read of many users.
    func completed(_ state: UserState) -> UserState {
        var state = state
        state.presence = state.presence.map(completed)
        return state
    }

    /// The presence definition of an id; `nil` = none, or not known yet.
    func definition(_ id: String) -> PresenceDefinition? { definitions[id] }

    private var definitions: [String: PresenceDefinition] {
        if case .resolved(let definitions) = genesys { return definitions }
        return [:]
    }
}
