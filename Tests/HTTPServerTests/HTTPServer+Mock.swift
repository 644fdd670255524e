// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Logging
import Synchronization
import Testing

@testable import HTTPServer

/// A started server with one address. It ends with the test, whatever happens.
func withServer<R>(
    _ configure: (inout HTTPServerConfiguration) -> Void = { _ in },
    handler: @escaping HTTPHandler = { .text("hello from \($0.path)") },
    _ body: (HTTPServer, ListenAddress) async throws -> R
) async throws -> R {
    var configuration = HTTPServerConfiguration()
    configuration.loops = 2
    // The machine may be busy with other tests; a test of a deadline sets its own.
    configuration.handlerTimeout = .seconds(60)
    configuration.headerTimeout = .seconds(60)
    configuration.bodyTimeout = .seconds(60)
    configuration.writeTimeout = .seconds(60)
    configuration.lingerTimeout = .milliseconds(200)
    configure(&configuration)
    let server = HTTPServer(configuration: configuration, logger: .silent, handler: handler)
    return try await withTaskExecutorPreference(ThreadPerJob()) {
        let addresses = try await server.start()
        do {
            let result = try await body(server, try #require(addresses.first))
            await server.shutdown(deadline: .zero)
            return result
        } catch {
            await server.shutdown(deadline: .zero)
            throw error
        }
    }
}

/// Runs a test whose client blocks: the threads of the global pool are as few as the cores and belong to all tests.
final class ThreadPerJob: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }
}

extension HTTPResponse {
    static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: HTTPStatus(status),
            headers: ["Content-Type": "text/plain"],
            body: .bytes(Array(text.utf8))
        )
    }
}

/// Waits for a condition, at most ten seconds; `false` when it never held.
func eventually(_ condition: () throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(10))
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        try? await Task.sleep(for: .milliseconds(2))
    }
    return try condition()
}

/// A fact that a handler tells its test.
final class Flag: Sendable {
    private let value = Atomic<Int>(0)
    func raise() { value.add(1, ordering: .sequentiallyConsistent) }
    var isRaised: Bool { count > 0 }
    var count: Int { value.load(ordering: .sequentiallyConsistent) }
}

/// A door that handlers wait at until the test opens it, or until they are cancelled.
final class Gate: Sendable {
    private let isOpen = Atomic<Bool>(false)
    func open() { isOpen.store(true, ordering: .sequentiallyConsistent) }
    func pass() async throws {
        while !isOpen.load(ordering: .sequentiallyConsistent) { try await Task.sleep(for: .milliseconds(2)) }
    }
}
