// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Configuration
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Why the configuration is read again.
enum ReloadReason: Sendable {
    case signal
    /// These files have changed.
    case change([String])
    /// The last time, Genesys could not be asked for the names.
    case again
}

/// Takes new rules, secrets and certificates on SIGHUP, and when a file of the configuration has changed, and keeps what
/// names mean fresh; one after the other, so that neither undoes what the other has just put in force.
struct ReloadService: Service {
    let relay: Relay

    /// Between two looks at the files.
    private static let lookEvery = Duration.seconds(1)
    private static let tryAgainAfter = Duration.seconds(30)

    func run() async throws {
        let (reasons, orders) = AsyncStream.makeStream(of: ReloadReason.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: [.sighup]).cancelOnGracefulShutdown() {
                    orders.yield(.signal)
                }
                orders.finish()
            }
            guard let file = relay.configurationFile else {
                group.addTask { await cancelWhenGracefulShutdown { await relay.keepDirectory() } }
                return await group.waitForAll()
            }
            group.addTask {
                // Genesys may be slow to answer; a shutdown does not wait for it.
                await cancelWhenGracefulShutdown { await watch(file) { orders.yield(.change($0)) } }
            }
            var keeping = Task { await relay.keepDirectory() }
            for await reason in reasons {
                // A refresh may be waiting for Genesys, and a reload reads everything anyway.
                keeping.cancel()
                await keeping.value
                defer { keeping = Task { await relay.keepDirectory() } }
                let isDone = await cancelWhenGracefulShutdown { await relay.reload(file, because: reason) }
                guard !isDone else { continue }
                group.addTask {
                    await cancelWhenGracefulShutdown {
                        if (try? await Task.sleep(for: Self.tryAgainAfter)) != nil { orders.yield(.again) }
                    }
                }
            }
            keeping.cancel()
            await keeping.value
            group.cancelAll()
        }
    }

    private func watch(_ file: ConfigurationFile, changed: @escaping @Sendable ([String]) -> Void) async {
        let watcher = ConfigurationWatcher(
            pause: { try await Task.sleep(for: Self.lookEvery) },
            look: { relay.latest.withLock { $0.configuration.watch } ? await file.look() : nil }
        )
        await watcher.run { changed($0) }
    }
}

extension ReloadReason {
    /// For the log.
    var description: String {
        switch self {
        case .signal: "SIGHUP"
        case .change(let paths): "changed: \(paths.joined(separator: ", "))"
        case .again: "tried again"
        }
    }
}
