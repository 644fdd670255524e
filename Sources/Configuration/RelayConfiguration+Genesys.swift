// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax
import Foundation

extension RelayConfiguration.Genesys {
    private static let keys = [
        "region", "apiURL", "loginURL", "clients", "requestsPerMinute", "bulk", "directoryRefresh",
    ]

    private static let requestRates = 1...100_000

    /// `nil` = reported.
    static func parse(_ root: MappingReader) -> Self? {
        guard root.require("genesys", "write the region and an OAuth client"),
            let reader = root.mapping("genesys", keys: keys)
        else { return nil }
        let addresses = addresses(reader)
        let requestsPerMinute = reader.integer("requestsPerMinute", in: requestRates)
        let clients = clients(reader, requestsPerMinute: requestsPerMinute ?? 300)
        let bulkSize = reader.mapping("bulk", keys: ["size"])?.integer("size", in: 1...100)
        let directoryRefresh = reader.duration("directoryRefresh", in: .seconds(1)...DurationLimit.week)
        guard let addresses, let clients else { return nil }
        var genesys = Self(apiURL: addresses.api, loginURL: addresses.login, clients: clients)
        if let requestsPerMinute { genesys.requestsPerMinute = requestsPerMinute }
        if let bulkSize { genesys.bulkSize = bulkSize }
        if let directoryRefresh { genesys.directoryRefresh = directoryRefresh }
        return genesys
    }

    private static func addresses(_ reader: MappingReader) -> (api: String, login: String)? {
        let hasURLs = reader.node("apiURL") != nil || reader.node("loginURL") != nil
        if let region = reader.entry("region"), hasURLs {
            reader.diagnostics.error(
                at: region.keyLocation,
                "genesys: write region, or apiURL and loginURL, but not both"
            )
            return nil
        }
        guard hasURLs else {
            let advice = "write one such as us-east-1, or apiURL and loginURL"
            guard reader.require("region", advice) else { return nil }
            return domain(reader).map { ("https://api.\($0)", "https://login.\($0)") }
        }
        let advice = "apiURL and loginURL go together"
        guard reader.require("apiURL", advice), reader.require("loginURL", advice) else { return nil }
        let (api, login) = (url("apiURL", reader), url("loginURL", reader))
        return api.flatMap { api in login.map { (api, $0) } }
    }

    private static func domain(_ reader: MappingReader) -> String? {
        guard let node = reader.node("region"), let region = reader.text("region") else { return nil }
        guard node.provenance != .placeholder else { return GenesysRegion.domains[0].domain }
        guard let domain = GenesysRegion.domain(of: region) else {
            let regions = GenesysRegion.domains.map(\.region)
            let clause = node.provenance == .written ? ": '\(region)'\(near(region, regions))" : ""
            reader.diagnostics.error(
                at: node.location,
                "genesys.region: unknown region\(clause); a bare domain such as mypurecloud.com, "
                    + "or apiURL and loginURL, may be written instead"
            )
            return nil
        }
        for prefix in ["api.", "login.", "apps."] where domain.hasPrefix(prefix) {
            reader.diagnostics.error(
                at: node.location,
                "genesys.region: write the domain without '\(prefix)', such as mypurecloud.com"
            )
            return nil
        }
        return domain
    }

    private static func near(_ region: String, _ regions: [String]) -> String {
        if let known = GenesysRegion.domains.first(where: { region.contains($0.domain) }) {
            return "; did you mean '\(known.domain)'?"
        }
        return suggestionClause(for: region, among: regions, called: "regions")
    }

    /// An absolute http(s) address, without the slash at its end.
    private static func url(_ key: String, _ reader: MappingReader) -> String? {
        guard let node = reader.node(key), let text = reader.text(key) else { return nil }
        guard node.provenance != .placeholder else { return "https://placeholder.invalid" }
        guard let components = URLComponents(string: text), let host = components.host, !host.isEmpty,
            let scheme = components.scheme?.lowercased(), ["http", "https"].contains(scheme),
            components.query == nil, components.fragment == nil, components.user == nil, components.password == nil
        else {
            reader.diagnostics.error(
                at: node.location,
                "genesys.\(key): expected an address such as https://api.mypurecloud.com"
            )
            return nil
        }
        if scheme == "http", !Loopback.contains(host) {
            reader.diagnostics.warning(
                at: node.location,
                "genesys.\(key): plain http shows the token to everyone on the way; use https"
            )
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func clients(
        _ reader: MappingReader,
        requestsPerMinute: Int
    ) -> [RelayConfiguration.OAuthClient]? {
        guard reader.require("clients", "write - { id: \"${env:GENESYS_CLIENT_ID}\", secret: … }"),
            let node = reader.node("clients")
        else { return nil }
        let elements = node.elements
        guard !elements.isEmpty else {
            reader.diagnostics.error(at: node.location, "genesys.clients is empty; write one OAuth client")
            return nil
        }
        var seen: Set<String> = []
        let clients: [RelayConfiguration.OAuthClient] = elements.compactMap { element in
            let client = MappingReader(
                element,
                path: "genesys.clients",
                keys: ["id", "secret", "requestsPerMinute"],
                diagnostics: reader.diagnostics
            )
            guard let client else { return nil }
            client.require("id")
            client.require("secret")
            let (id, secret) = (client.text("id"), client.text("secret"))
            let own = client.integer("requestsPerMinute", in: requestRates)
            // Two entries would spend one and the same limit twice.
            if let id, let node = client.node("id"), node.provenance != .placeholder, !seen.insert(id).inserted {
                reader.diagnostics.error(at: node.location, "genesys.clients: the same id is there already")
            }
            guard let id, let secret else { return nil }
            return .init(
                id: id,
                secret: Secret(secret),
                requestsPerMinute: own ?? requestsPerMinute,
                location: element.location
            )
        }
        return clients.count == elements.count ? clients : nil
    }
}
