// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents

/// What has to be done about something that a rule wants besides a status.
public enum ErrandStep: Sendable, Equatable {
    /// It is wanted, once. `id` is the same whenever it is worked out; `since` is the beginning of the rule's episode.
    case begin(RuleErrand, id: String, since: Timestamp)
    /// It must not be done; the reason is new since the last look.
    case guarded(RuleErrand, reason: String)
}

/// The episodes of what an agent's rules want besides a status: from the moment a rule first matches (for a tag, in
/// that conversation; for a routing status, while the agent does not respond) until it no longer does. Pure.
public struct ErrandEpisodes: Codable, Sendable, Equatable {
    private struct Open: Codable, Sendable, Equatable {
        var rule: String
        var kind: String
        var conversationID: String?
        var since: Timestamp
        /// Digests of what was wanted; a value that comes back is not wanted again.
        var wanted: [Int] = []
        /// Why it has not begun, or not with its newest value.
        var heldBy: String?

        func isOf(_ errand: RuleErrand) -> Bool {
            rule == errand.rule && kind == errand.kind && conversationID == errand.conversationID
        }
    }

    private var open: [Open] = []
    /// So many values of one tag are remembered.
    private static let kept = 32

    /// No rule has ever wanted anything.
    public init() {}

    /// Nothing is going on: there is nothing to store.
    public var isEmpty: Bool { open.isEmpty }

    /// Takes what the matching rules want; returns what is new.
    ///
    /// - Parameters:
    ///   - hindrance: why nothing may begin now; `nil` = it may.
    ///   - isAwaitingNews: whether a rule that wants nothing now would, were there news of its conversations.
    public mutating func advance(
        wanted: [RuleErrand],
        now: Timestamp,
        hindrance: Hindrance?,
        isAwaitingNews: (_ rule: String) -> Bool = { _ in false }
    ) -> [ErrandStep] {
        guard !wanted.isEmpty || !open.isEmpty else { return [] }
        open.removeAll { episode in !wanted.contains(where: episode.isOf) && !isAwaitingNews(episode.rule) }
        return wanted.compactMap { errand in
            let place = open.firstIndex { $0.isOf(errand) } ?? open.endIndex
            if place == open.endIndex {
                open.append(
                    Open(rule: errand.rule, kind: errand.kind, conversationID: errand.conversationID, since: now)
                )
            }
            let digest = Int(truncatingIfNeeded: errand.digest)
            let isNew =
                open[place].wanted.isEmpty || (errand.mayChange && !open[place].wanted.contains(digest))
            guard isNew else { return nil }
            if let hindrance {
                guard open[place].heldBy != hindrance.kind else { return nil }
                open[place].heldBy = hindrance.kind
                return .guarded(errand, reason: hindrance.reason)
            }
            if open[place].wanted.isEmpty { open[place].since = now }
            open[place].heldBy = nil
            open[place].wanted.append(digest)
            if open[place].wanted.count > Self.kept { open[place].wanted.removeFirst() }
            let since = open[place].since
            return .begin(errand, id: errand.id(since: since), since: since)
        }
    }

    /// Why nothing may begin.
    public struct Hindrance: Sendable, Equatable {
        /// Short and stable: each is reported once.
        public var kind: String
        /// For people.
        public var reason: String

        /// A reason of a kind.
        public init(kind: String, reason: String) {
            self.kind = kind
            self.reason = reason
        }
    }
}

extension EpisodePolicy {
    /// Why the trigger must not begin anything; `nil` = it may.
    public func hindrance(agentID: String, trigger: Trigger, now: Timestamp) -> ErrandEpisodes.Hindrance? {
        guard mayTouch(agentID) else {
            return .init(kind: "excluded", reason: "the configuration excludes this agent")
        }
        return tooOld(trigger, now: now).map { .init(kind: "maxEventAge", reason: $0) }
    }
}

extension RuleErrand {
    /// `tag`, `explain`, `routingStatus` or `notify`.
    public var kind: String {
        switch work {
        case .tag: "tag"
        case .explain: "explain"
        case .routingStatus: "routingStatus"
        case .notify: "notify"
        }
    }

    /// The conversation to be tagged.
    public var conversationID: String? {
        if case .tag(let conversationID, _) = work { conversationID } else { nil }
    }

    /// Another value in the same episode is another errand.
    fileprivate var mayChange: Bool {
        if case .tag = work { true } else { false }
    }

    /// Of all that is wanted: equal on every machine.
    fileprivate var digest: UInt64 {
        var hash = FNV1a()
        hash.add(counted: kind)
        switch work {
        case .tag(_, let attributes):
            for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
                hash.add(counted: key)
                hash.add(counted: value)
            }
        case .explain(let minutes, let status, let notes):
            hash.add("\(minutes):")
            hash.add(counted: status)
            hash.add(counted: notes)
        case .routingStatus(let status):
            hash.add(counted: status)
        case .notify(let notification):
            hash.add(counted: notification.endpoint)
            hash.add(counted: notification.status ?? "")
            hash.add(counted: notification.conversationID ?? "")
            for (key, value) in notification.data.sorted(by: { $0.key < $1.key }) {
                hash.add(counted: key)
                hash.add(counted: value)
            }
        }
        return hash.value
    }

    fileprivate func id(since: Timestamp) -> String {
        var hash = FNV1a()
        hash.add(counted: rule)
        hash.add(counted: conversationID ?? "")
        hash.add("\(digest):\(since.milliseconds)")
        return "\(kind)-\(String(hash.value, radix: 16))"
    }
}

extension FNV1a {
    /// With its length before it, so that two texts in a row are not another two.
    fileprivate mutating func add(counted text: String) { add("\(text.utf8.count):\(text)") }
}
