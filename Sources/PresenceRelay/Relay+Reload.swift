// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import ConfigurationSyntax
import GenesysAPI
import HTTPServer
import Ingest
import Logging
import OutgoingWebhooks
import Pipeline
import StatusRules
import Synchronization

extension Relay {
    /// Takes rules, secrets and certificates of the configuration file. A bad file changes nothing and says so.
    ///
    /// Names of statuses, queues and the like can only be resolved by Genesys: when it cannot be reached, or does not know
    /// one of them, the rules in force are kept while secrets and certificates are taken, for a new client secret may be
    /// what it is waiting for.
    ///
    /// - Returns: `false` when it is worth trying again, although nothing changes in the files.
    func reload(_ file: ConfigurationFile, because reason: ReloadReason) async -> Bool {
        logger.info("reading the configuration again", metadata: ["reason": "\(reason.description)"])
        let diagnostics = Diagnostics()
        let new = file.load(diagnostics: diagnostics)
        for finding in diagnostics.sorted { logger.warning("\(finding)") }
        guard let new, !diagnostics.hasErrors else {
            logger.error("the configuration has errors: the rules in force are kept, and the secrets and certificates")
            reloads.failed(diagnostics.sorted, besides: file.path, now: .now)
            return true
        }
        do {
            if configuration.server.tls != nil, let files = new.server.tls {
                try server.reloadTLS(HTTPServerConfiguration.TLSFiles(files))
            }
        } catch {
            logger.error("the certificate in force is kept, and the rules in force are kept, and the secrets: \(error)")
            reloads.failed("the certificate or its key cannot be used; the log says why", now: .now)
            return true
        }
        takeSecrets(of: new)
        latest.withLock { $0.take(new) }
        let metadata: Logger.Metadata = [
            "version": "\(new.rules.version)", "changes": "\(reloads.changes(with: new))",
        ]
        guard case .resolved = status.genesys else {
            logger.notice(
                "new secrets and certificates are in force; the rules will be when Genesys can be used",
                metadata: metadata
            )
            reloads.succeeded(new, now: .now)
            return true
        }
        do {
            let (decisions, definitions) = try await resolve(new)
            await pipeline.replace(engine: decisions.engine)
            putInForce(decisions, definitions)
            logger.notice(
                "new rules, secrets and certificates are in force; other settings need a restart",
                metadata: metadata
            )
            reloads.succeeded(new, now: .now)
            return true
        } catch {
            logger.error("new secrets and certificates are in force; the rules in force are kept: \(error)")
            let isPassing = error is GenesysAPIError
            // Anybody may read this; which names they are is in the log.
            reloads.failed(
                isPassing
                    ? "Genesys cannot be asked for the names in it; the log says why"
                    : "names in it are not in the organisation, or several times; the log says which",
                now: .now
            )
            return !isPassing
        }
    }

    private func takeSecrets(of new: RelayConfiguration) {
        ingest.replaceAuthentication(new.webhook.authentication.map(Authentication.init))
        webhooks.replace(new.notifications.mapValues(WebhookEndpoint.init))
        front.replaceAdminTokens(new.admin.tokens.map(\.value))
        for (api, account) in zip(apis, new.genesys.clients) {
            api.replaceClient(id: account.id, secret: account.secret.value)
        }
        if new.genesys.clients.count != apis.count {
            logger.warning("another number of OAuth clients needs a restart; those in force have their new secrets")
        }
    }
}
