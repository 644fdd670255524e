// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// Which of the agent's communications in a conversation and medium the facts are about.
extension ConversationFacts {
    /// All of the agent's communications in the conversation and medium that are remembered, the current one first.
    public var communications: [ConversationFacts] { [self] + self.others }

    /// Without what belongs to the conversation, as in `others`.
    var communicationOnly: ConversationFacts {
        var facts = self
        facts.fields.forgetConversation()
        return facts
    }

    /// Ended communications that are remembered beside the current one: enough for a snapshot that brings one back to
    /// be seen through, and few, since a conversation may ring at an agent again and again for weeks.
    private static let keptEnded = 4

    /// Makes the most current of these communications the one that these facts are about.
    private mutating func choose(among candidates: consuming [ConversationFacts]) {
        var rest = candidates
        guard let place = rest.indices.max(by: { rest[$0].fields.isLessCurrent(than: rest[$1]) }) else { return }
        var current = rest.remove(at: place)
        current.fields.takeConversation(of: self)
        if rest.count > Self.keptEnded {
            rest.sort { $1.fields.isLessCurrent(than: $0) }
            let ended = rest.drop { !$0.isEnded }
            rest.removeLast(max(0, ended.count - Self.keptEnded))
        }
        current.others = rest
        self = current
    }

    /// Takes in what other events have told of these communications, and the latest summary that counts none of the
    /// medium; then the most current of them is the one that these facts are about.
    mutating func resolve(_ known: consuming [ConversationFacts], _ news: [CommunicationNews], quiet: FactOrder?) {
        var known = known
        let order = self.order
        let moment = order?.moment
        let roleMoment = self.media == .call ? moment : self.fullOrder?.moment
        for place in known.indices {
            if known[place].presumed != nil { known[place].fields.withdrawPresumedEnd() }
            for news in news where news.isAbout(known[place]) {
                known[place].fields.take(news, moment: moment, roleMoment: roleMoment)
            }
            if let quiet, let order, order.isOlder(than: quiet, by: .envelope) { known[place].fields.presumeEnded() }
        }
        choose(among: known)
    }

}

extension ConversationFacts.Fields {
    /// All of the agent's communications in the conversation and medium that are remembered, the current one first.
    var communications: [ConversationFacts] { [ConversationFacts(self)] + others }

    /// Alive before after-call work before over; then the one that was connected or ended last, or rang last.
    fileprivate func isLessCurrent(than other: ConversationFacts) -> Bool {
        if liveliness != other.fields.liveliness { return liveliness < other.fields.liveliness }
        if newestTime != other.fields.newestTime { return newestTime < other.fields.newestTime }
        if alertedAt != other.alertedAt { return isEarlier(alertedAt, other.alertedAt) }
        return (participantID, communicationID) < (other.participantID, other.communicationID)
    }

    private var liveliness: Int { isEnded ? (isLive ? 1 : 0) : 2 }

    private var newestTime: Int64 { max(connectedAt?.milliseconds ?? .min, endedAt?.milliseconds ?? .min) }

    /// What belongs to the conversation, whichever communication the agent has in it.
    fileprivate mutating func takeConversation(of facts: ConversationFacts) {
        participants = facts.participants
        customerAttributes = facts.customerAttributes
        customerParticipantIDs = facts.customerParticipantIDs
        customerWritten = facts.customerWritten
        externalTag = facts.externalTag
        utilizationLabelID = facts.utilizationLabelID
        order = facts.order
        fullOrder = facts.fullOrder
        toldAt = facts.toldAt
    }

    /// Without it, as in `others`.
    var communicationOnly: ConversationFacts {
        // One copy, into the memory it stays in.
        var facts = ConversationFacts(self)
        facts.fields.forgetConversation()
        return facts
    }

    fileprivate mutating func forgetConversation() {
        participants = 0
        customerAttributes = [:]
        customerParticipantIDs = []
        customerWritten = [:]
        externalTag = nil
        utilizationLabelID = nil
        (order, fullOrder, toldAt) = (nil, nil, nil)
        others = []
    }
}
