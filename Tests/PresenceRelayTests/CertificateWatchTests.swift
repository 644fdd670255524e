// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@Suite("Certificates that change", .serialized)
struct CertificateWatchTests {
    @discardableResult
    private func shell(_ script: String, in folder: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    /// A self-signed certificate and its key, moved into their places as a whole.
    private func issue(_ name: String, in folder: URL) throws {
        try shell(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=\(name)" \
                -keyout new.key -out new.crt
            mv new.key tls.key
            mv new.crt tls.crt
            """,
            in: folder
        )
    }

    @Test("new files of a certificate are served without a signal; while they do not fit, the old ones are")
    func change() async throws {
        try await withInstallation { site in
            try issue("first", in: site.folder)
            let file = try site.configuration()
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let tls = "tls: { certificate: tls.crt, privateKey: tls.key }, drainDelay"
            try text.replacing("drainDelay", with: tls).write(toFile: file, atomically: true, encoding: .utf8)
            let relay = try await site.relay(file, events: false)
            let port = try #require(relay.url.split(separator: ":").last)
            func subject() throws -> String {
                try shell(
                    "timeout 20 openssl s_client -connect 127.0.0.1:\(port) </dev/null | openssl x509 -noout -subject",
                    in: site.folder
                )
            }
            #expect(try subject().contains("first"))

            try issue("second", in: site.folder)
            try await eventually("the second certificate") { try subject().contains("second") }

            try "no key".write(
                toFile: site.folder.appendingPathComponent("tls.key").path,
                atomically: true,
                encoding: .utf8
            )
            try await eventually("the log names the file and says why") {
                relay.child.errors.contains("the certificate in force is kept")
                    && relay.child.errors.contains("tls.key as the TLS private key")
            }
            #expect(try subject().contains("second"))

            try issue("third", in: site.folder)
            try await eventually("the third certificate") { try subject().contains("third") }
        }
    }
}
