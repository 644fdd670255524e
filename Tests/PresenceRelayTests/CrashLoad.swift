// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import HTTPClient
import Logging
import Synchronization

/// Senders that never tire: each has a connection and some agents, sends numbered events of theirs, and sends what was
/// not answered again, as EventBridge does.
final class CrashLoad: Sendable {
    /// What the senders know.
    struct Books {
        var sent: [String: CrashEvent] = [:]
        /// Keys of the events that were answered with 202.
        var taken: Set<String> = []
        /// Keys of events that had no answer, and were not sent again: nobody knows of them.
        var givenUp: Set<String> = []
        var wrong: [String] = []
        var unanswered = 0
        var refused = 0
        fileprivate var nextNumber = 1
        fileprivate var lastTime: [Int: Timestamp] = [:]
        fileprivate var victim: Child?
        fileprivate var isStopped = false
    }

    static let senders = 16
    static let agents = 42
    let url: String
    private let seed: UInt64
    private let client: HTTPClient
    private let books = Mutex(Books())

    init(url: String, seed: UInt64) throws {
        self.url = url
        self.seed = seed
        var configuration = HTTPClient.Configuration()
        configuration.maxConnectionsPerHost = Self.senders
        client = try HTTPClient(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    var result: Books { books.withLock { $0 } }
    var takenCount: Int { books.withLock { $0.taken.count } }

    /// Kills the process in the moment in which the next 202 arrives.
    func killAtNextAnswer(_ child: Child) { books.withLock { $0.victim = child } }

    /// The senders end when what they have sent is answered.
    func stop() { books.withLock { $0.isStopped = true } }

    /// Sends until ``stop()``; throws never, what is wrong stands in the books.
    func run() async {
        await withTaskGroup { group in
            for index in 0..<Self.senders { group.addTask { await self.send(as: index) } }
        }
        await client.shutdown()
    }

    private func send(as index: Int) async {
        var random = SeededGenerator(seed: seed &+ UInt64(index))
        let own = (0..<Self.agents).filter { $0 % Self.senders == index }
        // Attributes belong to a call that is known, and a status is wanted of somebody whose presence is known.
        for agent in own {
            let first = [event(of: agent, .presence), event(of: agent, .call)]
            await deliver(first, closes: false, &random, givesUp: false)
        }
        var earlier: [CrashEvent] = []
        while !(books.withLock { $0.isStopped }) {
            let count = random.chance(5) ? 40 : Int.random(in: 1...5, using: &random)
            var events = (0..<count).map { _ in event(of: own.randomElement(using: &random) ?? index, &random) }
            if random.chance(10), let again = earlier.randomElement(using: &random) { events.append(again) }
            let closes = random.chance(30)
            await deliver(events, closes: closes, &random)
            if random.chance(10) { await deliver(events, closes: closes, &random) }
            earlier = Array((earlier + events).suffix(100))
            try? await Task.sleep(for: .milliseconds(Int.random(in: 1...15, using: &random)))
        }
    }

    // MARK: Events

    private func event(of agent: Int, _ random: inout SeededGenerator) -> CrashEvent {
        if CrashEvent.hasPresences(agent), !CrashEvent.hasAttributes(agent) || random.chance(50) {
            return event(of: agent, .presence)
        }
        let status = CrashEvent.hasStatus(agent) ? (random.chance(50) ? "Break" : "") : nil
        return event(of: agent, .attributes(status: status))
    }

    private func event(of agent: Int, _ change: CrashEvent.Change) -> CrashEvent {
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        return books.withLock { books in
            let time = max(now, (books.lastTime[agent] ?? now).advanced(by: .milliseconds(1)))
            let event = CrashEvent(number: books.nextNumber, agent: agent, change: change, time: time)
            books.nextNumber += 1
            books.lastTime[agent] = time
            books.sent[event.key] = event
            return event
        }
    }

    // MARK: Sending

    /// Until it is answered with 202, or given up.
    private func deliver(
        _ events: [CrashEvent],
        closes: Bool,
        _ random: inout SeededGenerator,
        givesUp: Bool = true
    ) async {
        let length = Int.random(in: 0...3000, using: &random)
        // Some shrink in the journal to next to nothing, some hardly.
        let filler = String(decoding: (0..<length).map { $0 < length / 2 ? 0x66 : random.letter() }, as: UTF8.self)
        let lines = events.map { $0.json(filler: filler) }
        let isLines = random.chance(50)
        let list = lines.count == 1 ? lines[0] : "[\(lines.joined(separator: ","))]"
        let text = isLines ? lines.joined(separator: "\n") : list
        var request = ClientRequest(method: "POST", url: url + "/v1/events")
        request.headers = [
            (name: "X-API-Key", value: Installation.key),
            (name: "Content-Type", value: isLines ? "application/x-ndjson" : "application/json"),
        ]
        if closes { request.headers.append((name: "Connection", value: "close")) }
        request.body = Array(text.utf8)
        while true {
            let new = books.withLock { books in Set(events.map(\.key)).count { !books.taken.contains($0) } }
            let answer = (try? await client.send(request)).map(Answer.init)
            if let answer, answer.status == 202 {
                note(answer, events, new)
                return
            }
            let isGivenUp = givesUp && answer == nil && random.chance(3)
            books.withLock { books in
                if answer == nil { books.unanswered += 1 } else { books.refused += 1 }
                if let answer, answer.status != 503 { books.wrong.append("\(answer.status) \(answer.text)") }
                let saysWhen = answer?.headers.contains { $0.name.lowercased() == "retry-after" } ?? true
                if !saysWhen { books.wrong.append("503 without Retry-After") }
                if isGivenUp { books.givenUp.formUnion(events.map(\.key)) }
            }
            if isGivenUp { return }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func note(_ answer: Answer, _ events: [CrashEvent], _ new: Int) {
        let accepted = answer.json["accepted"].int ?? -1, duplicate = answer.json["duplicate"].int ?? -1
        let victim = books.withLock { books in
            books.taken.formUnion(events.map(\.key))
            if accepted + duplicate != events.count { books.wrong.append("\(events.count) sent: \(answer.text)") }
            if accepted > new { books.wrong.append("\(accepted) accepted, of which \(new) can be new") }
            defer { books.victim = nil }
            return books.victim
        }
        victim?.kill()
    }
}
