// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

extension ConversationFacts: Codable {
    /// What `encode(to:)` has written.
    public init(from decoder: any Decoder) throws { self.init(try Fields(from: decoder)) }

    /// For the relay's own storage, not for any API.
    public func encode(to encoder: any Encoder) throws { try fields.encode(to: encoder) }
}

extension ConversationFacts.Fields: Codable {
    // Short names, and nothing that has its usual value: one is stored with every agent for every conversation.
    private enum CodingKeys: String, CodingKey {
        case id, media, state, held, muted, purpose, order, others, standby, role, presumed
        case participantID = "part"
        case communicationID = "comm"
        case direction = "dir"
        case heldSince = "heldAt"
        case queueID = "queue"
        case connectedAt = "conn"
        case endedAt = "end"
        case confined = "conf"
        case alertedAt = "alert"
        case disconnectType = "why"
        case participants = "people"
        case afterCallWorkSince = "acwAt"
        case wrapupTimeoutMs = "acwMs"
        case wrapupPrompt = "prompt"
        case wrapupRequired = "wrapReq"
        case campaignID = "camp"
        case messageType = "kind"
        case mediaRoles = "roles"
        case externalTag = "tag"
        case utilizationLabelID = "label"
        case toldAt = "told"
        case afterCallWork = "acw"
        case wrapupCode = "wrap"
        case attributes = "attr"
        case customerAttributes = "cust"
        case customerParticipantIDs = "custParts"
        case isEnded = "ended"
        case releasedHold = "released"
        case written = "attrAt"
        case customerWritten = "custAt"
        case fullOrder = "full"
        case isUnoffered = "unoffered"
    }

    /// What `encode(to:)` has written.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            try container.decodeIfPresent(Value.self, forKey: key)
        }
        self.init(
            id: try container.decode(String.self, forKey: .id),
            media: try container.decode(MediaType.self, forKey: .media),
            participantID: try container.decode(String.self, forKey: .participantID),
            communicationID: try container.decode(String.self, forKey: .communicationID),
            state: try container.decode(String.self, forKey: .state)
        )
        direction = try value(.direction)
        held = try value(.held) ?? false
        heldSince = try value(.heldSince)
        muted = try value(.muted) ?? false
        confined = try value(.confined) ?? false
        queueID = try value(.queueID)
        purpose = try value(.purpose)
        role = try value(.role) ?? .agent
        alertedAt = try value(.alertedAt)
        connectedAt = try value(.connectedAt)
        endedAt = try value(.endedAt)
        disconnectType = try value(.disconnectType)
        participants = try value(.participants) ?? 0
        afterCallWork = try value(.afterCallWork)
        afterCallWorkSince = try value(.afterCallWorkSince)
        wrapupTimeoutMs = try value(.wrapupTimeoutMs)
        wrapupPrompt = try value(.wrapupPrompt)
        wrapupRequired = try value(.wrapupRequired)
        wrapupCode = try value(.wrapupCode)
        campaignID = try value(.campaignID)
        messageType = try value(.messageType)
        mediaRoles = try value(.mediaRoles) ?? []
        externalTag = try value(.externalTag)
        utilizationLabelID = try value(.utilizationLabelID)
        attributes = try value(.attributes) ?? [:]
        customerAttributes = try value(.customerAttributes) ?? [:]
        customerParticipantIDs = try value(.customerParticipantIDs) ?? []
        isEnded = try value(.isEnded) ?? false
        order = try value(.order)
        toldAt = try value(.toldAt)
        releasedHold = try value(.releasedHold)
        written = try value(.written) ?? [:]
        customerWritten = try value(.customerWritten) ?? [:]
        presumed = try? value(.presumed)
        // Earlier versions had only a flag there.
        if presumed == nil, (try? value(.presumed)) == true {
            presumed = PresumedEnd(state: "connected", isEnded: false, held: false, afterCallWork: afterCallWork)
        }
        fullOrder = try value(.fullOrder)
        isUnoffered = try value(.isUnoffered) ?? false
        // Earlier versions kept fewer of them, and the whole conversation with each.
        let standby: [ConversationFacts]? = try value(.standby)
        others = try value(.others) ?? standby?.map { $0.communicationOnly } ?? []
    }

    /// For the relay's own storage, not for any API.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func put<Value: Encodable & Equatable>(_ value: Value, _ key: CodingKeys, unless usual: Value) throws {
            if value != usual { try container.encode(value, forKey: key) }
        }
        try container.encode(id, forKey: .id)
        try container.encode(media, forKey: .media)
        try container.encode(participantID, forKey: .participantID)
        try container.encode(communicationID, forKey: .communicationID)
        try container.encode(state, forKey: .state)
        try container.encode(present: direction, .direction)
        try put(held, .held, unless: false)
        try container.encode(present: heldSince, .heldSince)
        try put(muted, .muted, unless: false)
        try put(confined, .confined, unless: false)
        try container.encode(present: queueID, .queueID)
        try container.encode(present: purpose, .purpose)
        try put(role, .role, unless: .agent)
        try container.encode(present: alertedAt, .alertedAt)
        try container.encode(present: connectedAt, .connectedAt)
        try container.encode(present: endedAt, .endedAt)
        try container.encode(present: disconnectType, .disconnectType)
        try put(participants, .participants, unless: 0)
        try container.encode(present: afterCallWork, .afterCallWork)
        try container.encode(present: afterCallWorkSince, .afterCallWorkSince)
        try container.encode(present: wrapupTimeoutMs, .wrapupTimeoutMs)
        try container.encode(present: wrapupPrompt, .wrapupPrompt)
        try container.encode(present: wrapupRequired, .wrapupRequired)
        try container.encode(present: wrapupCode, .wrapupCode)
        try container.encode(present: campaignID, .campaignID)
        try container.encode(present: messageType, .messageType)
        try put(mediaRoles, .mediaRoles, unless: [])
        try container.encode(present: externalTag, .externalTag)
        try container.encode(present: utilizationLabelID, .utilizationLabelID)
        try put(attributes, .attributes, unless: [:])
        try put(customerAttributes, .customerAttributes, unless: [:])
        try put(customerParticipantIDs, .customerParticipantIDs, unless: [])
        try put(isEnded, .isEnded, unless: false)
        try container.encode(present: order, .order)
        try container.encode(present: toldAt, .toldAt)
        try container.encode(present: releasedHold, .releasedHold)
        try put(written, .written, unless: [:])
        try put(customerWritten, .customerWritten, unless: [:])
        try container.encode(present: presumed, .presumed)
        try container.encode(present: fullOrder, .fullOrder)
        try put(isUnoffered, .isUnoffered, unless: false)
        try put(others, .others, unless: [])
    }
}
