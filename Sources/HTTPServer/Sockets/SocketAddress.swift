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
        switch address {
        case .ip(let host, let port): try self.init(host: host, port: port)
        case .unix(let path): try self.init(path: path)
        case .systemd: preconditionFailure("a passed socket has been bound by who passed it")
        }
    }

    private init(path: String) throws(HTTPServerError) {
        let bytes = Array(path.utf8)
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else {
            throw HTTPServerError(
                .invalidAddress,
                "cannot listen on unix:\(path): the path of a Unix socket has 1 to \(room - 1) bytes"
            )
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
        withUnsafeMutableBytes(of: &storage) { target in
            withUnsafeBytes(of: address) { target.copyMemory(from: $0) }
        }
    }

    private init(host: String, port: Int) throws(HTTPServerError) {
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

    /// Where a socket with this address listens.
    var listenAddress: ListenAddress {
        guard family == AF_UNIX else { return .ip(numeric.host, port: numeric.port) }
        let path = withUnsafeBytes(of: storage) { bytes in
            // sun_path lies behind the family.
            String(decoding: bytes[2..<max(2, Int(length))].prefix { $0 != 0 }, as: UTF8.self)
        }
        return .unix(path: path)
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

    /// Only the host: shorter than `numeric` for the hot path of accept. An IPv4 address that a dual-stack socket shows
    /// as `::ffff:192.0.2.1` is `192.0.2.1`, and the peer of a Unix socket, which has no address, is of this machine.
    var host: String {
        switch family {
        case AF_UNIX: "127.0.0.1"
        case AF_INET6 where !isMapped: numeric.host
        default:
            withUnsafeBytes(of: storage) { bytes in
                let start = isMapped ? Self.v6Start + 12 : Self.v4Start
                return "\(bytes[start]).\(bytes[start + 1]).\(bytes[start + 2]).\(bytes[start + 3])"
            }
        }
    }

    /// What the connections of this address are counted by; `nil` for a Unix socket, whose peers are all of this machine.
    var key: AddressKey? {
        withUnsafeBytes(of: storage) { bytes in
            func value(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
            switch family {
            case AF_INET: return AddressKey(bits: value(Self.v4Start..<Self.v4Start + 4))
            // 0.0.0.0/8 of the same numbers is nobody's source, and ::/64 holds no unicast address but ::1.
            case AF_INET6 where isMapped: return AddressKey(bits: value(Self.v6Start + 12..<Self.v6Start + 16))
            case AF_INET6: return AddressKey(bits: value(Self.v6Start..<Self.v6Start + 8))
            default: return nil
            }
        }
    }

    /// Behind the family and the port lies `sin_addr`, and behind the flow label `sin6_addr`, in network order.
    private static let v4Start = 4
    private static let v6Start = 8

    /// RFC 4291 section 2.5.5.2.
    private var isMapped: Bool {
        guard family == AF_INET6 else { return false }
        return withUnsafeBytes(of: storage) { bytes in
            let address = bytes[Self.v6Start..<Self.v6Start + 12]
            return address.prefix(10).allSatisfy { $0 == 0 } && address.suffix(2).allSatisfy { $0 == 0xFF }
        }
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
