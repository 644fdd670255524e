// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Synchronization

/// A server of plain blocking sockets that does exactly what a test's script says, right or wrong.
final class RawServer: Sendable {
    /// One accepted connection; scripts run on a thread of their own, so they may block.
    struct Connection: Sendable {
        let descriptor: Int32

        /// The next request, or `nil` when the client has gone.
        func readRequest() -> (head: String, body: String)? {
            var bytes: [UInt8] = []
            let end = Array("\r\n\r\n".utf8)
            while !bytes.suffix(4).elementsEqual(end) {
                guard let byte = read(1).first else { return nil }
                bytes.append(byte)
            }
            let head = String(decoding: bytes, as: UTF8.self)
            let length =
                head.split(separator: "\r\n")
                .first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
            var body: [UInt8] = []
            while body.count < length {
                let part = read(length - body.count)
                guard !part.isEmpty else { return nil }
                body += part
            }
            return (head, String(decoding: body, as: UTF8.self))
        }

        /// False when the client has gone.
        @discardableResult
        func write(_ text: String) -> Bool {
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard sent > 0 else { return false }
                rest = rest.dropFirst(sent)
            }
            return true
        }

        func answer(_ body: String, status: String = "200 OK", headers: String = "") {
            write("HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }

        /// Returns when the client closes its side.
        func waitForEnd() {
            while !read(4096).isEmpty {}
        }

        private func read(_ count: Int) -> [UInt8] {
            var buffer = [UInt8](repeating: 0, count: count)
            let received = recv(descriptor, &buffer, count, 0)
            return Array(buffer.prefix(max(0, received)))
        }
    }

    struct SetupError: Error {}

    let port: UInt16
    private let listener: Int32
    private let open = Mutex<(descriptors: Set<Int32>, accepted: Int, isStopped: Bool)>(([], 0, false))

    var url: String { "http://127.0.0.1:\(port)" }
    /// Connections accepted so far.
    var accepted: Int { open.withLock { $0.accepted } }
    /// Connections whose script still runs.
    var live: Int { open.withLock { $0.descriptors.count } }

    init(script: @escaping @Sendable (Connection) -> Void) throws {
        (listener, port) = try Self.listen(backlog: 1024)
        Thread { [self] in
            while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
                let runs = open.withLock { open in
                    open.accepted += 1
                    if !open.isStopped { open.descriptors.insert(descriptor) }
                    return !open.isStopped
                }
                guard runs else {
                    close(descriptor)
                    break
                }
                Thread { [self] in
                    script(Connection(descriptor: descriptor))
                    open.withLock { open in
                        open.descriptors.remove(descriptor)
                        close(descriptor)
                    }
                }.start()
            }
            close(listener)
        }.start()
    }

    /// Wakes every blocked script with an end of file.
    func stop() {
        open.withLock { open in
            open.isStopped = true
            for descriptor in open.descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// A listening socket on a free port of 127.0.0.1.
    static func listen(backlog: Int32) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && Foundation.listen(descriptor, backlog) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard result else { throw SetupError() }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// Answers every request on every connection with the same body.
    static func echoing(_ body: String = "ok") -> @Sendable (Connection) -> Void {
        { connection in
            while connection.readRequest() != nil { connection.answer(body) }
        }
    }
}
