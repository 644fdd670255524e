// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import GenesysEvents
public import Pipeline

/// Recorded events through the rules, with every step explained: what `explain` prints.
public struct Explanation {
    private let rehearsal: Rehearsal
    private var recording = EventRecording()
    private let start: Timestamp?
    /// What has happened so far.
    public private(set) var report = Report()

    /// What `explain --json` prints.
    public struct Report: Encodable, Sendable {
        /// Events in the order in which they were given, and between them the moments at which a timer fired.
        public var events: [ExplainedStep] = []
    }

    /// - Parameter start: the time on the clock before the first event; `nil` = that of the first event.
    public init(engine: DecisionEngine, from start: Timestamp? = nil) {
        self.start = start
        rehearsal = Rehearsal(engine: engine, from: start ?? Timestamp(milliseconds: .min))
    }

    /// Takes a body as the webhook would, or one that `replay --export` has written. The clock is that of the events and
    /// never goes back.
    ///
    /// - Parameter now: the time of an event that has none, when none before it had one.
    public mutating func take(_ body: [UInt8], now: Timestamp) throws(EventDecodingError) {
        for event in try recording.read(body, now: start ?? now) { take(event) }
    }

    /// Lets time pass after the last event.
    public mutating func run(until end: Timestamp) {
        var steps: [ExplainedStep] = []
        rehearsal.advance(to: end) { steps.append(ExplainedStep($0)) }
        report.events += steps
    }

    /// The time on the clock; `nil` = nothing has set it yet.
    public var clock: Timestamp? { rehearsal.clock.milliseconds == .min ? nil : rehearsal.clock }

    private mutating func take(_ event: RecordedEvent) {
        run(until: event.at)
        var explained = ExplainedStep(topic: event.notification.topicName, trigger: .event, at: event.at)
        if rehearsal.clock > event.at { explained.takenAt = rehearsal.clock }
        var after: [ExplainedStep] = []
        let count = rehearsal.take(event) { step in
            if step.trigger == .event {
                explained.agents.append(.init(step))
            } else {
                after.append(ExplainedStep(step))
            }
        }
        switch event.notification.event {
        case .unused: explained.note = "a topic that the relay does not use: ignored"
        case .undecodable(let reason): explained.note = "cannot be applied, becomes a dead letter: \(reason)"
        default:
            if count == 0 {
                explained.note = "no agent is known to take part in this conversation yet: nothing to do"
            }
        }
        report.events.append(explained)
        report.events += after
    }

    /// The report for people.
    public var lines: [String] {
        var number = 0
        return report.events.flatMap { step in
            if step.trigger == .event { number += 1 }
            return step.lines(number: number)
        }
    }
}

extension ExplainedStep {
    /// Of one agent's step alone.
    init(_ step: RehearsalStep) {
        self.init(topic: step.topic ?? step.trigger.rawValue, trigger: step.trigger, at: step.at)
        agents = [.init(step)]
    }

    /// For people.
    ///
    /// - Parameter number: of the event, when it is one that is counted.
    func lines(number: Int? = nil) -> [String] {
        let late = takenAt.map { "  (taken at \($0))" } ?? ""
        let event = number.map { "event \($0)" } ?? "event"
        var lines = trigger == .event ? ["\(event)  \(at)  \(topic)\(late)"] : ["\(trigger.title)  \(at)"]
        if let note { lines.append("  \(note)") }
        for agent in agents {
            lines.append("  agent \(agent.id)")
            lines += agent.lines.map { "    \($0)" }
        }
        return lines
    }
}

extension RehearsalStep.Trigger {
    fileprivate var title: String {
        switch self {
        case .event, .timer, .change: rawValue
        case .echo: "echo: what was written is seen as the agent's presence"
        case .read: "the presence has been read"
        }
    }
}
