// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import AgentState
public import GenesysEvents

/// The relay's own writes of one agent's presence: what tells them from a change by hand (facts 3.4, "loop hazard").
///
/// Calls for an agent follow each other, so at most one is under way; several may have ended without an answer.
public struct OwnWrites: Codable, Sendable, Equatable {
    /// A write that Genesys has taken.
    public struct Write: Codable, Sendable, Equatable {
        var definitionID: String
        /// `modifiedDate` of the answer.
        var modifiedAt: Timestamp?
    }

    /// The presence definition of the write under way.
    public private(set) var inFlight: String?
    /// Definitions of writes without an answer: they may have happened.
    public private(set) var unanswered: [String] = []
    /// Definitions of wishes that were overtaken before their end: by then they may have been sent. It matters only when
    /// the process ends before its own word on that is stored.
    private var overtaken: [String] = []
    /// Newest last; echoes of the older ones may still come.
    public private(set) var accepted: [Write] = []

    private static let kept = 8

    /// Nothing was ever written.
    public init() {}

    /// A write whose outcome is not known yet.
    public var isOpen: Bool { inFlight != nil || !unanswered.isEmpty }

    /// `modifiedDate` of the newest write accepted.
    var newestAt: Timestamp? { accepted.last?.modifiedAt }

    /// A write goes out.
    public mutating func send(_ definitionID: String) { inFlight = definitionID }

    /// A wish is overtaken by another one.
    public mutating func overtake(_ definitionID: String) {
        if !overtaken.contains(definitionID) { overtaken.append(definitionID) }
    }

    /// The newest wish is heard of: calls follow each other, so what has become of those before it is known as well.
    public mutating func forgetOvertaken() { overtaken = [] }

    /// Genesys has taken the write, and with it whatever came before.
    public mutating func accept(_ definitionID: String, modifiedAt: Timestamp?) {
        inFlight = nil
        unanswered = []
        overtaken = []
        remember(definitionID, modifiedAt)
    }

    /// The write under way has certainly not happened.
    public mutating func refuse() { inFlight = nil }

    /// The write under way got no answer.
    public mutating func loseAnswer() {
        guard let lost = inFlight else { return }
        inFlight = nil
        if !unanswered.contains(lost) { unanswered.append(lost) }
    }

    /// A read made after writes without an answer: returns whether it shows one of them.
    public mutating func settle(by presence: PresenceFacts) -> Bool {
        defer {
            unanswered = []
            overtaken = []
        }
        guard let shown = presence.definitionID, unanswered.contains(shown) else { return false }
        remember(shown, presence.modifiedAt)
        return true
    }

    /// Takes a presence that was seen, in whatever way: returns whether it proves that a write has happened of which
    /// that was not known.
    public mutating func witness(_ presence: PresenceFacts) -> Bool {
        guard let shown = presence.definitionID, mayHaveMade(presence), !made(presence) else { return false }
        unanswered.removeAll { $0 == shown }
        remember(shown, presence.modifiedAt)
        return true
    }

    /// The process has ended: a write under way, or one that was about to go out, may have happened.
    public mutating func loseTrack(of definitionID: String?) {
        loseAnswer()
        for lost in overtaken + (definitionID.map { [$0] } ?? []) where !unanswered.contains(lost) {
            unanswered.append(lost)
        }
        overtaken = []
    }

    /// This presence is one of the writes accepted.
    public func made(_ presence: PresenceFacts) -> Bool {
        accepted.contains { write in
            guard write.definitionID == presence.definitionID else { return false }
            guard let ours = write.modifiedAt, let seen = presence.modifiedAt else { return true }
            return ours == seen
        }
    }

    /// This presence may be a write whose outcome is not known.
    func mayHaveMade(_ presence: PresenceFacts) -> Bool {
        guard let shown = presence.definitionID else { return false }
        return inFlight == shown || unanswered.contains(shown)
    }

    private mutating func remember(_ definitionID: String, _ modifiedAt: Timestamp?) {
        accepted.removeAll { $0.definitionID == definitionID && $0.modifiedAt == modifiedAt }
        accepted.append(Write(definitionID: definitionID, modifiedAt: modifiedAt))
        if accepted.count > Self.kept { accepted.removeFirst() }
    }
}
