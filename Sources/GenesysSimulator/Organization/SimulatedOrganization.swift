// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The organization: who works there, who talks to whom, and what is to happen later.
///
/// A plain value that changes only through its methods, each of which takes the time. What a change would announce
/// collects in ``outbox``.
struct SimulatedOrganization: Sendable {
    /// What happens by itself at a later moment.
    enum Action: Sendable {
        /// Workforce management learns of a change.
        case adherence(agent: Int, view: AdherenceView)
        /// An explanation begins or ends.
        case explanationLimit(agent: Int)
        case scheduleBoundary(agent: Int)
        case explanation(job: String)
        case traffic(TrafficStep)
        case scenario(ScenarioStep)
        case hand(round: Int)
        case storm(Storm)
    }

    struct Settings: Sendable {
        /// From a change of presence or routing status to the adherence that shows it; `nil` = it never does.
        var adherenceLatency: Duration? = .milliseconds(300)
        /// From an accepted explanation to the end of its job.
        var explanationLatency: Duration = .milliseconds(200)
        /// Jobs of explanations end with this error instead.
        var explanationError: String?
        /// Whether calls of the queue end in after-call work.
        var hasAfterCallWork = true
        /// Ended conversations that can still be read.
        var rememberedConversations = 1000
    }

    var settings: Settings
    let id: String
    let divisionID: String
    /// The queue that calls come to, the management unit and the team of whoever is in no other, and the wrap-up code of
    /// whoever names none: the first ones of the directory.
    let queueID: String
    let managementUnitID: String
    let businessUnitID: String
    let teamID: String
    let wrapupCode: String
    /// Queues, wrap-up codes, management units, teams and groups.
    var directory: OrganizationDirectory
    var presences: PresenceCatalog
    var activities: ActivityCatalog

    var agents: [SimulatedAgent] = []
    private(set) var agentIndices: [String: Int] = [:]
    var conversations: [String: SimulatedConversation] = [:]
    /// Ended conversations, oldest first.
    var endedConversations: [String] = []
    var explanationJobs: [String: ExplanationJob] = [:]
    var attributeSchemas: [AttributeSchema] = []

    var timeline = Timeline<Action>()
    var generator: SeededGenerator
    /// Nobody listens to events: do not build their bodies.
    var isObserved = true
    /// Parts of the topics somebody listens to; `nil` = all.
    var observedTopics: [String]?
    var outbox: [SimulatedEvent] = []
    /// The transaction that causes the events of the moment.
    var correlationID = ""
    /// Emits the hang-up snapshot that contradicts itself first (facts 6.3).
    var emitsMixedHangups = false

    init(agents count: Int, seed: UInt64, settings: Settings = Settings(), now: Timestamp) {
        self.settings = settings
        func fixed(_ name: String) -> String {
            var generator = SeededGenerator(seed: seed, name: name)
            return generator.uuid()
        }
        id = fixed("organization")
        divisionID = fixed("division")
        queueID = fixed("queue")
        managementUnitID = fixed("managementUnit")
        businessUnitID = fixed("businessUnit")
        teamID = fixed("team")
        wrapupCode = fixed("wrapup")
        directory = OrganizationDirectory(agents: count, seed: seed)
        presences = PresenceCatalog(seed: seed)
        activities = ActivityCatalog(seed: seed, presences: presences)
        // Ids at run time depend on the moment of start too: a second run must not repeat the event ids of the first,
        // or whoever de-duplicates would drop them.
        generator = SeededGenerator(seed: seed, name: "runtime", index: Int(now.milliseconds))
        correlationID = generator.uuid()
        agents.reserveCapacity(count)
        for index in 0..<count {
            let agent = SimulatedAgent(number: index, of: count, seed: seed, presences: presences, now: now)
            agents.append(agent)
            agentIndices[agent.id] = index
        }
        for index in agents.indices {
            computeAdherence(of: index, now: now)
            scheduleBoundary(of: index, now: now)
        }
    }

    func agent(_ id: String) -> Int? { agentIndices[id] }

    /// Nobody has heard of the conversation, as if it had ended long ago; nothing is announced.
    mutating func forget(_ conversationID: String) {
        conversations[conversationID] = nil
        endedConversations.removeAll { $0 == conversationID }
        for index in agents.indices { agents[index].conversations.removeAll { $0 == conversationID } }
    }

    /// Keeps an ended conversation readable for a while.
    mutating func retire(_ conversationID: String) {
        endedConversations.append(conversationID)
        while endedConversations.count > settings.rememberedConversations {
            conversations[endedConversations.removeFirst()] = nil
        }
    }
}

extension SimulatedAgent {
    /// Nine of ten agents start On Queue; the last one is Offline, some are Available.
    init(number: Int, of count: Int, seed: UInt64, presences: PresenceCatalog, now: Timestamp) {
        var generator = SeededGenerator(seed: seed, name: "agent", index: number)
        id = generator.uuid()
        let first = Self.firstNames[Int.random(in: 0..<Self.firstNames.count, using: &generator)]
        let last = Self.lastNames[Int.random(in: 0..<Self.lastNames.count, using: &generator)]
        let digits = String(number + 1)
        let width = max(2, String(count).count)
        let padded = String(repeating: "0", count: max(0, width - digits.count)) + digits
        name = "Agent \(padded) \(first) \(last)"
        email = "agent\(padded)@example.com"
        schedule = ActivitySchedule(generator: &generator)
        let initial =
            switch number {
            case count - 1 where count > 2: "Offline"
            case _ where number % 10 == 7: "Available"
            default: "OnQueue"
            }
        guard let presence = presences.system(initial) else {
            preconditionFailure("the catalog holds every system presence")
        }
        self.presence = presence
        let start = Timestamp(milliseconds: now.milliseconds - 60_000)
        formerPresence = (presence, "", start)
        presenceModifiedAt = start
        routingStatus = presence.system == "OnQueue" ? .idle : .offQueue
        routingStatusSince = start
        queuesModifiedAt = start
        lastChange = start
        view = AdherenceView(
            presence: presence,
            presenceUpdatedAt: start,
            routingStatus: presence.system == "OnQueue" ? .idle : .offQueue,
            isOutOfOffice: false,
            at: start
        )
    }

    private static let firstNames = [
        "Ada", "Bela", "Chidi", "Dora", "Emil", "Farah", "Goran", "Hana", "Ivo", "Jun", "Kira", "Liam", "Mina", "Nils",
        "Olga", "Pavel", "Quinn", "Rosa", "Sami", "Tara", "Uma", "Viktor", "Wanda", "Yusuf",
    ]
    private static let lastNames = [
        "Albers", "Bianchi", "Costa", "Dahl", "Eriksen", "Fischer", "Garcia", "Horvat", "Ito", "Jansen", "Kaya", "Lund",
        "Marsh", "Novak", "Okafor", "Petrov", "Reyes", "Silva", "Tanaka", "Urban", "Vogel", "Weber", "Young", "Zeman",
    ]
}
