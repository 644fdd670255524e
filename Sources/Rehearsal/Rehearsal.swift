// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
public import GenesysEvents
import Journal
public import Pipeline
import StatusRules

/// A relay without the world: events in the order of their times go through the same decisions as in a running relay, on a
/// clock of their own, with its timers. Pure: no I/O, no task.
///
/// Every call counts as done at once: a presence that is written becomes the agent's presence at that moment, as its echo
/// would show it; a tag or an explanation is done. What follows from a presence in Genesys Cloud itself (routing status,
/// adherence) is not made up.
public final class Rehearsal {
    /// What a rehearsal is asked to tell.
    public struct Options: Sendable {
        /// Every step has the evaluation of every rule, which costs several times as much as the decision itself. Without,
        /// steps that lead to nothing are told only when the agent's name or wanted status is another one.
        public var traces = true
        /// How long a presence that has to be read first stays unknown; then it counts as Available.
        public var readTakes = Duration.zero
        /// The only agents that there are; `nil` = all. Some events name several.
        public var includes: (@Sendable (_ agentID: String) -> Bool)?

        /// The defaults.
        public init() {}
    }

    /// The decisions.
    public let engine: DecisionEngine
    // Unchecked is safe here and in `RehearsedAgent`: nothing that is called during an access comes back here. Checked,
    // they took several percent of a replay.
    /// The time of the newest step; never goes back.
    @exclusivity(unchecked) public private(set) var clock: Timestamp
    let options: Options
    @exclusivity(unchecked) var agents = RehearsedAgents()
    @exclusivity(unchecked) private var wakes = WakeQueue()
    /// Of the agents that the newest event is about.
    @exclusivity(unchecked) private var newestPlaces: [Int] = []

    /// What a read of a presence that nobody has told of is taken to show.
    public static let assumedDefinition = "presence before"
    /// Nothing is known of any agent.
    public init(engine: DecisionEngine, from clock: Timestamp, options: Options = Options()) {
        self.engine = engine
        self.clock = clock
        self.options = options
    }

    /// What is kept of an agent; `nil` = never heard of.
    public func record(of agentID: String) -> AgentRecord? {
        agents.knownPlace(of: agentID).map { agents.all[$0].record }
    }

    /// When the next timer is due; `nil` = none is.
    public var nextWake: Timestamp? {
        while let wake = wakes.earliest, !isMeant(wake) { wakes.removeEarliest() }
        return wakes.earliest?.at
    }

    /// Lets time pass: timers due until then are looked at in their order, each at its own time.
    public func advance(to time: Timestamp, _ tell: (RehearsalStep) -> Void) {
        while let due = nextWake, due <= time, let wake = wakes.earliest {
            wakes.removeEarliest()
            clock = max(clock, due)
            fire(wake, tell)
        }
        clock = max(clock, time)
    }

    /// Takes an event at its time, or now when the clock is past that; timers due until then come first.
    ///
    /// - Returns: how many agents it is about.
    @discardableResult
    public func take(_ event: RecordedEvent, _ tell: (RehearsalStep) -> Void) -> Int {
        advance(to: event.at, tell)
        newestPlaces = agents.places(for: event.notification.event, including: options.includes)
        for place in newestPlaces {
            take(event, at: place, tell) { entry, record in
                engine.take(event.notification, from: entry, now: clock, into: &record)
            }
            switch event.notification.event {
            case .conversation(_, let snapshot), .queueConversation(let snapshot): agents.note(snapshot.id, at: place)
            default: break
            }
        }
        return newestPlaces.count
    }

    /// Takes the event that another rehearsal has just taken, as every one before: what it is about is not found out once
    /// more. Only the presences may differ, by what the decisions have made of them.
    public func follow(_ twin: Rehearsal, _ event: RecordedEvent, _ tell: (RehearsalStep) -> Void) {
        advance(to: event.at, tell)
        agents.add(from: twin.agents)
        for place in twin.newestPlaces {
            take(event, at: place, tell) { entry, record in
                guard !event.notification.event.tellsPresence else {
                    return engine.take(event.notification, from: entry, now: clock, into: &record)
                }
                return engine.take(
                    event.notification,
                    from: entry,
                    alreadyIn: twin.agents.all[place].record.facts,
                    now: clock,
                    into: &record
                )
            }
        }
    }

    private func take(
        _ event: RecordedEvent,
        at place: Int,
        _ tell: (RehearsalStep) -> Void,
        _ decide: (JournalEntry, inout AgentRecord) -> DecisionEngine.Outcome
    ) {
        let agent = agents.all[place]
        let before = options.traces ? agent.record.episode : nil
        let outcome = decide(event.entry(for: agent.record.facts.id), &agent.record)
        let moment = Moment(
            place: place,
            trigger: .event,
            key: event.key,
            topic: event.notification.topicName,
            before: before
        )
        finish(moment, outcome, tell)
    }

    /// Changes an agent by hand, and looks at it: as if news of just that had come.
    public func change(
        _ agentID: String,
        key: String,
        _ change: (inout AgentRecord) -> Void,
        _ tell: (RehearsalStep) -> Void
    ) {
        let place = agents.place(of: agentID)
        let before = options.traces ? agents.all[place].record.episode : nil
        change(&agents.all[place].record)
        for conversation in agents.all[place].record.facts.conversations { agents.note(conversation.id, at: place) }
        let outcome = engine.look(eventKey: key, now: clock, into: &agents.all[place].record)
        finish(Moment(place: place, trigger: .change, key: key, before: before), outcome, tell)
    }

    // MARK: Timers

    private func isMeant(_ wake: WakeQueue.Wake) -> Bool {
        wake.isAnswer ? agents.all[wake.agent].answerAt == wake.at : agents.all[wake.agent].wakeAt == wake.at
    }

    private func fire(_ wake: WakeQueue.Wake, _ tell: (RehearsalStep) -> Void) {
        let before = options.traces ? agents.all[wake.agent].record.episode : nil
        if wake.isAnswer {
            agents.all[wake.agent].answerAt = nil
            guard agents.all[wake.agent].record.facts.presence == nil else { return }
            assumePresence(at: wake.agent)
            let outcome = engine.look(eventKey: "read", now: clock, into: &agents.all[wake.agent].record)
            return finish(Moment(place: wake.agent, trigger: .read, key: "read", before: before), outcome, tell)
        }
        agents.all[wake.agent].wakeAt = nil
        let outcome = engine.wake(now: clock, into: &agents.all[wake.agent].record)
        finish(Moment(place: wake.agent, trigger: .timer, key: "timer", before: before), outcome, tell)
    }

    /// A read is under way from now on, unless one is already.
    func waitForAnswer(at place: Int) {
        guard agents.all[place].answerAt == nil else { return }
        let due = clock.advanced(by: options.readTakes)
        agents.all[place].answerAt = due
        wakes.add(.init(at: due, agent: place, isAnswer: true))
    }

    /// After a step: when the agent has to be looked at again.
    func setTimer(_ place: Int) {
        guard let due = agents.all[place].record.wakeAt else {
            agents.all[place].wakeAt = nil
            agents.all[place].looksInPlace = 0
            return
        }
        // What is due at the very moment at which it was looked at would be due for ever.
        agents.all[place].looksInPlace = due <= clock ? agents.all[place].looksInPlace + 1 : 0
        guard agents.all[place].looksInPlace < Self.rounds, agents.all[place].wakeAt != due else { return }
        agents.all[place].wakeAt = due
        wakes.add(.init(at: due, agent: place, isAnswer: false))
    }
}
