// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Testing

@testable import HTTPServer

/// What a command line tool came to.
struct ToolResult {
    var status: Int32
    var output: String

    /// Runs a tool for at most 20 seconds.
    static func of(_ tool: String, _ arguments: [String], input: String = "") throws -> ToolResult {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["20", tool] + arguments
        let (output, stdin) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = output
        process.standardInput = stdin
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return ToolResult(status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
    }
}

/// A CA, a server certificate of it for 127.0.0.1 and localhost, and a client certificate, in a folder of their own.
struct Certificates {
    let folder: URL

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func files(clientCA: Bool = false, optional: Bool = false) -> HTTPServerConfiguration.TLSFiles {
        .init(
            certificate: path("server.crt"),
            privateKey: path("server.key"),
            clientCA: clientCA ? path("ca.crt") : nil,
            allowsMissingClientCertificate: optional
        )
    }

    /// Makes the certificates, and removes them after the body.
    static func with<R>(_ body: (Certificates) async throws -> R) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("http-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificates = Certificates(folder: folder)
        try certificates.openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=Test CA",
            "-keyout",
            certificates.path("ca.key"),
            "-out",
            certificates.path("ca.crt")
        )
        try certificates.issue("server", extensions: "subjectAltName=IP:127.0.0.1,DNS:localhost")
        try certificates.issue("client", extensions: "extendedKeyUsage=clientAuth")
        return try await body(certificates)
    }

    /// - Parameter subject: in the form of `openssl req`; `nil` = the name alone.
    func issue(_ name: String, subject: String? = nil, extensions: String) throws {
        try Data(extensions.utf8).write(to: folder.appendingPathComponent("\(name).ext"))
        try openssl(
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            subject ?? "/CN=\(name)",
            "-utf8",
            "-keyout",
            path("\(name).key"),
            "-out",
            path("\(name).csr")
        )
        try openssl(
            "x509",
            "-req",
            "-in",
            path("\(name).csr"),
            "-CA",
            path("ca.crt"),
            "-CAkey",
            path("ca.key"),
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            path("\(name).ext"),
            "-out",
            path("\(name).crt")
        )
    }

    private func openssl(_ arguments: String...) throws {
        let result = try ToolResult.of("openssl", arguments)
        try #require(result.status == 0, "\(result.output)")
    }
}
