// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysAPI
public import GenesysEvents

/// The activity that WFM should show once an agent has a presence (facts of "Real-time adherence overview").
///
/// A secondary presence counts as the activity code that lists it; any other as the category of its system presence.
public struct AdherenceExpectation: Sendable, Equatable {
    /// The presence that was set.
    public var target: PresenceTarget
    /// The system presence of its definition, as far as known.
    public var system: SystemPresence?
    /// OnQueueWork, Break, …; `nil` when neither a code lists the definition nor its system presence is known.
    public var category: String?
    /// The active code that lists the definition.
    public var code: ActivityCode?
    /// The definition is not the system's own; `nil` when it is not known.
    public var isSecondary: Bool?
    /// Whether the business unit's activity codes were there to look in.
    public var codesAreKnown: Bool

    /// - Parameters:
    ///   - codes: of the agent's business unit; `nil` when they could not be read. Inactive ones do not count.
    ///   - definition: what the presence definition of an id is; `nil` when there is none.
    public init(
        target: PresenceTarget,
        codes: [ActivityCode]?,
        definition: (_ id: String) -> (system: SystemPresence, isSystem: Bool)?
    ) {
        self.target = target
        let known = definition(target.definitionID)
        system = known?.system ?? target.system
        isSecondary = known.map { !$0.isSystem }
        codesAreKnown = codes != nil
        code = codes?.first { code in
            code.isActive && code.secondaryPresenceIDs.contains { $0.isSameID(as: target.definitionID) }
        }
        category = code?.category ?? system.flatMap(Self.category(of:))
    }

    /// No active code lists the secondary presence: it counts as its system presence.
    public var isUnmapped: Bool { isSecondary == true && codesAreKnown && code == nil }

    /// `false` when a code that could not be read may say otherwise.
    public var isCertain: Bool { category != nil && (codesAreKnown || isSecondary == false) }

    /// The category of an agent with that system presence; `nil` for a presence that Genesys did not have when this
    /// was written.
    public static func category(of system: SystemPresence) -> String? {
        switch system {
        case .available, .busy: "OffQueueWork"
        case .away, .idle, .offline: "Unavailable"
        case .break: "Break"
        case .meal: "Meal"
        case .meeting: "Meeting"
        case .onQueue: Self.onQueueWork
        case .training: "Training"
        default: nil
        }
    }

    static let onQueueWork = "OnQueueWork"
}

extension String {
    /// Ids are compared without case: Genesys writes lower case, people do not always.
    func isSameID(as other: String) -> Bool { self == other || lowercased() == other.lowercased() }
}
