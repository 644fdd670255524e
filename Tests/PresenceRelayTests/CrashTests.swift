// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("Crashes under load", .serialized)
struct CrashTests {
    /// Where in its life a relay is killed.
    enum Moment: CaseIterable {
        /// Before it listens, or as soon as it does.
        case startUp
        case load
        /// When the next answer arrives.
        case answer
        /// When the database file itself is written: pages of the log are on their way into it.
        case checkpoint
    }

    static let rules = """
        mode: observe
        statuses: { Break: { presence: Break } }
        rules:
          - name: flagged
            when: { conversation: { media: call, attributes.wfm_status: Break } }
            then: { status: Break }
            guards: { onQueue: false }
        """

    @Test(
        "killed again and again, it has every event that was answered, once, and its agents follow from them",
        arguments: Soak.seeds(25)
    )
    func killed(seed: UInt64) async throws {
        try await withInstallation(agents: 1) { site in
            try await Self.crash(site, lives: 16, seed: seed, disk: nil)
        }
    }

    @Test("the same when what was not synced is lost with the power", arguments: Soak.seeds(25))
    func powerCut(seed: UInt64) async throws {
        try await withInstallation(agents: 1) { site in
            let disk = try FaultyDisk(in: site.folder, losesUnsynced: true)
            disk.writeEarly(100, seed: seed)
            try await Self.crash(site, lives: 12, seed: seed, disk: disk)
        }
    }

    private static func crash(_ site: Installation, lives: Int, seed: UInt64, disk: FaultyDisk?) async throws {
        var random = SeededGenerator(seed: seed)
        let database = (disk?.folder ?? site.folder.resolvingSymlinksInPath()).appendingPathComponent("relay.db").path
        let configuration = try site.configuration(rules, database: URL(fileURLWithPath: database))
        func start() throws -> Child {
            try Child(
                ["serve", "--config", configuration],
                environment: (disk?.environment ?? [:]).merging(["GENESYS_SECRET": "simulator"]) { $1 }
            )
        }
        // The first one chooses the address; those after it listen there too.
        var relay = try await running(try start(), site)
        _ = try relay.sameAddress(configuration)
        let load = try CrashLoad(url: relay.url, seed: seed)
        async let sending: Void = load.run()
        var moments: [Moment] = []
        do {
            for life in 0..<lives {
                let moment = Moment.allCases.randomElement(using: &random) ?? .load
                moments.append(moment)
                try await kill(relay.child, at: moment, load, database, &random)
                if let disk {
                    var cut = PowerCut(random: random)
                    try cut.strike(disk)
                    random = cut.random
                }
                relay = RunningRelay(child: try start(), url: relay.url, installation: site)
                if life == lives - 1 || Moment.allCases.randomElement(using: &random) != .startUp {
                    relay = try await running(relay.child, site)
                }
            }
            load.stop()
            await sending
            try await relay.quiet()
            let wrong = try await CrashOracle.wrong(load.result, relay, journal: database)
            #expect(wrong.isEmpty, "CRASH_SEED=\(seed): \(wrong.prefix(20).joined(separator: "\n"))")
        } catch {
            load.stop()
            Issue.record("CRASH_SEED=\(seed), killed at \(moments.suffix(3)): \(error)")
            throw error
        }
        let books = load.result
        #expect(books.taken.count > lives * 10, "there was load")
        #expect(books.unanswered > lives / 2, "there were crashes")
    }

    private static func running(_ child: Child, _ site: Installation) async throws -> RunningRelay {
        let line = try await child.line("listening on ")
        return RunningRelay(child: child, url: String(line.dropFirst("listening on ".count)), installation: site)
    }

    private static func kill(
        _ child: Child,
        at moment: Moment,
        _ load: CrashLoad,
        _ database: String,
        _ random: inout SeededGenerator
    ) async throws {
        func pause(_ milliseconds: ClosedRange<Int>) async throws {
            try await Task.sleep(for: .microseconds(Int.random(in: milliseconds, using: &random) * 1000))
        }
        switch moment {
        case .startUp: try await pause(0...250)
        case .load: try await pause(50...600)
        case .answer:
            try await pause(0...300)
            load.killAtNextAnswer(child)
            // A relay killed before it listens never answers: its life ends here all the same.
            try? await eventually("an answer", within: .seconds(5)) { child.hasEnded }
        case .checkpoint:
            let before = changed(database)
            try? await eventually("a checkpoint", within: .seconds(3)) { changed(database) != before }
        }
        child.kill()
        try await child.end()
    }

    /// When the file was written last, in nanoseconds.
    private static func changed(_ path: String) -> Int {
        var found = stat()
        return stat(path, &found) == 0 ? found.st_mtim.tv_sec * 1_000_000_000 + found.st_mtim.tv_nsec : 0
    }
}
