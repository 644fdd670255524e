// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import Console
import GenesysEvents
import HTTPClient
import Journal
import Logging
import Pipeline
import ServiceLifecycle

extension Journal.Configuration {
    init(_ settings: RelayConfiguration.JournalSettings) {
        self.init()
        keep = settings.keep
        maxSize = settings.maxSize
    }
}

/// Keeps the journal within its bounds, and closes it last.
struct StorageService: Service {
    let relay: Relay

    /// The size is looked at so often; what comes in between is the most that the journal can be over it.
    private static let sizeInterval = Duration.seconds(5)
    /// Every so many looks, what is too old goes.
    private static let looksForAge = 12

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var looks = 0
            var wasOver = false
            while !Task.isCancelled {
                try await Task.sleep(for: Self.sizeInterval)
                looks += 1
                do {
                    if looks.isMultiple(of: Self.looksForAge) { try await relay.journal.prune(now: .now) }
                    let size = try await relay.journal.enforceMaxSize()
                    if size.isOver, !wasOver {
                        relay.logger.warning(
                            "the journal is over journal.maxSize, and all that is applied is deleted",
                            metadata: ["used": "\(size.usedBytes)", "maxSize": "\(relay.journal.maxSize ?? 0)"]
                        )
                    }
                    wasOver = size.isOver
                } catch {
                    relay.logger.warning("old entries could not be removed: \(error)")
                }
            }
        }
        await relay.journal.close()
        await relay.client.shutdown()
    }
}

extension Relay {
    /// For the scrape of the metrics; the numbers of before stay when the journal cannot be read.
    func measureJournal() async { _ = try? await journal.measure(now: .now) }

    /// Whether events can be kept, and what they take.
    func journalCheck() async -> HealthCheck {
        var values = ["lag": await Double(pipeline.lag), "lastSequence": Double(journal.lastSequence)]
        let storage = try? await journal.measure(now: .now)
        if let storage {
            values["lagSeconds"] = storage.lag / .seconds(1)
            values["databaseBytes"] = Double(storage.databaseBytes)
            values["usedBytes"] = Double(storage.usedBytes)
            values["walBytes"] = Double(storage.logBytes)
            values["deadLetters"] = Double(storage.deadLetters)
            if let free = storage.diskFreeBytes { values["diskFreeBytes"] = Double(free) }
            if let age = storage.oldestEntryAge { values["oldestEntrySeconds"] = age / .seconds(1) }
        }
        if let maxSize = journal.maxSize { values["maxBytes"] = Double(maxSize) }
        guard journal.writeFailure == nil else {
            return HealthCheck(.fail, message: "the last write failed; see the log", values: values)
        }
        guard let storage else {
            return HealthCheck(
                .warn,
                message: "the journal takes events but cannot be read; see the log",
                values: values
            )
        }
        guard !storage.isDiskNearlyFull else {
            return HealthCheck(
                .warn,
                message: "the journal's disk is nearly full: free space on it, or set journal.maxSize",
                values: values
            )
        }
        return HealthCheck(.pass, values: values)
    }
}
