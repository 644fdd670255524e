// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension RelayConfiguration {
    /// Where the relay listens. No names: a server must not wait for DNS to know where it listens.
    public enum ListenAddress: Equatable, Sendable {
        /// A numeric address, without the brackets of an IPv6 address; port 0 = any free one.
        case ip(host: String, port: Int)
        /// `unix:PATH`; a relative path is seen from the folder of the configuration file.
        case unix(path: String)
        /// `systemd`, or `systemd:NAME` for the sockets of one `FileDescriptorName=`.
        case systemd(name: String?)
    }
}

extension RelayConfiguration.ListenAddress {
    init?(_ text: String, file: String) {
        if text == "systemd" {
            self = .systemd(name: nil)
        } else if let name = text.suffix(after: "systemd:") {
            guard !name.isEmpty, !name.contains(":") else { return nil }
            self = .systemd(name: name)
        } else if let socket = text.suffix(after: "unix:") {
            // The kernel takes 107 bytes.
            let socket = path(socket, besides: file)
            guard !socket.hasSuffix("/"), (1...107).contains(socket.utf8.count) else { return nil }
            self = .unix(path: socket)
        } else {
            self.init(ip: text)
        }
    }

    /// `address:port`, with an IPv6 address in brackets.
    private init?(ip text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        // UInt16("+80") is 80.
        guard digits.utf8.first != UInt8(ascii: "+"), let port = UInt16(digits) else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = String(host.dropFirst().dropLast())
            guard AddressBlock.family(of: address) == .v6 else { return nil }
            self = .ip(host: address, port: Int(port))
        } else {
            guard AddressBlock.family(of: String(host)) == .v4 else { return nil }
            self = .ip(host: String(host), port: Int(port))
        }
    }

    static func parse(_ reader: MappingReader, file: String) -> [Self]? {
        guard let node = reader.node("listen") else { return nil }
        let elements = node.elements
        guard !elements.isEmpty else {
            reader.diagnostics.error(at: node.location, "server.listen is empty")
            return nil
        }
        return elements.compactMap { parse($0, file: file, diagnostics: reader.diagnostics) }
    }

    private static func parse(_ node: ConfigurationNode, file: String, diagnostics: Diagnostics) -> Self? {
        guard let text = node.text("server.listen", diagnostics: diagnostics), node.provenance != .placeholder else {
            return nil
        }
        if let address = Self(text, file: file) { return address }
        let found = node.provenance == .written ? ", found '\(text)'" : ""
        diagnostics.error(
            at: node.location,
            "server.listen: expected address:port, such as 127.0.0.1:8080, 0.0.0.0:8080 or \"[::]:8080\", unix:PATH, "
                + "or systemd\(found)"
        )
        return nil
    }
}

extension String {
    fileprivate func suffix(after prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
