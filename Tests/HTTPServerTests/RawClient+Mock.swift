// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Glibc
import Testing

@testable import HTTPServer

/// A TCP client that sends exactly the bytes it is given. Every wait is bounded.
final class RawClient {
    struct Answer: Equatable {
        var status: Int
        var reason: String
        /// Names in lower case.
        var fields: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    let descriptor: Int32
    private var pending: [UInt8] = []
    private(set) var hasEnded = false

    /// Connects; `receiveBuffer` makes the kernel's buffer small, to see back-pressure, and `source` is the IPv4 address
    /// to come from.
    init(_ address: ListenAddress, receiveBuffer: Int32? = nil, from source: String? = nil) throws {
        var target = try SocketAddress(address)
        descriptor = socket(target.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        if let source {
            var origin = try SocketAddress(.ip(source, port: 0))
            _ = origin.withPointer { bind(descriptor, $0, $1.pointee) }
        }
        guard target.withPointer({ connect(descriptor, $0, $1.pointee) }) == 0 else {
            throw Failed(description: "connect: errno \(errno)")
        }
    }

    deinit { close(descriptor) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress.map { $0 + offset }, bytes.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            offset += count
        }
    }

    /// Sends what fits without waiting; returns how many bytes did.
    func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes {
            max(0, Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)))
        }
    }

    /// Drops what has come, without waiting for more.
    func discardWithoutWaiting() {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)) > 0 {}
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes so that the server sees a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        var target = sockaddr(sa_family: sa_family_t(AF_UNSPEC), sa_data: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        // Connecting to nothing resets at once, while the descriptor stays ours until deinit.
        connect(descriptor, &target, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// More bytes; `false` at the end of the connection. Throws after `seconds`.
    private func receive(within seconds: Double = 10) throws -> Bool {
        if hasEnded { return false }
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, Int32(seconds * 1000)) == 1 else { throw Failed(description: "nothing came") }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0 { throw Failed(description: "recv: errno \(errno)") }
        if count == 0 { hasEnded = true }
        pending.append(contentsOf: buffer[..<count])
        return count > 0
    }

    /// Whether something can be read within a short time.
    func isQuiet(forMilliseconds milliseconds: Int32) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return pending.isEmpty && poll(&poller, 1, milliseconds) == 0
    }

    /// The next byte; `nil` at the end of the connection.
    func byte() throws -> UInt8? {
        if pending.isEmpty { _ = try receive() }
        return pending.isEmpty ? nil : pending.removeFirst()
    }

    /// All bytes up to the end of the connection.
    func readToEnd() throws -> [UInt8] {
        while try receive() {}
        defer { pending = [] }
        return pending
    }

    /// Drops up to `limit` bytes, and goes on until `total` have come if one is given; returns how many.
    func readSome(atMost limit: Int, until total: Int = 0) throws -> Int {
        var count = 0
        repeat {
            guard try receive() else { return count }
            count += pending.count
            pending = []
        } while count < min(limit, total)
        return count
    }

    /// At least this many bytes, as text, and all that came with them.
    func read(until text: String) throws -> String {
        let wanted = Array(text.utf8)
        while pending.firstRange(of: wanted) == nil {
            guard try receive() else { throw Failed(description: "the connection ended: \(pendingText)") }
        }
        defer { pending = [] }
        return pendingText
    }

    private var pendingText: String { String(decoding: pending, as: UTF8.self) }

    /// One answer; `head` for an answer to HEAD.
    func answer(head isHead: Bool = false) throws -> Answer {
        while pending.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
            guard try receive() else { throw Failed(description: "the connection ended: \(pendingText)") }
        }
        guard let end = pending.firstRange(of: Array("\r\n\r\n".utf8)) else { throw Failed(description: "no end") }
        let lines = String(decoding: pending[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        pending.removeSubrange(..<end.upperBound)
        let parts = lines[0].split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
            throw Failed(description: "not a status line: \(lines[0])")
        }
        var answer = Answer(status: status, reason: parts.count > 2 ? String(parts[2]) : "", fields: [:], body: [])
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1)
            answer.fields[pair[0].lowercased()] = pair.count > 1 ? pair[1].trimmingCharacters(in: .whitespaces) : ""
        }
        if isHead || status < 200 || status == 204 || status == 304 { return answer }
        if let length = answer.fields["content-length"].flatMap({ Int($0) }) {
            answer.body = try take(length)
        } else if answer.fields["transfer-encoding"] == "chunked" {
            answer.body = try takeChunks()
        } else {
            answer.body = try readToEnd()
        }
        return answer
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while pending.count < count {
            guard try receive() else { throw Failed(description: "the content was cut off at \(pending.count)") }
        }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    private func takeChunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            while pending.firstRange(of: [13, 10]) == nil {
                guard try receive() else { throw Failed(description: "a chunk was cut off") }
            }
            guard let end = pending.firstRange(of: [13, 10]),
                let size = Int(String(decoding: pending[..<end.lowerBound], as: UTF8.self), radix: 16)
            else { throw Failed(description: "not a chunk size: \(pendingText)") }
            pending.removeSubrange(..<end.upperBound)
            let chunk = try take(size + 2)
            guard chunk.suffix(2) == [13, 10] else { throw Failed(description: "a chunk without an end") }
            if size == 0 { return body }
            body.append(contentsOf: chunk.dropLast(2))
        }
    }
}
