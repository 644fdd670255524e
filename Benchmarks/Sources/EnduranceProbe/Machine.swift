// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import Probing
import Synchronization

/// The disk by itself: 4 KB written and synced twenty times a second, in a file beside the journal.
final class DiskWatch: Sendable {
    private let times = Mutex<[Duration]>([])

    /// Goes on until the program ends.
    init(beside database: String) throws {
        let path = database + "-watch"
        let file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
        guard file >= 0 else { throw ProbeError(message: "\(path): \(String(cString: strerror(errno)))") }
        unlink(path)
        Thread.detachNewThread { [self] in
            let page = (0..<4096).map { _ in UInt8.random(in: 0...255) }
            for index in 0... {
                guard pwrite(file, page, page.count, off_t(index % 256 * page.count)) == page.count else { return }
                let begun = ContinuousClock.now
                guard fdatasync(file) == 0 else { return }
                let taken = ContinuousClock.now - begun
                times.withLock { $0.append(taken) }
                usleep(50_000)
            }
        }
    }

    /// How long the syncs since the last call took, in order of size.
    func syncs() -> [Duration] {
        times.withLock { times in
            defer { times = [] }
            return times.sorted()
        }
    }
}

/// What the hypervisor took of the processors' time: `steal` of `/proc/stat` (proc(5)).
struct StolenTime {
    private let stolen: Int
    private let all: Int

    static var now: StolenTime {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        // user, nice, system, idle, iowait, irq, softirq, steal; what follows is contained in user and nice.
        let ticks = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().prefix(8).compactMap { Int($0) }
        return StolenTime(stolen: ticks.last ?? 0, all: ticks.reduce(0, +))
    }

    func share(since earlier: StolenTime) -> Double {
        all > earlier.all ? Double(stolen - earlier.stolen) / Double(all - earlier.all) : 0
    }
}
