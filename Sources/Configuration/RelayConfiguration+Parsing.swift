// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

public import ConfigurationSyntax
import StatusRules

extension RelayConfiguration {
    private static let keys = [
        "server", "webhook", "admin", "genesys", "journal", "mode", "agents", "verify", "tags", "maxEventAge",
        "maxReleaseAge", "conversationTimeout", "statuses", "rules", "watch", "notifications",
    ]

    /// Reads a whole file's text. Findings go to `diagnostics`; `nil` when there is an error.
    ///
    /// - Parameter file: the file's path, for locations and as the folder that relative paths are seen from.
    public static func parse(
        _ yaml: String,
        file: String,
        environment: ConfigurationEnvironment,
        diagnostics: Diagnostics
    ) -> RelayConfiguration? {
        let errorsBefore = diagnostics.errorCount
        let document = ConfigurationDocument.parse(
            yaml,
            file: file,
            interpolation: environment.interpolation(forFile: file),
            diagnostics: diagnostics
        )
        guard let document,
            let root = MappingReader(document, path: "", keys: keys, diagnostics: diagnostics)
        else { return nil }

        let server = Server.parse(root, file: file)
        let webhook = Webhook.parse(root, now: environment.now())
        let admin = Admin.parse(root)
        let genesys = Genesys.parse(root)
        let sources = RuleSources.read(
            statuses: root.node("statuses"),
            rules: root.node("rules"),
            file: file,
            environment: environment,
            diagnostics: diagnostics
        )
        let notifications = NotificationEndpoint.parse(root)
        NotificationEndpoint.check(root, sources)
        let rules = RuleSet.compile(statuses: sources.statuses, rules: sources.rules, diagnostics: diagnostics)
        let journal = JournalSettings.parse(root)
        let mode = root.choice("mode", of: Mode.self)
        let agents = Agents.parse(root)
        let verify = Verify.parse(root)
        let tags = TagSettings.parse(root)
        let watch = root.boolean("watch")
        let maxEventAge = root.duration("maxEventAge", in: .seconds(1)...DurationLimit.week)
        let maxReleaseAge = root.duration("maxReleaseAge", in: .seconds(1)...DurationLimit.week)
        let conversationTimeout = root.duration("conversationTimeout", in: .seconds(1)...DurationLimit.week)
        if let rules, rules.ruleNames.isEmpty, sources.isComplete {
            diagnostics.warning(
                at: root.entry("rules")?.keyLocation ?? root.location,
                "there are no rules: agents are watched and no status is ever set"
            )
        }
        rules?.lint(diagnostics)
        if let rules, root.node("genesys")?["region"] != nil { warnOfPutAdherence(rules, diagnostics) }

        guard diagnostics.errorCount == errorsBefore, let genesys, let rules else { return nil }
        var configuration = RelayConfiguration(genesys: genesys, rules: rules)
        configuration.server = server
        configuration.webhook = webhook
        configuration.admin = admin
        configuration.journal = journal
        configuration.agents = agents
        configuration.verify = verify
        configuration.tags = tags
        configuration.notifications = notifications
        configuration.ruleFiles = sources.files
        configuration.inventory = RuleInventory(sources)
        if let watch { configuration.watch = watch }
        if let mode { configuration.mode = mode }
        if let maxEventAge { configuration.maxEventAge = maxEventAge }
        if let maxReleaseAge { configuration.maxReleaseAge = maxReleaseAge }
        if let conversationTimeout { configuration.conversationTimeout = conversationTimeout }
        return configuration
    }

    /// Genesys Cloud itself would answer 404 every time.
    private static func warnOfPutAdherence(_ rules: RuleSet, _ diagnostics: Diagnostics) {
        for status in rules.statuses.values where status.putsAdherence {
            diagnostics.warning(
                at: status.location,
                "statuses.\(status.name): adherence: put is for gateways at an apiURL of their own; Genesys Cloud offers "
                    + "no such call and computes adherence from the presence"
            )
        }
    }

    /// Reads the file at a path through the environment; a file that cannot be read is a finding at its beginning.
    public static func load(
        path: String,
        environment: ConfigurationEnvironment,
        diagnostics: Diagnostics
    ) -> RelayConfiguration? {
        guard let yaml = try? environment.file(path) else {
            diagnostics.error(
                at: SourceLocation(file: path, line: 1, column: 1),
                "the configuration file cannot be read: it does not exist, may not be read, or is not UTF-8"
            )
            return nil
        }
        return parse(yaml, file: path, environment: environment, diagnostics: diagnostics)
    }
}

/// Bounds that several settings share.
enum DurationLimit {
    static let hour = Duration.seconds(3600)
    static let week = Duration.seconds(7 * 86_400)
    static let tenYears = Duration.seconds(3653 * 86_400)
}

extension RelayConfiguration.JournalSettings {
    /// Less would not hold the states of a few hundred agents and what they need to be worked on.
    private static let sizes: ClosedRange<Int64> = 10_000_000...100_000_000_000_000

    static func parse(_ root: MappingReader) -> Self {
        var settings = Self()
        guard let reader = root.mapping("journal", keys: ["url", "keep", "maxSize"]) else { return settings }
        if let node = reader.node("url"), let url = reader.text("url"), node.provenance != .placeholder {
            if url.hasPrefix("sqlite:"), url.count > "sqlite:".count {
                settings.url = url
            } else if ["postgres:", "postgresql:"].contains(where: url.hasPrefix) {
                reader.diagnostics.unsupported("'journal.url: postgresql:…'", at: node.location)
            } else {
                // The text is not repeated: a database's address often has a password in it.
                reader.diagnostics.error(
                    at: node.location,
                    "journal.url: expected sqlite:PATH, such as sqlite:relay.db"
                )
            }
        }
        if let keep = reader.duration("keep", in: .seconds(1)...DurationLimit.tenYears) { settings.keep = keep }
        settings.maxSize = reader.byteSize("maxSize", in: sizes)
        return settings
    }
}

extension RelayConfiguration.Verify {
    static func parse(_ root: MappingReader) -> Self {
        var verify = Self()
        guard let reader = root.mapping("verify", keys: ["within", "attempts", "adherence"]) else { return verify }
        if let within = reader.duration("within", in: .milliseconds(1)...DurationLimit.hour) { verify.within = within }
        if let attempts = reader.integer("attempts", in: 1...20) { verify.attempts = attempts }
        if let adherence = reader.boolean("adherence") { verify.adherence = adherence }
        return verify
    }
}
