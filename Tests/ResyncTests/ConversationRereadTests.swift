// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import AgentState
import Foundation
import GenesysAPI
import GenesysEvents
import Journal
import Logging
import Synchronization
import Testing

@testable import Resync

@Suite("Conversations read again", .timeLimit(.minutes(1)))
struct ConversationRereadTests {
    private static let now = Timestamp(milliseconds: 1_773_151_200_000)

    /// A conversation as the API answers it: the agent has a call and a message in it.
    private static let body = """
        {"id":"c","startTime":"2026-03-10T13:00:00.000Z","recordingState":"ACTIVE","selfUri":"/api/v2/conversations/c",
        "participants":[
          {"id":"p-1","purpose":"customer","startTime":"2026-03-10T13:00:00.000Z",
           "connectedTime":"2026-03-10T13:00:00.000Z","attributes":{"selfUri":"of the customer","recordingState":"YES"},
           "calls":[{"id":"k-1","state":"connected","recordingState":"ACTIVE","segments":[{"type":"ivr"}]}]},
          {"id":"p-2","purpose":"agent","userId":"a","queueId":"q","userUri":"/api/v2/users/a",
           "connectedTime":"2026-03-10T13:00:10.000Z","mediaRoles":["full"],"attributes":{"wfm_status":"Break"},
           "calls":[{"id":"k-2","state":"connected","direction":"inbound","held":false,"muted":true,
             "connectedTime":"2026-03-10T13:00:10.000Z","segments":[]}],
           "messages":[{"id":"m-2","state":"connected","connectedTime":"2026-03-10T13:00:10.000Z"}]}
        ]}
        """

    private func entries(
        _ body: String,
        for agentID: String = "a",
        knowing known: [ConversationFacts] = []
    ) -> [JournalEntry] {
        JournalEntry.observations(of: "c", Array(body.utf8), for: agentID, knowing: known, at: Self.now)
    }

    /// The facts of the agent after these entries, seen by the clock at their moment.
    private func facts(_ entries: [JournalEntry], from facts: AgentFacts = AgentFacts(id: "a")) throws -> AgentFacts {
        var facts = facts
        var decoder = NotificationDecoder()
        for entry in entries {
            let received = try #require(try decoder.decode(entry.body).first)
            #expect(received.notification.event.userID == facts.id)
            _ = facts.apply(received.notification, receivedAt: entry.receivedAt)
        }
        return facts
    }

    @Test("a conversation that was read becomes facts as its notification would")
    func observation() throws {
        let entries = entries(Self.body)
        #expect(entries.map(\.topic) == ["v2.users.a.conversations"])
        #expect(entries.map(\.source) == [.observation])
        #expect(entries.map(\.agentID) == ["a"])
        let facts = try facts(entries)
        let call = try #require(facts.conversations.first { $0.media == .call })
        #expect(call.communicationID == "k-2")
        #expect(call.muted)
        #expect(call.queueID == "q")
        #expect(call.attributes == ["wfm_status": "Break"])
        #expect(call.customerAttributes == ["selfUri": "of the customer", "recordingState": "YES"])
        #expect(facts.conversations.map(\.media).sorted { $0.rawValue < $1.rawValue } == [.call, .message])
    }

    @Test("segments and links are left out, and words are spelt as in the notification")
    func form() throws {
        let entry = try #require(entries(Self.body).first)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(entry.body)) as? [String: Any])
        let conversation = try #require(json["eventBody"] as? [String: Any])
        #expect(conversation["recordingState"] as? String == "active")
        #expect(conversation["selfUri"] == nil)
        let participants = try #require(conversation["participants"] as? [[String: Any]])
        let call = try #require((participants.first?["calls"] as? [[String: Any]])?.first)
        #expect(call["segments"] == nil)
        #expect(call["recordingState"] as? String == "active")
    }

    @Test("a conversation that Genesys no longer knows ends the agent's part in it, after-call work and all")
    func gone() throws {
        var known = try facts(entries(Self.body))
        known = try facts(entries("", knowing: known.conversations), from: known)
        #expect(known.conversations.map(\.isEnded) == [true, true])
        #expect(known.conversations.map(\.isLive) == [false, false])
        let call = try #require(known.conversations.first { $0.media == .call })
        #expect(call.queueID == "q")
        #expect(call.purpose == "agent")
        #expect(call.attributes == ["wfm_status": "Break"])
        #expect(call.endedAt == nil)
        #expect(entries("", knowing: known.conversations).isEmpty)
    }

    @Test("after-call work that is pending here ends with a conversation that is gone")
    func afterCallWork() throws {
        let pending = """
            {"id":"c","participants":[{"id":"p-2","purpose":"agent","userId":"a",
            "connectedTime":"2026-03-10T13:00:10.000Z","startAcwTime":"2026-03-10T13:30:00.000Z",
            "calls":[{"id":"k-2","state":"disconnected","disconnectedTime":"2026-03-10T13:30:00.000Z",
            "afterCallWork":{"state":"pending","startTime":"2026-03-10T13:30:00.000Z"}}]}]}
            """
        var known = try facts(entries(pending))
        #expect(known.conversations.map(\.isLive) == [true])
        known = try facts(entries("", knowing: known.conversations), from: known)
        #expect(known.conversations.map(\.isLive) == [false])
    }

    @Test("a conversation without the agent, or without one of the agent's media, ends that part only")
    func partlyGone() throws {
        var known = try facts(entries(Self.body))
        let onlyCall = Self.body.replacingOccurrences(of: "\"messages\"", with: "\"others\"")
        known = try facts(entries(onlyCall, knowing: known.conversations), from: known)
        #expect(known.conversations.filter { !$0.isEnded }.map(\.media) == [.call])
        let withoutAgent = Self.body.replacingOccurrences(of: "\"userId\":\"a\"", with: "\"userId\":\"b\"")
        known = try facts(entries(withoutAgent, knowing: known.conversations), from: known)
        #expect(known.conversations.filter { !$0.isEnded }.isEmpty)
    }

    @Test("an answer that is no conversation ends nothing", arguments: ["<html>", "[]", "{}", #"{"id":"c"}"#])
    func odd(body: String) throws {
        let known = try facts(entries(Self.body))
        #expect(entries(body, knowing: known.conversations).isEmpty)
    }

    // MARK: Reading

    /// Genesys, the pipeline and the journal as closures.
    private final class World: Sendable {
        struct State: Sendable {
            var reads: [String] = []
            var waiting: [CheckedContinuation<Void, Never>] = []
            var underWay = 0
            var mostUnderWay = 0
            var entries: [JournalEntry] = []
        }
        let state = Mutex(State())

        func rereads(_ answer: @escaping @Sendable (String) -> Result<[UInt8], GenesysAPIError>) -> ConversationRereads
        {
            ConversationRereads(
                gate: CallGate(
                    CallSchedule(budgets: [RequestBudget(requestsPerMinute: 300)]),
                    now: { ConversationRereadTests.now }
                ),
                effects: .init(
                    read: { [self] _, id throws(GenesysAPIError) in
                        await withCheckedContinuation { continuation in
                            state.withLock { state in
                                state.reads.append(id)
                                state.underWay += 1
                                state.mostUnderWay = max(state.mostUnderWay, state.underWay)
                                state.waiting.append(continuation)
                            }
                        }
                        state.withLock { $0.underWay -= 1 }
                        return try answer(id).get()
                    },
                    known: { _, _ in [] },
                    append: { [self] entries throws(JournalError) in state.withLock { $0.entries += entries } },
                    now: { ConversationRereadTests.now }
                ),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }

        func answerNext() {
            let next = state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
            next?.resume()
        }
    }

    private func eventually(_ what: Comment, _ condition: () -> Bool) async {
        let deadline = ContinuousClock.now + .seconds(10)
        while !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record(what)
                return
            }
            await Task.yield()
        }
    }

    private static let answered = Array(body.utf8)

    @Test("a conversation is read once for all who wait for it")
    func once() async {
        let world = World()
        let rereads = world.rereads { _ in .success(Self.answered) }
        await rereads.ask(for: "c", agentID: "a")
        await rereads.ask(for: "c", agentID: "b")
        await rereads.ask(for: "c", agentID: "a")
        await eventually("the read began") { world.state.withLock { !$0.waiting.isEmpty } }
        world.answerNext()
        await eventually("both agents hear of it") { world.state.withLock { $0.entries.count } == 2 }
        #expect(world.state.withLock { $0.reads } == ["c"])
        #expect(world.state.withLock { $0.entries.map(\.agentID) } == ["a", "b"])
        // Whoever asks later gets a read of that time.
        await rereads.ask(for: "c", agentID: "a")
        await eventually("another read") { world.state.withLock { $0.reads.count } == 2 }
        world.answerNext()
        await eventually("heard of again") { world.state.withLock { $0.entries.count } == 3 }
    }

    @Test("two are read at a time, and one that fails holds up nobody and journals nothing")
    func width() async {
        let world = World()
        let down = GenesysAPIError(.server, status: 503, message: "down", isWrite: false)
        let rereads = world.rereads { id in id == "1" ? .failure(down) : .success(Self.answered) }
        for id in 1...5 { await rereads.ask(for: "\(id)", agentID: "a") }
        for done in 0..<5 {
            await eventually("\(done + 1) reads began") { world.state.withLock { $0.reads.count } >= min(5, done + 2) }
            world.answerNext()
        }
        await eventually("four are journalled") { world.state.withLock { $0.entries.count } == 4 }
        #expect(world.state.withLock { $0.mostUnderWay } == 2)
    }

    @Test("nothing is read after the end")
    func stop() async {
        let world = World()
        let rereads = world.rereads { _ in .success(Self.answered) }
        await rereads.stop()
        await rereads.ask(for: "c", agentID: "a")
        for _ in 0..<100 { await Task.yield() }
        #expect(world.state.withLock { $0.reads.isEmpty })
    }
}
