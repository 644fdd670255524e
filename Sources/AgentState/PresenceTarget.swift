// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// A presence that somebody should have: a definition and the message shown with it.
public struct PresenceTarget: Codable, Sendable, Hashable, CustomStringConvertible {
    /// Id of the presence definition: what is written.
    public var definitionID: String
    /// The system presence that the definition belongs to; `nil` when only its id is known.
    public var system: SystemPresence?
    /// For people: the definition's label.
    public var label: String?
    /// Written with the definition; `""` clears the message.
    public var message: String

    /// A target by definition; the message is cleared unless one is given.
    public init(definitionID: String, system: SystemPresence? = nil, label: String? = nil, message: String = "") {
        self.definitionID = definitionID
        self.system = system
        self.label = label
        self.message = message
    }

    /// The presence that an agent has now, to be put back later; `nil` when its definition is not known.
    public init?(restoring presence: PresenceFacts) {
        guard let definitionID = presence.definitionID else { return nil }
        self.init(definitionID: definitionID, system: presence.system, message: presence.message ?? "")
    }

    /// The agent has this definition. Messages do not count: people edit them, and a change of text is no change of
    /// status.
    public func isMet(by presence: PresenceFacts?) -> Bool { presence?.definitionID == definitionID }

    /// Writing it would change nothing: definition and message are as wanted.
    public func isNoChange(from presence: PresenceFacts?) -> Bool {
        isMet(by: presence) && (presence?.message ?? "") == message
    }

    /// The label, else the system presence, else the id.
    public var description: String { label ?? system?.name ?? definitionID }
}

extension PresenceFacts {
    /// The presence as it will be once the target is written; no `modifiedAt` yet.
    public init(_ target: PresenceTarget) {
        self.init(definitionID: target.definitionID, system: target.system, message: target.message)
    }
}
