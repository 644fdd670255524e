// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// All participants of a conversation at one moment; both the full and the flattened one-media form become this.
public struct ConversationSnapshot: Sendable, Equatable {
    /// The conversation's id.
    public var id: String
    /// In the order of the body, which is the order in which they joined.
    public var participants: [ParticipantSnapshot]
    /// `true` for the one-media topics: communications of other media are not in it, which does not mean they ended.
    public var isSingleMedia: Bool
    /// `externalTag`; the one-media topics have none.
    public var externalTag: String?
    /// `utilizationLabelId`
    public var utilizationLabelID: String?

    /// A snapshot of these participants.
    public init(id: String, participants: [ParticipantSnapshot], isSingleMedia: Bool = false) {
        self.id = id
        self.participants = participants
        self.isSingleMedia = isSingleMedia
    }

    /// The users that have a part in it, each once, in the order of the body.
    public var userIDs: [String] {
        participants.reduce(into: []) { ids, participant in
            if let id = participant.userID, !ids.contains(id) { ids.append(id) }
        }
    }
}

/// One party of a conversation: a customer, a queue, a flow, or one alert to an agent.
public struct ParticipantSnapshot: Sendable, Equatable {
    /// The participant's id.
    public var id: String
    /// `userId`, or `user.id` in the flattened form.
    public var userID: String?
    /// The display name.
    public var name: String?
    /// agent, user, customer, external, acd, ivr, … as sent (lower case)
    public var purpose: String?
    /// `queueId`, or `queue.id` in the flattened form.
    public var queueID: String?
    /// `startTime`: when the participant joined, which for an agent is when the alert or the dialling began. Only the
    /// one-media topics and reads have it.
    public var startTime: Timestamp?
    /// When the participant was connected; never for an alert that was not answered.
    public var connectedTime: Timestamp?
    /// When the participant left.
    public var endTime: Timestamp?
    /// When after-call work began.
    public var startAcwTime: Timestamp?
    /// When after-call work ended.
    public var endAcwTime: Timestamp?
    /// `wrapup.code`; a communication may have one of its own.
    public var wrapupCode: String?
    /// `wrapupRequired`: false while only alerting.
    public var wrapupRequired: Bool?
    /// mandatory, optional, agentRequested, timeout, forcedTimeout, as sent
    public var wrapupPrompt: String?
    /// `wrapupTimeoutMs`, in milliseconds: how long after-call work may take.
    public var wrapupTimeoutMs: Int?
    /// `mediaRoles`: all that the participant's media have been, as sent (`full`, `monitor`, …).
    public var mediaRoles: [String]
    /// The participant that this one listens to.
    public var monitoredParticipantID: String?
    /// The participant whose screen this one watches.
    public var screenMonitoredParticipantID: String?
    /// The participant that this one coaches.
    public var coachedParticipantID: String?
    /// The participant in whose conversation this one has barged.
    public var bargedParticipantID: String?
    /// Of a consult transfer: its target, said by who began it, or the one to be transferred, said by the target.
    public var consultParticipantID: String?
    /// Participant data; values that are not text are left out.
    public var attributes: Attributes
    /// One for each medium, as a rule. The flattened form has exactly one, under the participant's id.
    public var communications: [CommunicationSnapshot]

    /// A participant without times and attributes.
    public init(id: String, userID: String? = nil, purpose: String? = nil, communications: [CommunicationSnapshot] = [])
    {
        self.id = id
        self.userID = userID
        self.purpose = purpose
        mediaRoles = []
        attributes = [:]
        self.communications = communications
    }
}

/// One call, chat, … of a participant.
public struct CommunicationSnapshot: Sendable, Equatable {
    /// The communication's id; the participant's id in the flattened form, which has no other.
    public var id: String
    /// Its medium.
    public var media: MediaType
    /// alerting, dialing, contacting, offering, connected, disconnected, terminated, … as sent (lower case); `none`
    /// when absent and not to be seen from the times
    public var state: String
    /// The state in which it began: alerting, dialing, … as sent (lower case).
    public var initialState: String?
    /// `inbound` or `outbound`
    public var direction: String?
    /// On hold.
    public var held: Bool
    /// The microphone is off (`muted`, of a video `audioMuted`).
    public var muted: Bool
    /// Cannot hear the others, by no wish of its own.
    public var confined: Bool
    /// When the present hold began.
    public var startHoldTime: Timestamp?
    /// When it was connected.
    public var connectedTime: Timestamp?
    /// When it ended.
    public var disconnectedTime: Timestamp?
    /// client, peer, system, transfer, … as sent (lower case)
    public var disconnectType: String?
    /// unknown, skipped, pending, complete, notApplicable
    public var afterCallWork: String?
    /// When after-call work began.
    public var afterCallWorkStart: Timestamp?
    /// When after-call work ended.
    public var afterCallWorkEnd: Timestamp?
    /// `wrapup.code` of the communication itself.
    public var wrapupCode: String?
    /// Of a callback that previews a dialling campaign: its campaign.
    public var campaignID: String?
    /// Of a message: sms, whatsapp, webmessaging, open, … as sent (lower case).
    public var messageType: String?

    /// A communication without times.
    public init(id: String, media: MediaType, state: String) {
        self.id = id
        self.media = media
        self.state = state
        held = false
        muted = false
        confined = false
    }

    /// Any of a final state, a disconnect type or a disconnect time is an end: the platform has been seen to set them
    /// one after the other.
    public var isEnded: Bool {
        state == "disconnected" || state == "terminated" || disconnectType != nil || disconnectedTime != nil
    }
}
