// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import ConfigurationSyntax

extension RelayConfiguration.Admin {
    static func parse(_ root: MappingReader) -> Self {
        var admin = Self()
        let reader = root.mapping("admin", keys: ["tokens", "allowUnauthenticated", "protectMetrics"])
        guard reader != nil || root.node("admin") == nil else { return admin }
        if let isOpen = reader?.boolean("allowUnauthenticated") { admin.allowUnauthenticated = isOpen }
        if let isProtected = reader?.boolean("protectMetrics") { admin.protectMetrics = isProtected }
        let hasTokens = reader?.node("tokens").map { !$0.elements.isEmpty } ?? false
        if hasTokens { admin.tokens = reader?.secrets("tokens") ?? [] }
        if !hasTokens, !admin.allowUnauthenticated {
            root.diagnostics.error(
                at: (reader?.entry("tokens") ?? root.entry("admin"))?.keyLocation ?? root.location,
                "admin.tokens is missing: anyone could read who does what when; "
                    + "write a token, or admin.allowUnauthenticated: true"
            )
        }
        if hasTokens, admin.allowUnauthenticated, let entry = reader?.entry("allowUnauthenticated") {
            root.diagnostics.error(
                at: entry.keyLocation,
                "admin.allowUnauthenticated: true contradicts admin.tokens; remove one of the two"
            )
        }
        if admin.protectMetrics, admin.allowUnauthenticated, !hasTokens, let entry = reader?.entry("protectMetrics") {
            root.diagnostics.error(
                at: entry.keyLocation,
                "admin.protectMetrics: there is no token to protect them with"
            )
        }
        return admin
    }
}
