// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Journal
import Logging
import Testing

/// What must be true after crashes: from the senders' books, the journal, and nothing of the relay's own reckoning.
struct CrashOracle {
    let books: CrashLoad.Books
    private var wrong: [String] = []

    /// What an agent must look like.
    fileprivate struct Expected {
        var presence: CrashEvent?
        var attributes: CrashEvent?
        /// The numbers that the history must show, in order: of presences, and of attributes.
        var presenceNumbers: [Int] = []
        var attributeNumbers: [Int] = []
    }

    /// Everything that is wrong with a relay that has applied all it has taken.
    static func wrong(_ books: CrashLoad.Books, _ relay: RunningRelay, journal path: String) async throws -> [String] {
        var oracle = CrashOracle(books: books)
        let events = try await oracle.journalled(path)
        var expected: [Int: Expected] = [:]
        for event in events { expected[event.agent, default: Expected()].take(event) }
        let agents = try await relay.agents()
        for (agent, expected) in expected.sorted(by: { $0.key < $1.key }) {
            let id = CrashEvent.agentID(agent)
            oracle.check(agents[id] ?? JSON(nil), agent, expected)
            oracle.check(try await relay.wholeHistory(id), agent, expected)
        }
        let letters = try await relay.get("/v1/dead-letters").json["deadLetters"].list
        if !letters.isEmpty { oracle.wrong.append("dead letters: \(letters.prefix(3))") }
        return oracle.wrong + books.wrong
    }

    private init(books: CrashLoad.Books) { self.books = books }

    /// The events in the journal, in its order, each of which must be there once.
    private mutating func journalled(_ path: String) async throws -> [CrashEvent] {
        var configuration = Journal.Configuration()
        configuration.access = .readOnly
        let journal = try Journal(
            url: "sqlite:" + path,
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        var events: [CrashEvent] = []
        var keys: Set<String> = []
        var sequence: Int64 = 0
        while case let page = try await journal.read(after: sequence, limit: 2000), let last = page.last {
            for record in page where record.entry.source == .webhook {
                guard let event = books.sent[record.entry.key] else {
                    wrong.append("never sent: \(record.entry.key)")
                    continue
                }
                if !keys.insert(event.key).inserted { wrong.append("twice in the journal: \(event.key)") }
                events.append(event)
            }
            sequence = last.sequence
        }
        await journal.close()
        let lost = books.taken.subtracting(keys)
        if !lost.isEmpty { wrong.append("202, but not in the journal: \(lost.count), \(lost.sorted().prefix(5))") }
        let strange = keys.subtracting(books.taken).subtracting(books.givenUp)
        if !strange.isEmpty { wrong.append("in the journal, but never answered: \(strange.sorted().prefix(5))") }
        return events
    }

    private mutating func check(_ agent: JSON, _ number: Int, _ expected: Expected) {
        func expect(_ name: String, _ found: String?, _ wanted: String?) {
            if found != wanted { wrong.append("agent \(number): \(name) is \(found ?? "–"), must be \(wanted ?? "–")") }
        }
        expect("presence", agent["presence"]["message"].value as? String, expected.presence.map { "\($0.number)" })
        expect(
            "definition",
            agent["presence"]["definitionId"].value as? String,
            expected.presence.map { CrashEvent.definitionID($0.number) }
        )
        let call = agent["conversations"].list.first ?? JSON(nil)
        let attributes = call["attributes"]
        expect("call", call["state"].value as? String, "connected")
        expect("number", attributes["number"].value as? String, expected.attributes.map { "\($0.number)" })
        guard CrashEvent.hasStatus(number), case .attributes(let status) = expected.attributes?.change else { return }
        expect("attribute", attributes["wfm_status"].value as? String, status)
        expect("wanted", agent["wanted"]["status"].value as? String, status == "Break" ? "Break" : nil)
    }

    /// Applied once: the history goes from number to number as the journal does.
    private mutating func check(_ history: [JSON], _ agent: Int, _ expected: Expected) {
        let lines = history.filter { $0["kind"].text == "event" }.map { $0["summary"].text }
        for (name, numbers) in [
            ("presence.message: ", expected.presenceNumbers),
            ("conversation.attributes.number: ", expected.attributeNumbers),
        ] {
            let steps = lines.compactMap { line in
                line.components(separatedBy: ", ").first { $0.hasPrefix(name) }?.dropFirst(name.count)
            }
            let before = ["–"] + numbers.map(String.init).dropLast()
            let wanted = zip(before, numbers).map { "\($0) → \($1)" }
            guard steps.map(String.init) != wanted else { continue }
            let place = zip(steps, wanted).enumerated().first { $1.0 != $1.1 }?.offset ?? min(steps.count, wanted.count)
            wrong.append(
                "agent \(agent): the history has \(steps.count) changes of \(wanted.count); from \(place): "
                    + "\(steps.dropFirst(place).prefix(3)), must be \(wanted.dropFirst(place).prefix(3))"
            )
        }
    }
}

extension CrashOracle.Expected {
    /// In the order of the journal: what is older than what is known changes nothing.
    fileprivate mutating func take(_ event: CrashEvent) {
        switch event.change {
        case .call: break
        case .presence:
            guard presence.map({ $0.time < event.time }) ?? true else { return }
            presence = event
            presenceNumbers.append(event.number)
        case .attributes:
            guard attributes.map({ $0.time < event.time }) ?? true else { return }
            attributes = event
            attributeNumbers.append(event.number)
        }
    }
}

extension RunningRelay {
    /// All lines, oldest first.
    fileprivate func wholeHistory(_ id: String) async throws -> [JSON] {
        var lines: [JSON] = []
        var next: String?
        repeat {
            let page = try await get("/v1/agents/\(id)/history?limit=1000" + (next.map { "&cursor=\($0)" } ?? "")).json
            lines += page["entries"].list
            next = page["next"].value as? String
        } while next != nil
        return lines.reversed()
    }
}
