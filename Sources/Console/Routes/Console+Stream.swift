// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer
import Synchronization

extension Console {
    /// `GET /v1/stream`: every change of an agent, and every dead letter, as a server-sent event (WHATWG HTML, section
    /// 9.2).
    func stream() -> HTTPResponse {
        guard openStreams.load(ordering: .relaxed) < configuration.maximumStreams else {
            return .problem(ConsoleError(.unavailable, "Too many live streams are open."))
        }
        var response = HTTPResponse.text([], type: "text/event-stream")
        // Proxies of the nginx kind would collect the events otherwise.
        response.headers["X-Accel-Buffering"] = "no"
        response.body = .stream { [self] writer in
            openStreams.add(1, ordering: .relaxed)
            defer { openStreams.subtract(1, ordering: .relaxed) }
            try await writeChanges(to: writer)
        }
        return response
    }

    /// Ends when the client is gone (a write throws), the task is cancelled, or the source ends.
    ///
    /// The source is read at once, whatever the client does; while a write waits, only the latest state of each agent
    /// is kept, and the newest dead letters. So a slow client costs at most one view per agent and then gets the
    /// present, not the past.
    private func writeChanges(to writer: HTTPBodyWriter) async throws {
        // Before the first byte: who reads the agents once the stream is open must miss no change after that.
        let changes = await sources.changes()
        let letters = await sources.newDeadLetters()
        let pending = LatestChanges()
        try await writer.write(Array("retry: 2000\n: connected\n\n".utf8))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await agent in changes { pending.put(agent) }
                pending.finish()
            }
            group.addTask { for await letter in letters { pending.put(letter) } }
            group.addTask { [configuration] in
                while true {
                    try await Task.sleep(for: configuration.heartbeat)
                    pending.beat()
                }
            }
            defer { group.cancelAll() }
            for await _ in pending.signals {
                let bytes = try pending.take()
                if !bytes.isEmpty { try await writer.write(bytes) }
            }
        }
    }
}

/// Changes not yet written, the latest per agent, in the order in which agents first changed, and dead letters.
final class LatestChanges: Sendable {
    private struct State {
        var views: [String: AgentView] = [:]
        var order: [String] = []
        var letters: [DeadLetterView] = []
        var beat = false
    }

    /// Letters that are kept for a client that does not read; the oldest are lost.
    static let maximumLetters = 100

    /// One element whenever there is something to take; ends after `finish()`.
    let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let state = Mutex(State())

    init() { (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

    func put(_ agent: AgentView) {
        state.withLock { state in
            if state.views.updateValue(agent, forKey: agent.id) == nil { state.order.append(agent.id) }
        }
        signal.yield()
    }

    func put(_ letter: DeadLetterView) {
        state.withLock { state in
            if state.letters.count == Self.maximumLetters { state.letters.removeFirst() }
            state.letters.append(letter)
        }
        signal.yield()
    }

    /// A heartbeat is due.
    func beat() {
        state.withLock { $0.beat = true }
        signal.yield()
    }

    func finish() { signal.finish() }

    /// All that waits, as the text of the stream; a heartbeat only when there is nothing else to say.
    func take() throws -> [UInt8] {
        let taken = state.withLock { state in
            defer { state = State() }
            return state
        }
        guard !taken.order.isEmpty || !taken.letters.isEmpty else {
            return taken.beat ? Array(": heartbeat\n\n".utf8) : []
        }
        var bytes: [UInt8] = []
        for view in taken.order.compactMap({ taken.views[$0] }) { try Self.write(view, as: "agent", to: &bytes) }
        for letter in taken.letters { try Self.write(letter, as: "deadLetter", to: &bytes) }
        return bytes
    }

    private static func write(_ view: some Encodable, as event: String, to bytes: inout [UInt8]) throws {
        bytes += Array("event: \(event)\ndata: ".utf8)
        // A line break would end the data. In JSON it can only stand between two tokens, as what others have sent may
        // have it, and there a space is as good.
        bytes += try ConsoleJSON.encode(view).map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        bytes += Array("\n\n".utf8)
    }
}
