// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("The disk of a running relay", .serialized)
struct FullDiskTests {
    /// Of letters by chance, which cannot be compressed to nothing.
    private static func event(_ number: Int, padding: Int = 0) -> String {
        var random = SeededGenerator(seed: UInt64(number))
        let letters = String(decoding: (0..<padding).map { _ in random.letter() }, as: UTF8.self)
        return #"{"topicName":"v2.users.agent-\#(number).presence","eventBody":{"presenceDefinition":{"id":"x","#
            + #""systemPresence":"AVAILABLE"},"modifiedDate":"2026-03-02T09:00:00.000Z","message":"#
            + #""\#(letters)"}}"#
    }

    @Test(
        "a full disk: nearly full is a warning, then 503 for events and for readiness, then all is well without a restart",
        .enabled(if: geteuid() == 0)
    )
    func full() async throws {
        try await withInstallation { site in
            let disk = site.folder.path + "/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
            guard mount("tmpfs", disk, "tmpfs", 0, "size=8m") == 0 else { return }
            defer { _ = umount2(disk, Int32(MNT_DETACH)) }
            let path = try site.configuration()
            let yaml = try String(contentsOfFile: path, encoding: .utf8)
            try yaml.replacingOccurrences(of: "/relay.db", with: "/disk/relay.db")
                .write(toFile: path, atomically: true, encoding: .utf8)
            let relay = try await site.relay(path, events: false)
            #expect(try await relay.post(Self.event(1)).status == 202)
            func check() async throws -> JSON { try await relay.get("/healthz").json["checks"]["journal"] }
            #expect(try await check()["status"].text == "warn", "8 MB are few")
            #expect(try await check()["message"].text.contains("nearly full"))
            #expect(try await relay.get("/readyz").status == 200)

            let filler = open(disk + "/filler", O_CREAT | O_WRONLY, 0o600)
            let block = [UInt8](repeating: 1, count: 4096)
            while write(filler, block, block.count) > 0 {}
            close(filler)
            var refused = 0
            for number in 2..<40 {
                let answer = try await relay.post(Self.event(number, padding: 100_000))
                guard answer.status != 202 else { continue }
                refused = number
                #expect(answer.status == 503)
                #expect(answer.headers.contains { $0.name.lowercased() == "retry-after" })
                break
            }
            #expect(refused > 0)
            let ready = try await relay.get("/readyz")
            #expect(ready.status == 503 && ready.text.contains("journal is not writable"))
            #expect(try await check()["status"].text == "fail")
            #expect(try await relay.get("/livez").status == 200)

            try FileManager.default.removeItem(atPath: disk + "/filler")
            try await eventually("ready again") { try await relay.get("/readyz").status == 200 }
            #expect(try await relay.post(Self.event(refused, padding: 100_000)).status == 202)
            try await eventually("all that was accepted is applied") {
                try await relay.agents().count == refused
            }
            #expect(try await relay.get("/v1/dead-letters").json["deadLetters"].list.isEmpty)
            relay.child.signal(SIGTERM)
            #expect(try await relay.child.end() == 0)
            let report = try await run(["journal", "verify", "--config", path])
            #expect(report.code == 0, "\(report.output) \(report.errors)")
        }
    }

    @Test(
        "a folder that the relay may not write is refused at the start with what to do",
        .enabled(if: geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv"))
    )
    func noRights() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path + "/relay.yaml"
            try """
            server: { listen: "127.0.0.1:0" }
            webhook: { allowUnauthenticated: true }
            admin: { allowUnauthenticated: true }
            genesys: { apiURL: http://127.0.0.1:1, loginURL: http://127.0.0.1:1, clients: [ { id: a, secret: b } ] }
            journal: { url: "sqlite:\(folder.path)/closed/relay.db" }
            """.write(toFile: path, atomically: true, encoding: .utf8)
            let closed = folder.path + "/closed"
            try FileManager.default.createDirectory(
                atPath: closed,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o755]
            )
            let result = try await run(["serve", "--config", path], user: 65534)
            // The tests may be where nobody else may look.
            guard !result.errors.contains("setpriv") else { return }
            #expect(result.code == 1)
            #expect(result.errors.contains("Permission denied"), "\(result.errors)")
            #expect(result.errors.contains("folder must be writable"))
        }
    }
}
