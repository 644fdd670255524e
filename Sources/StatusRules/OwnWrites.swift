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
        /// What was written.
        public var definitionID: String
        /// `modifiedDate` of the answer.
        public var modifiedAt: Timestamp?
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

    /// When the first write of a definition that is not settled can have been made. `nil` = none is open.
    private var earliest: [String: Timestamp]?

    private static let kept = 8
    /// How far the clock of Genesys may be behind ours.
    private static let clockTolerance = Duration.seconds(5)

    /// Nothing was ever written.
    public init() {}

    /// A write whose outcome is not known yet.
    public var isOpen: Bool { inFlight != nil || !unanswered.isEmpty }

    /// `modifiedDate` of the newest write accepted.
    var newestAt: Timestamp? { accepted.last?.modifiedAt }

    /// A write goes out.
    public mutating func send(_ definitionID: String, at time: Timestamp) {
        inFlight = definitionID
        open(definitionID, since: time)
    }

    /// A wish of that time is overtaken by another one.
    public mutating func overtake(_ definitionID: String, since time: Timestamp) {
        if !overtaken.contains(definitionID) { overtaken.append(definitionID) }
        open(definitionID, since: time)
    }

    /// The newest wish is heard of: calls follow each other, so what has become of those before it is known as well.
    public mutating func forgetOvertaken() {
        overtaken = []
        forgetTimes()
    }

    /// Genesys has taken the write, and with it whatever came before.
    public mutating func accept(_ definitionID: String, modifiedAt: Timestamp?) {
        inFlight = nil
        unanswered = []
        overtaken = []
        earliest = nil
        remember(definitionID, modifiedAt)
    }

    /// The write under way has certainly not happened.
    public mutating func refuse() {
        inFlight = nil
        forgetTimes()
    }

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
            forgetTimes()
        }
        guard let shown = presence.definitionID, unanswered.contains(shown), isRecentEnough(presence) else {
            return false
        }
        remember(shown, presence.modifiedAt)
        return true
    }

    /// Takes a presence that was seen, in whatever way: returns whether it proves that a write has happened of which
    /// that was not known.
    public mutating func witness(_ presence: PresenceFacts) -> Bool {
        guard let shown = presence.definitionID, mayHaveMade(presence), !made(presence) else { return false }
        unanswered.removeAll { $0 == shown }
        forgetTimes()
        remember(shown, presence.modifiedAt)
        return true
    }

    /// The process has ended: a write under way, or one that was about to go out for a wish of that time, may have
    /// happened.
    public mutating func loseTrack(of wish: (definitionID: String, since: Timestamp)?) {
        loseAnswer()
        if let wish { open(wish.definitionID, since: wish.since) }
        for lost in overtaken + (wish.map { [$0.definitionID] } ?? []) where !unanswered.contains(lost) {
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
        return (inFlight == shown || unanswered.contains(shown)) && isRecentEnough(presence)
    }

    /// Whoever set it before we can have written it was not us.
    private func isRecentEnough(_ presence: PresenceFacts) -> Bool {
        guard let shown = presence.definitionID, let first = earliest?[shown], let seen = presence.modifiedAt else {
            return true
        }
        return seen >= first.advanced(by: .zero - Self.clockTolerance)
    }

    private mutating func open(_ definitionID: String, since time: Timestamp) {
        earliest = (earliest ?? [:]).merging([definitionID: time]) { min($0, $1) }
    }

    /// Of definitions that are no longer open.
    private mutating func forgetTimes() {
        guard let times = earliest else { return }
        let kept = times.filter { $0.key == inFlight || unanswered.contains($0.key) || overtaken.contains($0.key) }
        earliest = kept.isEmpty ? nil : kept
    }

    private mutating func remember(_ definitionID: String, _ modifiedAt: Timestamp?) {
        accepted.removeAll { $0.definitionID == definitionID && $0.modifiedAt == modifiedAt }
        accepted.append(Write(definitionID: definitionID, modifiedAt: modifiedAt))
        if accepted.count > Self.kept { accepted.removeFirst() }
    }
}
