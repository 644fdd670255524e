// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Synchronization
import Testing

/// A process of the built product, with its output as lines. It ends with its test, by SIGKILL if need be.
final class Child: Sendable {
    let pid: pid_t
    private let progress = Progress()

    /// Apart from the child, so that the threads that read its output do not keep the child itself.
    private final class Progress: Sendable {
        let state = Mutex(State())
    }

    private struct State {
        var lines: [String] = []
        var errors = ""
        var exit: Int32?
    }

    /// Starts `presence-relay`, or another product of the package, with arguments and environment; as another user of the
    /// system where one is given, or with an `sh` script before it that ends in `exec "$0" "$@"`.
    ///
    /// - Parameter descriptor: The program's standard input, instead of a pipe with `input`.
    init(
        _ arguments: [String],
        executable: String = "presence-relay",
        environment: [String: String] = [:],
        input: String? = nil,
        user: Int? = nil,
        script: String? = nil,
        descriptor: Int32? = nil
    ) throws {
        let process = Process()
        let program = Self.products.appendingPathComponent(executable)
        if let user {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
            process.arguments = ["--reuid=\(user)", "--regid=\(user)", "--clear-groups", program.path] + arguments
        } else if let script {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", script, program.path] + arguments
        } else {
            process.executableURL = program
            process.arguments = arguments
        }
        var all = ProcessInfo.processInfo.environment
        // A crashing Swift program otherwise stays in its backtracer.
        all["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = all.merging(environment) { $1 }
        let output = Pipe(), errors = Pipe(), standardInput = Pipe()
        process.standardOutput = output
        process.standardError = errors
        if let descriptor {
            process.standardInput = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        } else {
            process.standardInput = standardInput
        }
        try process.run()
        pid = process.processIdentifier
        try standardInput.fileHandleForWriting.write(contentsOf: Data((input ?? "").utf8))
        try standardInput.fileHandleForWriting.close()
        Thread.detachNewThread { [progress] in
            var rest = Data()
            while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
                rest.append(data)
                while let end = rest.firstIndex(of: 0x0A) {
                    let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
                    progress.state.withLock { $0.lines.append(line) }
                    rest = Data(rest[(end + 1)...])
                }
            }
            process.waitUntilExit()
            let code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
            progress.state.withLock { $0.exit = code }
        }
        Thread.detachNewThread { [progress] in
            while case let data = errors.fileHandleForReading.availableData, !data.isEmpty {
                progress.state.withLock { $0.errors += String(decoding: data, as: UTF8.self) }
            }
        }
    }

    deinit { kill() }

    /// Where the products lie: beside the running test bundle.
    static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    var lines: [String] { progress.state.withLock { $0.lines } }
    var errors: String { progress.state.withLock { $0.errors } }
    var hasEnded: Bool { progress.state.withLock { $0.exit != nil } }

    /// The first line that starts so; waits for it.
    func line(_ prefix: String) async throws -> String {
        try await eventually("a line '\(prefix)…' (stderr: \(errors))") {
            if self.progress.state.withLock({ $0.exit }) != nil, !self.lines.contains(where: { $0.hasPrefix(prefix) }) {
                throw Ended(description: "ended before '\(prefix)…': \(self.errors)")
            }
            return self.lines.first { $0.hasPrefix(prefix) }
        }
    }

    struct Ended: Error, CustomStringConvertible { var description: String }

    /// Waits for the end; the exit code, or minus the signal.
    @discardableResult
    func end() async throws -> Int32 {
        try await eventually("the process to end") { self.progress.state.withLock { $0.exit } }
    }

    func signal(_ number: Int32) {
        guard progress.state.withLock({ $0.exit }) == nil else { return }
        _ = Glibc.kill(pid, number)
    }

    func kill() { signal(SIGKILL) }
}

/// Polls until there is a value; fails the test after 30 s.
func eventually<T>(
    _ what: @autoclosure () -> String,
    within limit: Duration = .seconds(30),
    _ value: () async throws -> T?
) async throws -> T {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if let value = try await value() { return value }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw NotReached(description: "not reached: \(what())")
}

/// Polls until the condition holds; fails the test after 30 s.
func eventually(
    _ what: @autoclosure () -> String,
    within limit: Duration = .seconds(30),
    _ condition: () async throws -> Bool
) async throws {
    let _: Bool = try await eventually(what(), within: limit) { try await condition() ? true : nil }
}

struct NotReached: Error, CustomStringConvertible { var description: String }

/// Runs a command to its end.
func run(
    _ arguments: [String],
    environment: [String: String] = [:],
    input: String? = nil,
    user: Int? = nil
) async throws -> (code: Int32, output: String, errors: String) {
    let child = try Child(arguments, environment: environment, input: input, user: user)
    let code = try await child.end()
    return (code, child.lines.joined(separator: "\n"), child.errors)
}

/// A folder that ends with the test.
func withTemporaryFolder<T>(_ body: (URL) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("presence-relay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
