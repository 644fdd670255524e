// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// What a power cut makes of a ``FaultyDisk`` whose process has been killed.
///
/// Certain is what was synced. Of what differs from it in the folder any part may have reached the disk, in blocks and in
/// any order: names, sizes and contents, each by chance.
struct PowerCut {
    private static let block = 4096
    var random: SeededGenerator
    /// Of a hundred blocks and names that were not synced so many survive; `nil` = another number for every cut.
    var survival: Int?

    /// Leaves the folder as the machine would find it when the power is back, all of it durable. Where that is not known
    /// (``FaultyDisk/isBetween``) the power stays on, and it was a kill alone.
    mutating func strike(_ disk: FaultyDisk) throws {
        guard let durable = disk.durable else { return }
        let files = FileManager.default
        guard !disk.isBetween else {
            disk.settle()
            for name in try files.contentsOfDirectory(atPath: durable.path) {
                try files.removeItem(at: durable.appendingPathComponent(name))
            }
            for name in try files.contentsOfDirectory(atPath: disk.folder.path)
            where !name.hasSuffix(".lock") && !name.hasSuffix("-shm") {
                try files.copyItem(
                    at: disk.folder.appendingPathComponent(name),
                    to: durable.appendingPathComponent(name)
                )
            }
            return
        }
        // All of it, nothing, or something between: each is a case that is easy to get wrong.
        let survival = survival ?? [0, 100, 50, 90, 10].randomElement(using: &random) ?? 0
        let here = try files.contentsOfDirectory(atPath: disk.folder.path)
        let kept = try files.contentsOfDirectory(atPath: durable.path)
        let names = Set(here + kept.map { Self.name(of: $0) }).sorted()
        var left: [String: Data] = [:]
        for name in names where !name.hasSuffix(".lock") {
            // The index of the log: SQLite must do without it, and with an old one.
            if name.hasSuffix("-shm") {
                if random.chance(50) { left[name] = try Data(contentsOf: disk.folder.appendingPathComponent(name)) }
                continue
            }
            func data(_ folder: URL, _ name: String) -> Data? {
                try? Data(contentsOf: folder.appendingPathComponent(name))
            }
            let now = data(disk.folder, name)
            var certain = data(durable, name)
            var pending = data(durable, name + ".pending")
            if let text = data(durable, name + ".truncated"), let size = Int(String(decoding: text, as: UTF8.self)) {
                if random.chance(survival) {
                    certain = certain.map { $0.prefix(size) }
                    pending = pending.map { $0.prefix(size) }
                } else if now != nil, pending == nil, let certain {
                    // It was never shortened, and what was written after that lies nowhere.
                    left[name] = certain
                    continue
                }
            }
            if let certain, now == nil || pending != nil, !random.chance(survival) {
                // Removed or replaced, and the folder not synced since: the old one is back.
                left[name] = certain
            } else if let now, certain != nil || random.chance(survival) {
                left[name] = mix(pending ?? certain ?? Data(), now, survival)
            }
        }
        for folder in [disk.folder, durable] {
            for name in try files.contentsOfDirectory(atPath: folder.path) where !name.hasSuffix(".lock") {
                try files.removeItem(at: folder.appendingPathComponent(name))
            }
            for (name, data) in left where folder == disk.folder || !name.hasSuffix("-shm") {
                try data.write(to: folder.appendingPathComponent(name))
            }
        }
    }

    /// Whose file it is, in the folder of what is durable.
    private static func name(of file: String) -> String {
        for suffix in [".pending", ".truncated"] where file.hasSuffix(suffix) {
            return String(file.dropLast(suffix.count))
        }
        return file
    }

    private mutating func mix(_ certain: Data, _ now: Data, _ survival: Int) -> Data {
        guard certain != now else { return certain }
        let size = random.chance(survival) ? now.count : certain.count
        var result = Data(count: size)
        for start in stride(from: 0, to: size, by: Self.block) {
            let source = random.chance(survival) ? now : certain
            // Beyond the end of what was written a file reads as zeros.
            let end = min(start + Self.block, size, source.count)
            if start < end { result.replaceSubrange(start..<end, with: source[start..<end]) }
        }
        return result
    }
}
