// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Testing

@Suite("A relay whose disk is full", .serialized)
struct DiskFullFaultTests {
    @Test("under load it says so with 503, and goes on when space returns: nothing is lost, nothing twice")
    func fillsAnywhere() async throws {
        try await withInstallation(agents: 1) { site in
            let disk = try FaultyDisk(in: site.folder)
            disk.shortenWrites(each: 5)
            let configuration = try Self.configuration(site, database: disk.folder)
            let relay = try await site.relay(configuration, events: false, environment: disk.environment)
            var random = SeededGenerator(seed: Soak.seed)
            try await Self.underLoad(relay, database: disk.folder) { load in
                for _ in 0..<(Soak.isOn ? 100 : 6) {
                    try await Self.wait(forTaken: Int.random(in: 1...300, using: &random), load)
                    // Room is wanted by writes and new files; what is there can be synced and removed.
                    disk.failNow([.write, .create], with: ENOSPC)
                    try await Self.expectFull(relay)
                    disk.mend()
                    try await Self.expectWell(relay)
                }
            }
            // Nobody sends anything more: it finds out by itself, and it can be stopped while the disk is full.
            disk.failNow([.write, .create], with: ENOSPC)
            let event = CrashEvent(number: 0, agent: 0, change: .presence, time: Timestamp(milliseconds: 1))
            #expect(try await relay.post(event.json(filler: "")).status == 503)
            try await Self.expectFull(relay)
            disk.mend()
            try await Self.expectWell(relay)
            disk.failNow([.write, .create], with: ENOSPC)
            #expect(try await relay.post(event.json(filler: "")).status == 503)
            try await Self.end(relay)
            disk.mend()
            let next = try await site.relay(configuration, events: false, environment: disk.environment)
            try await Self.expectWell(next)
            #expect(try await next.post(event.json(filler: "")).json["accepted"].int == 1)
            try await Self.end(next)
        }
    }

    #if canImport(Glibc)
        @Test("the same on a file system without room", .enabled(if: geteuid() == 0))
        func fillsFileSystem() async throws {
            try await withInstallation(agents: 1) { site in
                let disk = site.folder.resolvingSymlinksInPath().appendingPathComponent("disk")
                try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
                guard mount("tmpfs", disk.path, "tmpfs", 0, "size=\(Soak.isOn ? 256 : 64)m") == 0 else { return }
                defer { _ = umount2(disk.path, Int32(MNT_DETACH)) }
                let relay = try await site.relay(try Self.configuration(site, database: disk), events: false)
                var random = SeededGenerator(seed: Soak.seed)
                try await Self.underLoad(relay, database: disk) { load in
                    // More would fill it with events: the senders never tire.
                    for _ in 0..<(Soak.isOn ? 20 : 4) {
                        try await Self.wait(forTaken: Int.random(in: 1...200, using: &random), load)
                        let filler = disk.appendingPathComponent("filler")
                        try Self.fill(filler, leaving: Int.random(in: 0...400_000, using: &random))
                        try await Self.expectFull(relay)
                        try FileManager.default.removeItem(at: filler)
                        try await Self.expectWell(relay)
                    }
                }
                try await Self.end(relay)
            }
        }
    #endif

    @Test("full at the start, it says what to do and ends; with space it starts", arguments: [1, 3, 8, 20, 35])
    func fullAtStart(call: UInt64) async throws {
        try await withInstallation(agents: 1) { site in
            let disk = try FaultyDisk(in: site.folder)
            let configuration = try Self.configuration(site, database: disk.folder)
            let arguments = ["serve", "--config", configuration]
            let environment = disk.environment.merging(["GENESYS_SECRET": "simulator"]) { $1 }
            disk.fail([.write, .create], from: call, count: nil, with: ENOSPC)
            let child = try Child(arguments, environment: environment)
            #expect(try await child.end() == 1)
            #expect(child.errors.contains("space"), "\(child.errors)")
            disk.mend()
            let relay = try await site.relay(configuration, events: false, environment: disk.environment)
            try await Self.expectWell(relay)
            try await Self.end(relay)
        }
    }

    private static func configuration(_ site: Installation, database: URL) throws -> String {
        try site.configuration(CrashTests.rules, database: database.appendingPathComponent("relay.db"))
    }

    /// The body while events arrive; after it all must be right.
    private static func underLoad(
        _ relay: RunningRelay,
        database: URL,
        _ body: (CrashLoad) async throws -> Void
    ) async throws {
        let load = try CrashLoad(url: relay.url, seed: Soak.seed)
        async let sending: Void = load.run()
        do {
            try await body(load)
        } catch {
            load.stop()
            relay.child.kill()
            Issue.record("CRASH_SEED=\(Soak.seed): \(error) \(relay.child.errors.suffix(2000))")
            throw error
        }
        load.stop()
        await sending
        try await relay.quiet()
        let path = database.appendingPathComponent("relay.db").path
        let wrong = try await CrashOracle.wrong(load.result, relay, journal: path)
        #expect(wrong.isEmpty, "CRASH_SEED=\(Soak.seed): \(wrong.prefix(20).joined(separator: "\n"))")
        #expect(load.result.refused > 0, "somebody was told to come again")
        #expect(load.result.unanswered == 0, "it never went away")
    }

    private static func end(_ relay: RunningRelay) async throws {
        relay.child.signal(SIGTERM)
        #expect(try await relay.child.end() == 0)
    }

    private static func wait(forTaken count: Int, _ load: CrashLoad) async throws {
        let goal = load.takenCount + count
        try await eventually("\(count) events more") { load.takenCount >= goal }
    }

    /// Not ready, alive, and of use to whoever looks.
    private static func expectFull(_ relay: RunningRelay) async throws {
        try await eventually("it is not ready") { try await relay.get("/readyz").status == 503 }
        #expect(try await relay.get("/livez").status == 200)
        #expect(try await relay.get("/v1/agents").status == 200)
    }

    private static func expectWell(_ relay: RunningRelay) async throws {
        try await eventually("it is ready") { try await relay.get("/readyz").status == 200 }
    }

    /// Takes all space but about so many bytes.
    private static func fill(_ filler: URL, leaving bytes: Int) throws {
        let descriptor = open(filler.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 1, count: 65_536)
        var size = 0
        while case let count = write(descriptor, block, block.count), count > 0 { size += count }
        ftruncate(descriptor, off_t(max(0, size - bytes)))
    }
}
