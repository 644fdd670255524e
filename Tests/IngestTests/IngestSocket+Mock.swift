// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Glibc
import HTTPServer
import Logging
import Testing

@testable import Ingest

extension TestIngest {
    /// Sends bytes to the webhook on loopback and reads until the relay closes.
    func exchange(_ bytes: [UInt8], _ authentication: [Authentication]) async throws -> String {
        try await withWebhook(ingest(authentication)) { await $0(bytes) }
    }

    /// Serves the webhook on loopback. `body` gets what sends bytes to it and reads until it closes.
    func withWebhook<R>(
        _ ingest: Ingest,
        _ body: (@escaping @Sendable ([UInt8]) async -> String) async throws -> R
    ) async throws -> R {
        var router = Router()
        ingest.routes(into: &router)
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = HTTPServer(configuration: HTTPServerConfiguration(), logger: silent) { [router] in
            await router.handle($0)
        }
        let addresses = try await server.start()
        let port = addresses.first.map { if case .ip(_, let port) = $0 { port } else { 0 } } ?? 0
        do {
            let result = try await body { bytes in await Self.exchange(bytes, port: UInt16(port)) }
            await server.shutdown(deadline: .zero)
            return result
        } catch {
            await server.shutdown(deadline: .zero)
            throw error
        }
    }

    /// On a thread of its own, since it blocks: those of the global pool are as few as the cores.
    private static func exchange(_ bytes: [UInt8], port: UInt16) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: talk(bytes, port: port)) }
        }
    }

    /// Blocks for at most ten seconds.
    private static func talk(_ bytes: [UInt8], port: UInt16) -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard isConnected == 0, send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            return "not sent"
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 { return "no end after: " + String(decoding: received, as: UTF8.self) }
            if count == 0 { return String(decoding: received, as: UTF8.self) }
            received += buffer[..<count]
        }
    }
}
