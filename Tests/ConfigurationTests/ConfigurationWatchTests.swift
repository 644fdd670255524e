// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import Foundation
import Synchronization
import Testing

private typealias Snapshot = ConfigurationSources.Snapshot

private func state(_ modified: Int64) -> FileState? { FileState(modified: modified) }

@Suite("ConfigurationWatch")
struct ConfigurationWatchTests {
    @Test("a change is told once, when nothing has moved for one look")
    func settles() {
        var watch = ConfigurationWatch()
        let read: Snapshot = ["a": state(1), "b": state(1)]
        #expect(watch.look(read: read, now: read) == [])
        #expect(watch.look(read: read, now: ["a": state(2), "b": state(1)]) == [])
        #expect(watch.look(read: read, now: ["a": state(2), "b": state(2)]) == [], "still being written")
        #expect(watch.look(read: read, now: ["a": state(2), "b": state(2)]) == ["a", "b"])
        #expect(watch.look(read: read, now: ["a": state(2), "b": state(2)]) == [], "told, and not read yet")
    }

    @Test("what comes, goes or is put back shows as well")
    func comesAndGoes() {
        var watch = ConfigurationWatch()
        let read: Snapshot = ["a": state(1), "b": nil]
        func twice(_ now: Snapshot) -> [String] {
            let first = watch.look(read: read, now: now)
            return first + watch.look(read: read, now: now)
        }
        #expect(twice(["a": state(1), "b": nil, "c": state(1)]) == ["c"])
        #expect(twice(["a": nil, "b": nil]) == ["a"])
        #expect(twice(["a": state(1), "b": state(3)]) == ["b"])
        #expect(twice(read) == [])
        #expect(twice(["a": state(1), "b": state(3)]) == ["b"], "it was put right in between")
    }
}

@Suite("ConfigurationSources")
struct ConfigurationSourcesTests {
    /// Files in memory whose states are their texts.
    private final class Folder: Sendable {
        let files: Mutex<[String: String]>
        init(_ files: [String: String]) { self.files = Mutex(files) }

        var environment: ConfigurationEnvironment {
            ConfigurationEnvironment(
                variable: { _ in nil },
                file: { [self] path in
                    guard let text = files.withLock({ $0[path] }) else { throw CocoaError(.fileReadNoSuchFile) }
                    return text
                },
                matches: { [self] pattern in
                    files.withLock { $0.keys.filter { fnmatch(pattern, $0, FNM_PATHNAME | FNM_PERIOD) == 0 } }
                },
                state: { [self] path in
                    files.withLock { $0[path] }.map { FileState(modified: Int64($0.hashValue)) }
                }
            )
        }

        func set(_ path: String, _ text: String?) { files.withLock { $0[path] = text } }
    }

    private static let yaml = """
        webhook: { allowUnauthenticated: true }
        admin: { tokens: ["${file:token}"] }
        genesys: { region: us-east-1, clients: [{ id: a, secret: b }] }
        statuses: { Break: { presence: Break } }
        rules: rules/*.yaml
        """
    private static let rule = "- { name: a, when: { outOfOffice: true }, then: { status: Break } }"

    private func read(_ folder: Folder) -> (sources: ConfigurationSources, isGood: Bool) {
        let sources = ConfigurationSources()
        let configuration = RelayConfiguration.load(
            path: "etc/relay.yaml",
            environment: sources.noting(folder.environment),
            diagnostics: Diagnostics()
        )
        return (sources, configuration != nil)
    }

    @Test("every file that goes into the configuration is noted, and what a pattern will match")
    func notes() {
        let folder = Folder([
            "etc/relay.yaml": Self.yaml, "etc/token": "t", "etc/rules/a.yaml": Self.rule, "etc/other": "x",
        ])
        let (sources, isGood) = read(folder)
        #expect(isGood)
        #expect(sources.read.keys.sorted() == ["etc/relay.yaml", "etc/rules/a.yaml", "etc/token"])
        #expect(sources.look(folder.environment) == sources.read)
        folder.set("etc/other", "y")
        #expect(sources.look(folder.environment) == sources.read)
        for (path, text) in [("etc/token", "u"), ("etc/rules/b.yaml", "[]"), ("etc/rules/a.yaml", nil)] {
            let before = folder.files.withLock { $0[path] }
            folder.set(path, text)
            #expect(sources.look(folder.environment) != sources.read, "\(path)")
            folder.set(path, before)
            #expect(sources.look(folder.environment) == sources.read, "\(path)")
        }
    }

    @Test("a configuration with errors is noted as well, so that its being put right is seen")
    func errors() {
        let folder = Folder(["etc/relay.yaml": Self.yaml, "etc/token": "t"])
        var (sources, isGood) = read(folder)
        #expect(!isGood)
        folder.set("etc/rules/a.yaml", "[nonsense]")
        #expect(sources.look(folder.environment) != sources.read)
        (sources, isGood) = read(folder)
        #expect(!isGood)
        #expect(sources.look(folder.environment) == sources.read)
        folder.set("etc/rules/a.yaml", Self.rule)
        #expect(sources.look(folder.environment) != sources.read)
    }

    @Test("what changes while it is read is a change")
    func whileReading() {
        let folder = Folder(["etc/relay.yaml": "a: 1"])
        let sources = ConfigurationSources()
        var environment = folder.environment
        environment.file = { path in
            defer { folder.set(path, "a: 2") }
            return try folder.environment.file(path)
        }
        _ = try? sources.noting(environment).file("etc/relay.yaml")
        #expect(sources.look(folder.environment) != sources.read)
    }

    @Test("the watcher tells of files on disk: written in place, replaced, and behind a link that is swapped")
    func disk() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relay-\(UUID().uuidString)")
        let manager = FileManager.default
        defer { try? manager.removeItem(at: folder) }
        func write(_ path: String, _ text: String, atomically: Bool = false) throws {
            let file = folder.appending(path: path)
            try manager.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: atomically, encoding: .utf8)
        }
        func link(_ name: String, to target: String) throws {
            let new = folder.appending(path: name + ".new")
            try manager.createSymbolicLink(atPath: new.path, withDestinationPath: target)
            #expect(rename(new.path, folder.appending(path: name).path) == 0)
        }
        // As a config map is mounted: the files are links into a folder behind a link.
        try write("one/relay.yaml", "a: 1")
        try write("two/relay.yaml", "a: 1")
        try write("rules/a.yaml", "[]")
        try link("data", to: "one")
        try link("relay.yaml", to: "data/relay.yaml")

        let environment = ConfigurationEnvironment.process()
        let current = Mutex(ConfigurationSources())
        let path = folder.appending(path: "relay.yaml").path
        let pattern = folder.appending(path: "rules").path + "/*.yaml"
        @Sendable func readAgain() {
            let sources = ConfigurationSources()
            let noting = sources.noting(environment)
            for file in [path] + ((try? noting.matches(pattern)) ?? []) { _ = try? noting.file(file) }
            current.withLock { $0 = sources }
        }
        readAgain()
        // The clock: one look for each element.
        let (ticks, clock) = AsyncStream.makeStream(of: Void.self)
        let (looks, looked) = AsyncStream.makeStream(of: Void.self)
        let told = Mutex<[[String]]>([])
        var done = looks.makeAsyncIterator()
        let watcher = ConfigurationWatcher(
            pause: {
                for await _ in ticks { return }
                throw CancellationError()
            },
            look: {
                defer { looked.yield() }
                let sources = current.withLock { $0 }
                return (sources.read, sources.look(environment))
            }
        )
        let task = Task {
            await watcher.run { paths in
                told.withLock { $0.append(paths.map { URL(fileURLWithPath: $0).lastPathComponent }) }
                readAgain()
            }
        }
        /// Two looks, and a third that has seen what was told.
        func look() async {
            for _ in 0..<3 {
                clock.yield()
                await done.next()
            }
        }
        await look()
        try write("rules/a.yaml", "[] ")
        await look()
        try write("rules/a.yaml", "[ ]", atomically: true)
        await look()
        try write("rules/b.yaml", "[]")
        await look()
        try link("data", to: "two")
        await look()
        try manager.removeItem(at: folder.appending(path: "rules/a.yaml"))
        await look()
        clock.finish()
        await task.value
        #expect(told.withLock { $0 } == [["a.yaml"], ["a.yaml"], ["b.yaml"], ["relay.yaml"], ["a.yaml"]])
    }
}

@Suite("RuleInventory")
struct RuleInventoryTests {
    private func inventory(_ rules: String, _ statuses: String = "Break: { presence: Break }") throws -> RuleInventory {
        let yaml = """
            webhook: { allowUnauthenticated: true }
            admin: { allowUnauthenticated: true }
            genesys: { region: us-east-1, clients: [{ id: a, secret: b }] }
            statuses: { \(statuses) }
            rules: [\(rules)]
            """
        return try #require(Outcome(yaml).configuration).inventory
    }

    private func rule(_ name: String, _ condition: String = "outOfOffice: true") -> String {
        "{ name: \(name), when: { \(condition) }, then: { status: Break } }"
    }

    @Test("what was added, changed, removed and moved is told by name")
    func changes() throws {
        let old = try inventory([rule("a"), rule("b"), rule("c")].joined(separator: ","))
        let same = try inventory([rule("a"), rule("b"), rule("c")].joined(separator: ", "))
        #expect(same.changes(since: old) == [])
        let new = try inventory(
            [rule("c"), rule("b", "outOfOffice: false"), rule("d")].joined(separator: ","),
            "Break: { presence: Break, message: x }, Meal: { presence: Meal }"
        )
        #expect(
            new.changes(since: old) == [
                "rules added: 'd'", "rules changed: 'b'", "rules removed: 'a'", "rules in another order",
                "statuses added: 'Meal'", "statuses changed: 'Break'",
            ]
        )
    }

    @Test("a long list is cut")
    func many() throws {
        let old = try inventory("")
        let new = try inventory((10..<23).map { rule("r\($0)") }.joined(separator: ","))
        let names = (10..<20).map { "'r\($0)'" }.joined(separator: ", ")
        #expect(new.changes(since: old) == ["rules added: \(names) and 3 more"])
    }
}

@Suite("What anybody may read of a finding")
struct PublicTextTests {
    private func text(_ message: String, file: String = "/etc/relay/rules/a.yaml") -> String {
        Diagnostic(.error, at: SourceLocation(file: file, line: 3, column: 5), message)
            .publicText(besides: "/etc/relay/relay.yaml")
    }

    @Test(
        "names and advice are shown, values are not",
        arguments: [
            ("unknown key 'nme'; did you mean 'name'?", "unknown key 'nme'; did you mean 'name'?"),
            ("admin: expected a mapping, found 'hush'", "admin: expected a mapping"),
            ("mode: unknown value 'hush'; did you mean 'act'?", "mode: unknown value …"),
            ("when: \"hush\" is no such thing", "when: …"),
            ("'hush' is not a variable name", "…"),
            ("the agent's own 'hush' too", "the agent's own …"),
            (
                "then.status: unknown status 'Brake'; known statuses: Break",
                "then.status: unknown status 'Brake'; known statuses: Break"
            ),
            (
                "the rule name 'x' is already used in /etc/relay/rules/b.yaml:1:2",
                "the rule name 'x' is already used in rules/b.yaml:1:2"
            ),
            (
                "the status 'x' is already written in /srv/hush/b.yaml:1:2",
                "the status 'x' is already written in b.yaml:1:2"
            ),
            ("expected a path such as /v1/events", "expected a path such as /v1/events"),
            ("unknown key 'hush", "unknown key …"),
        ]
    )
    func values(message: String, shown: String) {
        #expect(text(message) == "rules/a.yaml:3:5: \(shown)")
    }

    @Test("a file is named as seen from the configuration's folder, one elsewhere by its name alone")
    func files() {
        #expect(text("x", file: "/etc/relay/relay.yaml") == "relay.yaml:3:5: x")
        #expect(text("x", file: "/srv/hush/b.yaml") == "b.yaml:3:5: x")
        let here = Diagnostic(.error, at: SourceLocation(file: "rules/a.yaml", line: 1, column: 1), "x")
        #expect(here.publicText(besides: "relay.yaml") == "rules/a.yaml:1:1: x")
    }
}
