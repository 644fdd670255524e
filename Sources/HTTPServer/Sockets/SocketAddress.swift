// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CEpoll
import Glibc

/// A numeric address in the form the socket calls take.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    var family: Int32 { Int32(storage.ss_family) }

    /// No name is looked up: a server must not wait for DNS to know where it listens.
    init(_ address: ListenAddress) throws(HTTPServerError) {
        guard case .ip(let host, let port) = address else { return }
        guard (0...65535).contains(port) else {
            throw HTTPServerError(.invalidAddress, "cannot listen on port \(port): a port is 0 to 65535")
        }
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, String(port), &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        guard result == 0, let info = found?.pointee, let source = info.ai_addr else {
            throw HTTPServerError(
                .invalidAddress,
                "cannot listen on \"\(host)\": it is not a numeric IPv4 or IPv6 address; "
                    + "write 0.0.0.0 or :: for all interfaces, 127.0.0.1 or ::1 for this machine only"
            )
        }
        length = info.ai_addrlen
        withUnsafeMutableBytes(of: &storage) { target in
            target.copyMemory(from: UnsafeRawBufferPointer(start: source, count: Int(info.ai_addrlen)))
        }
    }

    /// The address a socket is bound to.
    init?(boundTo descriptor: Int32) {
        guard withPointer({ getsockname(descriptor, $0, $1) }) == 0 else { return nil }
    }

    /// Room for an address the kernel fills in.
    init() {}

    mutating func withPointer<R>(_ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> R) -> R {
        withUnsafeMutablePointer(to: &length) { length in
            withUnsafeMutablePointer(to: &storage) { storage in
                storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
            }
        }
    }

    /// The address in numeric form without the port, and the port.
    var numeric: (host: String, port: Int) {
        var copy = self
        return copy.withPointer { pointer, length in
            var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
            let flags = NI_NUMERICHOST | NI_NUMERICSERV
            let result = getnameinfo(
                pointer,
                length.pointee,
                &host,
                socklen_t(host.count),
                &port,
                socklen_t(port.count),
                flags
            )
            guard result == 0 else { return ("", 0) }
            return (Self.text(host), Int(Self.text(port)) ?? 0)
        }
    }

    /// Only the host: shorter than `numeric` for the hot path of accept.
    var host: String {
        guard family == AF_INET else { return numeric.host }
        return withUnsafeBytes(of: storage) { bytes in
            // sin_addr lies behind the family and the port, in network order.
            "\(bytes[4]).\(bytes[5]).\(bytes[6]).\(bytes[7])"
        }
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension ListenAddress: CustomStringConvertible {
    /// `127.0.0.1:8080`, `[::1]:8080`.
    public var description: String {
        switch self {
        case .ip(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
