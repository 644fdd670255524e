// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import Foundation

/// A server as a child process with a scratch folder; both are gone after `stop`.
public struct ChildProcess: Sendable {
    /// `http://127.0.0.1:PORT`, as the program printed it.
    public let url: String
    /// Its process number.
    public var id: Int32 { process.processIdentifier }
    private let process: Process
    private let folder: URL

    /// Starts a program and waits until it prints its address.
    ///
    /// - Parameter arguments: made from the scratch folder, which may be filled with files that the program needs.
    public init(name: String, _ program: String, arguments: (_ folder: URL) throws -> [String]) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "presence-relay-probe-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = folder.appending(path: "output")
        let errors = folder.appending(path: "errors")
        for file in [output, errors] { try Data().write(to: file) }

        process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = try arguments(folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()

        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline, process.isRunning {
            let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
            // A whole line, so that a port is never read in half.
            if let match = text.firstMatch(of: /(http:\/\/127\.0\.0\.1:\d+)\s/) {
                url = String(match.1)
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        let said = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
        throw ProbeError(message: "\(name) printed no address: \(said.suffix(2000))")
    }

    /// SIGTERM, ten seconds, SIGKILL.
    public func stop() async {
        process.terminate()
        let deadline = ContinuousClock.now + .seconds(10)
        while process.isRunning, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(50)) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Greatest resident size so far, in MB.
    public var residentMegabytes: Int {
        let text = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        return text.firstMatch(of: /VmHWM:\s+(\d+)/).flatMap { Int($0.1) }.map { $0 / 1024 } ?? 0
    }

    /// Processor time used so far, in seconds, of all threads.
    public var processorSeconds: Double {
        let text = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
        // After the name, which may hold anything but is in the last parentheses: state is field 3, utime 14, stime 15.
        guard let end = text.lastIndex(of: ")") else { return 0 }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
