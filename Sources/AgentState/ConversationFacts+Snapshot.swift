// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension ConversationFacts.Fields {
    /// Takes in a snapshot: the agent's communications in this medium, and what it says of the whole. The
    /// communications are returned for `resolve`; `isOlder` = not all of it is news.
    mutating func take(
        _ seen: inout MediumSnapshot,
        _ order: FactOrder
    ) -> (communications: [ConversationFacts], isOlder: Bool) {
        let isOlder = isNewer(than: order, seen.communications)
        let isOlderForm = fullOrder.map { order.isOlder(than: $0, by: .envelope) } ?? false
        // The one-media forms other than that of calls have not all that tells a role.
        let tellsRole = media == .call ? !isOlder : !seen.isSingleMedia && !isOlderForm
        let stamp = AttributeStamp(order)
        let base = self.order.map { AttributeStamp($0) }
        var known = [communicationOnly] + others
        for place in known.indices where known[place].presumed != nil { known[place].fields.withdrawPresumedEnd() }
        // In their places: nobody else holds them, so that to change them copies nothing.
        for candidate in seen.communications.indices {
            if !tellsRole { seen.communications[candidate].role = .agent }
            // An older one without a time of its own rang before we heard of it, and how long before is not known.
            if seen.communications[candidate].isAlerting, !isOlder || order.envelope != nil {
                let told = seen.communications[candidate].alertedAt
                seen.communications[candidate].alertedAt = Timestamp.earliest(told, order.moment)
            }
            seen.communications[candidate].fields.settle()
            let candidate = seen.communications[candidate]
            guard let place = known.firstIndex(where: { $0.isSameCommunication(as: candidate) }) else {
                // A newer snapshot has all participants of an older one: this one is known to be over, and forgotten.
                if !isOlder { known.append(candidate) }
                continue
            }
            if tellsRole { known[place].role = candidate.role }
            known[place].fields.merge(candidate, isOlder: isOlder, order, known: self.order)
        }
        // A snapshot has all that is going on: what a newer one does not have any more is gone, and no older one brings it
        // back, for it is unknown then.
        if !isOlder {
            known.removeAll { facts in
                facts.isLive && !seen.communications.contains { $0.isSameCommunication(as: facts) }
            }
        }
        if !seen.isSingleMedia, !isOlderForm {
            externalTag = seen.externalTag
            fullOrder = order
        }
        if isOlder {
            customerAttributes.fill(from: seen.customerAttributes, stamp, &customerWritten)
            utilizationLabelID = utilizationLabelID ?? seen.utilizationLabelID
        } else {
            customerAttributes.take(seen.customerAttributes, stamp, base: base, &customerWritten)
            if !seen.customerParticipantIDs.isEmpty { customerParticipantIDs = seen.customerParticipantIDs }
            utilizationLabelID = seen.utilizationLabelID ?? utilizationLabelID
            participants = seen.participants
            self.order = order
        }
        return (known, isOlder)
    }

    // MARK: - Attributes

    /// Whose attributes these facts have.
    func has(participant: String) -> Bool {
        participantID == participant || customerParticipantIDs.contains(participant)
            || others.contains { $0.participantID == participant }
    }

    /// Takes in what was written to a participant; `false` when all of it is older than what is known.
    mutating func write(_ values: Attributes, of participant: String, _ stamp: AttributeStamp) -> Bool {
        var isTaken = false
        let base = order.map { AttributeStamp($0) }
        if participantID == participant { isTaken = writeOwn(values, stamp, base: base) }
        for place in others.indices where others[place].participantID == participant {
            isTaken = others[place].fields.writeOwn(values, stamp, base: base) || isTaken
        }
        if customerParticipantIDs.contains(participant) {
            isTaken = customerAttributes.write(values, stamp, base: base, &customerWritten) || isTaken
        }
        return isTaken
    }

    private mutating func writeOwn(_ values: Attributes, _ stamp: AttributeStamp, base: AttributeStamp?) -> Bool {
        attributes.write(values, stamp, base: base, &written)
    }
}
