// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer
import Synchronization
import Testing

@testable import Console

@Suite("The live stream", .timeLimit(.minutes(1)))
struct StreamTests {
    private struct Gone: Error {}

    /// A stream whose source the test feeds, and what was written, piece by piece.
    private func open(
        heartbeat: Duration = .seconds(60),
        letters: AsyncStream<DeadLetterView>? = nil
    ) async throws -> (feed: AsyncStream<AgentView>.Continuation, run: @Sendable (HTTPBodyWriter) async throws -> Void)
    {
        let (changes, feed) = AsyncStream.makeStream(of: AgentView.self)
        var sources = ConsoleSources.mock
        sources.changes = { changes }
        sources.newDeadLetters = { letters ?? AsyncStream { $0.finish() } }
        let response = await ConsoleFixture(heartbeat: heartbeat, sources: sources).send(.get, "/v1/stream")
        #expect(response.status.code == 200)
        #expect(response.headers["Content-Type"] == "text/event-stream")
        guard case .stream(let run) = response.body else { throw Gone() }
        return (feed, run)
    }

    private func agent(_ id: String, _ name: String) -> AgentView { AgentView(id: id, name: name) }

    @Test("each change is one event with the agent as JSON")
    func events() async throws {
        let (feed, run) = try await open()
        let (pieces, piece) = AsyncStream.makeStream(of: String.self)
        async let done: Void = run(HTTPBodyWriter { piece.yield(String(decoding: $0, as: UTF8.self)) })
        var reader = pieces.makeAsyncIterator()
        #expect(await reader.next() == "retry: 2000\n: connected\n\n")
        feed.yield(agent("a", "Ada\nLovelace"))
        #expect(
            await reader.next() == """
                event: agent
                data: {"conversations":[],"id":"a","name":"Ada\\nLovelace"}


                """
        )
        feed.finish()
        try await done
    }

    @Test("it says that it is open once nothing can be missed any more")
    func subscribedFirst() async throws {
        let steps = Mutex<[String]>([])
        let (changes, feed) = AsyncStream.makeStream(of: AgentView.self)
        var sources = ConsoleSources.mock
        sources.changes = {
            for _ in 0..<100 { await Task.yield() }
            steps.withLock { $0.append("subscribed") }
            return changes
        }
        sources.newDeadLetters = {
            for _ in 0..<100 { await Task.yield() }
            steps.withLock { $0.append("subscribed") }
            return AsyncStream { $0.finish() }
        }
        let response = await ConsoleFixture(sources: sources).send(.get, "/v1/stream")
        guard case .stream(let run) = response.body else { throw Gone() }
        feed.finish()
        try await run(HTTPBodyWriter { _ in steps.withLock { $0.append("written") } })
        #expect(steps.withLock { $0 } == ["subscribed", "subscribed", "written"])
    }

    @Test("a dead letter is an event of its own, on one line however its event was written")
    func deadLetter() async throws {
        let (letters, letter) = AsyncStream.makeStream(of: DeadLetterView.self)
        let (feed, run) = try await open(letters: letters)
        let (pieces, piece) = AsyncStream.makeStream(of: String.self)
        async let done: Void = run(HTTPBodyWriter { piece.yield(String(decoding: $0, as: UTF8.self)) })
        var reader = pieces.makeAsyncIterator()
        _ = await reader.next()
        let event = RawJSON("{\n\"topicName\":\r\n\"a\\nb\"}")
        letter.yield(DeadLetterView(id: "17", at: .at(0), reason: "why", agentId: "a", event: event))
        #expect(
            await reader.next() == """
                event: deadLetter
                data: {"agentId":"a","at":"2026-03-10T14:06:00.100Z","event":{ "topicName":  "a\\nb"},\
                "id":"17","reason":"why"}


                """
        )
        feed.finish()
        try await done
    }

    @Test("a client that does not read loses the oldest dead letters and no agent")
    func letterLimit() throws {
        let changes = LatestChanges()
        changes.put(AgentView(id: "a"))
        for number in 1...150 {
            changes.put(DeadLetterView(id: "\(number)", at: .at(0), reason: "", event: .emptyObject))
        }
        let lines = String(decoding: try changes.take(), as: UTF8.self).split(separator: "\n")
        #expect(lines.count { $0 == "event: deadLetter" } == 100)
        #expect(lines.count { $0 == "event: agent" } == 1)
        #expect(lines.contains { $0.contains(#""id":"51""#) } && !lines.contains { $0.contains(#""id":"50""#) })
        #expect(try changes.take().isEmpty)
    }

    @Test("a slow client gets the latest state of each agent, once")
    func slowClient() async throws {
        let (feed, run) = try await open()
        let (pieces, piece) = AsyncStream.makeStream(of: String.self)
        let (gate, go) = AsyncStream.makeStream(of: Void.self)
        async let done: Void = run(
            HTTPBodyWriter { bytes in
                piece.yield(String(decoding: bytes, as: UTF8.self))
                for await _ in gate { break }
            }
        )
        var reader = pieces.makeAsyncIterator()
        _ = await reader.next()
        feed.yield(agent("a", "first"))
        go.yield()
        #expect(await reader.next()?.contains("first") == true)
        // The client takes nothing now, while the source goes on.
        for number in 1...500 {
            feed.yield(agent("a", "state \(number)"))
            feed.yield(agent("b", "state \(number)"))
        }
        feed.finish()
        var rest = ""
        while !rest.contains(#""id":"b","name":"state 500""#) {
            go.yield()
            rest += await reader.next() ?? "the stream ended early"
        }
        #expect(rest.contains(#""id":"a","name":"state 500""#))
        #expect(rest.split(separator: "\n").count < 500)
        for _ in 0..<8 { go.yield() }
        try await done
    }

    @Test("silence is broken by comments")
    func heartbeat() async throws {
        let (feed, run) = try await open(heartbeat: .milliseconds(1))
        let beats = Mutex(0)
        await #expect(throws: Gone.self) {
            try await run(
                HTTPBodyWriter { bytes in
                    guard String(decoding: bytes, as: UTF8.self) == ": heartbeat\n\n" else { return }
                    if beats.withLock({
                        $0 += 1; return $0
                    }) == 3 {
                        throw Gone()
                    }
                }
            )
        }
        #expect(beats.withLock { $0 } == 3)
        feed.finish()
    }

    @Test("a client that is gone ends the stream and lets the source go")
    func gone() async throws {
        let (feed, run) = try await open()
        let released = Mutex(false)
        feed.onTermination = { _ in released.withLock { $0 = true } }
        feed.yield(agent("a", "Ada"))
        await #expect(throws: Gone.self) {
            try await run(
                HTTPBodyWriter { if String(decoding: $0, as: UTF8.self).contains("event:") { throw Gone() } }
            )
        }
        #expect(released.withLock { $0 })
    }

    @Test("more streams than allowed are refused until one ends")
    func limit() async throws {
        let (changes, feed) = AsyncStream.makeStream(of: AgentView.self)
        var sources = ConsoleSources.mock
        sources.changes = { changes }
        sources.newDeadLetters = { AsyncStream { $0.finish() } }
        let fixture = ConsoleFixture(maximumStreams: 1, sources: sources)
        guard case .stream(let run) = await fixture.send(.get, "/v1/stream").body else { throw Gone() }
        let (pieces, piece) = AsyncStream.makeStream(of: Void.self)
        async let done: Void = run(HTTPBodyWriter { _ in piece.yield() })
        for await _ in pieces { break }
        let refused = await fixture.send(.get, "/v1/stream")
        try expectProblem(refused, 503)
        #expect(refused.headers["Retry-After"] != nil)
        feed.finish()
        try await done
        #expect(await fixture.send(.get, "/v1/stream").status.code == 200)
    }
}
