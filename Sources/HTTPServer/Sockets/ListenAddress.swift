// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Where a server listens.
public enum ListenAddress: Hashable, Sendable {
    /// A numeric IPv4 or IPv6 address and a port; port 0 lets the kernel choose. `::` is IPv6 only, unless
    /// `HTTPServerConfiguration.ipv6Only` says otherwise.
    case ip(String, port: Int)
    /// A Unix socket at this path (unix(7)), at most 107 bytes. One that nobody listens on any more is replaced.
    case unix(path: String)
    /// The sockets that systemd has passed to this process (sd_listen_fds(3)): those of a `FileDescriptorName=`, or all.
    case systemd(name: String?)
}

extension ListenAddress: CustomStringConvertible {
    /// `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/relay.sock`, `systemd` or `systemd:name`.
    public var description: String {
        switch self {
        case .ip(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        case .systemd(let name): name.map { "systemd:\($0)" } ?? "systemd"
        }
    }
}
