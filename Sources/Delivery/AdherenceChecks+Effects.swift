// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysAPI
public import GenesysEvents

extension AdherenceChecks {
    /// The outside world as adherence checks need it.
    public struct Effects: Sendable {
        /// `GET /api/v2/workforcemanagement/adherence` of 1 to 100 agents, within the budget.
        public var read: @Sendable (_ ids: [String]) async throws(GenesysAPIError) -> [UserAdherence]
        /// `GET /api/v2/workforcemanagement/businessunits/{id}/activitycodes`, within the budget.
        public var activityCodes: @Sendable (_ businessUnitID: String) async throws(GenesysAPIError) -> [ActivityCode]
        /// `GET /api/v2/presence/users/{id}/primarysource`, within the budget.
        public var primarySource: @Sendable (_ userID: String) async throws(GenesysAPIError) -> String?
        /// The presence definition of an id; `nil` when there is none.
        public var definition: @Sendable (_ id: String) -> (system: SystemPresence, isSystem: Bool)?
        /// Takes verdicts in order; must not block.
        public var report: @Sendable (AdherenceReport) -> Void
        /// What was read: goes into the journal as observations.
        public var observed: @Sendable ([UserAdherence]) async -> Void
        /// The wall clock.
        public var now: @Sendable () -> Timestamp
        /// Waits, or throws when the task is cancelled.
        public var sleep: @Sendable (Duration) async throws -> Void
        /// In 0..<1.
        public var random: @Sendable () -> Double

        /// Everything but time and chance has to be given.
        public init(
            read: @escaping @Sendable ([String]) async throws(GenesysAPIError) -> [UserAdherence],
            activityCodes: @escaping @Sendable (String) async throws(GenesysAPIError) -> [ActivityCode],
            primarySource: @escaping @Sendable (String) async throws(GenesysAPIError) -> String?,
            definition: @escaping @Sendable (String) -> (system: SystemPresence, isSystem: Bool)?,
            report: @escaping @Sendable (AdherenceReport) -> Void,
            observed: @escaping @Sendable ([UserAdherence]) async -> Void,
            now: @escaping @Sendable () -> Timestamp,
            sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
            random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
        ) {
            self.read = read
            self.activityCodes = activityCodes
            self.primarySource = primarySource
            self.definition = definition
            self.report = report
            self.observed = observed
            self.now = now
            self.sleep = sleep
            self.random = random
        }
    }
}
