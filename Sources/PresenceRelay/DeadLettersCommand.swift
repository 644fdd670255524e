// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ArgumentParser
import Foundation
import HTTPClient

/// `presence-relay dead-letters`
struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "What a running relay has accepted and could not apply: list, show, retry, delete.",
        discussion: "Exit code 0 = done, 1 = not all of it, or the relay does not answer, 2 = wrong usage.",
        subcommands: [ListLetters.self, ShowLetter.self, RetryLetters.self, DeleteLetters.self]
    )
}

private struct ListLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The newest hundred, or all, newest first."
    )

    @Flag(help: "All, not only the newest hundred.")
    var all = false

    @Option(help: "Only those about this agent's user id; may be given again.")
    var agent: [String] = []

    @Flag(help: "One JSON object on standard output.")
    var json = false

    @OptionGroup var relay: RunningRelayOptions

    func run() async throws {
        let letters = try await relay.withClient { client in
            try await client.letters(all: all, agents: Set(agent))
        }
        if json {
            return say(try LetterJSON.text(["deadLetters": letters.map(\.object)]))
        }
        for letter in letters { say(letter.line) }
        if letters.isEmpty { complain("there are no dead letters\(agent.isEmpty ? "" : " about them")") }
    }
}

private struct ShowLetter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One letter with its event as received."
    )

    @Argument(help: "The letter's id.")
    var id: String

    @Flag(help: "The relay's answer as it is.")
    var json = false

    @OptionGroup var relay: RunningRelayOptions

    func run() async throws {
        let answer = try await relay.withClient { client in
            do {
                return try await client.call("GET", "/v1/dead-letters/\(id.pathSegment)")
            } catch let refusal as AdminClient.Refusal {
                complain("error: \(refusal.message)")
                throw ExitCode(1)
            }
        }
        let text = String(decoding: answer.body, as: UTF8.self)
        guard !json, let letter = Letter(parsing: answer.body) else { return say(text) }
        say("id      \(letter.id)")
        say("at      \(letter.at)")
        say("agent   \(letter.agentID ?? "none")")
        say("reason  \(letter.reason)")
        say(try LetterJSON.text(letter.object["event"] ?? [:]))
    }
}

/// Letters by their ids, or all of some agents.
private struct LetterChoice: ParsableArguments {
    @Argument(help: "Ids of letters.")
    var ids: [String] = []

    @Flag(help: "All letters instead; with --agent all about those agents.")
    var all = false

    @Option(help: "With --all: only those about this agent's user id; may be given again.")
    var agent: [String] = []

    @Flag(help: "What became of each as one JSON object on standard output.")
    var json = false

    @OptionGroup var relay: RunningRelayOptions

    func validate() throws {
        guard ids.isEmpty == all else {
            throw ValidationError(all ? "write ids or --all, not both" : "write the ids of letters, or --all")
        }
        guard all || agent.isEmpty else { throw ValidationError("--agent goes with --all") }
    }

    /// Does something to each, oldest first, so that what happened first is tried first.
    func each(_ method: String, _ suffix: String, _ done: String) async throws {
        let failed = try await relay.withClient { client in
            // What is retried and fails again is a new letter: those that are there now are meant.
            let chosen = all ? try await client.letters(all: true, agents: Set(agent)).reversed().map(\.id) : ids
            var results: [[String: Any]] = []
            var failed = 0
            // Also when the relay goes away midway: what is done is done.
            defer { if json, let text = try? LetterJSON.text(["deadLetters": results]) { say(text) } }
            for id in chosen {
                do {
                    let answer = try await client.call(method, "/v1/dead-letters/\(id.pathSegment)\(suffix)")
                    results.append(["id": id, "status": answer.status])
                    if !json { say("\(id)  \(done)") }
                } catch let refusal as AdminClient.Refusal {
                    failed += 1
                    results.append(["id": id, "status": refusal.status, "error": refusal.message])
                    if !json { complain("\(id)  \(refusal.message)") }
                }
            }
            if chosen.isEmpty, !json { complain("there are no such dead letters") }
            return failed
        }
        if failed > 0 { throw ExitCode(1) }
    }
}

private struct RetryLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Applies letters again; what fails again is a new letter."
    )

    @OptionGroup var choice: LetterChoice

    func run() async throws { try await choice.each("POST", "/retry", "tried again") }
}

private struct DeleteLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Forgets letters.")

    @OptionGroup var choice: LetterChoice

    func run() async throws { try await choice.each("DELETE", "", "deleted") }
}

/// A letter as the relay shows it.
private struct Letter {
    var object: [String: Any]
    var id: String
    var at: String
    var reason: String
    var agentID: String?

    init?(_ value: Any) {
        guard let object = value as? [String: Any], let id = object["id"] as? String, let at = object["at"] as? String,
            let reason = object["reason"] as? String
        else { return nil }
        self.object = object
        self.id = id
        self.at = at
        self.reason = reason
        agentID = object["agentId"] as? String
    }

    init?(parsing bytes: [UInt8]) {
        guard let value = try? JSONSerialization.jsonObject(with: Data(bytes)) else { return nil }
        self.init(value)
    }

    var line: String { "\(id)  \(at)  \(agentID ?? "-")  \(reason)" }
}

private enum LetterJSON {
    static func text(_ value: Any) throws -> String {
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try JSONSerialization.data(withJSONObject: value, options: options), as: UTF8.self)
    }
}

extension AdminClient {
    /// Newest first; without `all` at most a hundred.
    fileprivate func letters(all: Bool, agents: Set<String>) async throws -> [Letter] {
        var letters: [Letter] = []
        var cursor: String?
        repeat {
            let path = "/v1/dead-letters?limit=\(all ? 1000 : 100)" + (cursor.map { "&cursor=\($0.pathSegment)" } ?? "")
            let answer: ClientResponse
            do {
                answer = try await call("GET", path)
            } catch let refusal as Refusal {
                complain("error: \(refusal.message)")
                throw ExitCode(1)
            }
            let page = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
            guard let list = page?["deadLetters"] as? [Any] else {
                complain("error: the answer is none of a relay of this version")
                throw ExitCode(1)
            }
            letters += list.compactMap(Letter.init).filter { letter in
                agents.isEmpty || letter.agentID.map(agents.contains) == true
            }
            cursor = page?["next"] as? String
        } while all && cursor != nil
        return letters
    }
}

extension String {
    /// As one segment of a path.
    fileprivate var pathSegment: String {
        addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? ""
    }
}
