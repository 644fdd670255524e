// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import Ingest

extension Ingest.Configuration {
    init(_ configuration: RelayConfiguration) {
        self.init(authentication: configuration.webhook.authentication.map(Authentication.init))
        path = configuration.webhook.path
        retiredPaths = configuration.webhook.retiredPaths
        allowedSources = configuration.webhook.allowedSources
        allowedOrigins = configuration.webhook.allowedOrigins
        trustedProxies = configuration.server.trustedProxies
        maxRequestsPerAddress = configuration.server.maxConnectionsPerAddress
        maxBodyBytes = configuration.server.maxBodyBytes
    }
}

extension Authentication {
    init(_ way: RelayConfiguration.WebhookAuthentication) {
        func credentials(_ values: [ExpiringSecret]) -> [Credential] {
            values.map { Credential($0.secret.value, notAfter: $0.notAfter) }
        }
        self =
            switch way {
            case .apiKey(let header, let values): .apiKey(header: header, values: credentials(values))
            case .basic(let username, let passwords): .basic(username: username, passwords: credentials(passwords))
            case .bearer(let tokens): .bearer(tokens: credentials(tokens))
            case .hmac(let header, let prefix, let algorithm, let encoding, let secrets):
                .hmac(
                    HMACScheme(
                        header: header,
                        prefix: prefix,
                        algorithm: algorithm,
                        encoding: encoding,
                        secrets: credentials(secrets)
                    )
                )
            case .standardWebhooks(let secrets, let publicKeys, let tolerance):
                .standardWebhooks(
                    StandardWebhooksScheme(
                        secrets: credentials(secrets),
                        publicKeys: credentials(publicKeys),
                        tolerance: tolerance
                    )
                )
            case .mutualTLS(let subjects, let issuers):
                .mutualTLS(ClientCertificateScheme(subjects: subjects, issuers: issuers))
            }
    }
}
