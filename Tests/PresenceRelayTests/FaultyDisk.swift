// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// A folder whose disk fails when told to, for a process that is started with ``environment``.
///
/// The library in Tests/FaultyDisk stands between the process and libc; its header says what it does.
final class FaultyDisk: Sendable {
    /// Where the process keeps its files.
    let folder: URL
    /// What a power cut would leave of it for certain; `nil` = not looked after.
    let durable: URL?
    let environment: [String: String]
    private let control: Int32

    /// Kinds of calls, as in faulty_disk.h.
    struct Calls: OptionSet {
        let rawValue: UInt64
        static let create = Calls(rawValue: 1)
        static let write = Calls(rawValue: 2)
        static let sync = Calls(rawValue: 4)
        static let truncate = Calls(rawValue: 8)
        static let rename = Calls(rawValue: 16)
        static let unlink = Calls(rawValue: 32)
        static let all: Calls = [.create, .write, .sync, .truncate, .rename, .unlink]
    }

    /// The fields of `struct control`, in order.
    private enum Field: UInt64, CaseIterable {
        case calls, failFrom, failUntil, error, kinds, failed, shortEach, early, random, writes, between
    }

    /// Makes the folders inside `parent`.
    init(in parent: URL, losesUnsynced: Bool = false) throws {
        // SQLite resolves symbolic links in the paths that it opens.
        let parent = parent.resolvingSymlinksInPath()
        folder = parent.appendingPathComponent("disk")
        durable = losesUnsynced ? parent.appendingPathComponent("durable") : nil
        for folder in [folder, durable].compactMap(\.self) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        let page = parent.appendingPathComponent("control")
        try Data(count: Field.allCases.count * 8).write(to: page)
        control = Glibc.open(page.path, O_RDWR | O_CLOEXEC)
        guard control >= 0 else { throw NotBuilt(description: "cannot open \(page.path)") }
        var environment = [
            "LD_PRELOAD": try Self.library.get(),
            "FAULTY_DISK_FOLDER": folder.path,
            "FAULTY_DISK_CONTROL": page.path,
        ]
        environment["FAULTY_DISK_DURABLE"] = durable?.path
        self.environment = environment
        set(.kinds, Calls.all.rawValue)
    }

    deinit { close(control) }

    /// The calls from the given one on fail, counted from 1 since ``init(in:losesUnsynced:)``: so many, or `nil` = until
    /// ``mend()``.
    func fail(_ calls: Calls = .all, from number: UInt64, count: UInt64? = 1, with error: Int32) {
        set(.kinds, calls.rawValue)
        set(.error, UInt64(error))
        set(.failUntil, count.map { number + $0 } ?? .max)
        set(.failFrom, number)
    }

    /// From the next call on.
    func failNow(_ calls: Calls = .all, count: UInt64? = nil, with error: Int32) {
        set(.kinds, 0)
        fail(calls, from: self.calls + 1, count: count, with: error)
    }

    /// Nothing fails any more.
    func mend() { set(.failFrom, 0) }

    /// Every so-manieth write writes only a part of what it was given.
    func shortenWrites(each number: UInt64) { set(.shortEach, number) }

    /// Of 1000 writes so many are on disk before anybody asks for it.
    func writeEarly(_ permille: UInt64, seed: UInt64) {
        set(.random, seed | 1)
        set(.early, permille)
    }

    /// Calls that were made, of the kinds that count.
    var calls: UInt64 { value(.calls) }

    /// The process was killed where the library had done one half of a step: what is durable is not known.
    var isBetween: Bool { value(.between) != 0 }

    /// What is there counts as durable, and the next process begins anew.
    func settle() { set(.between, 0) }

    /// Calls that were made to fail.
    var failed: UInt64 { value(.failed) }

    private func value(_ field: Field) -> UInt64 {
        var value: UInt64 = 0
        pread(control, &value, 8, off_t(field.rawValue * 8))
        return value
    }

    private func set(_ field: Field, _ value: UInt64) {
        var value = value
        pwrite(control, &value, 8, off_t(field.rawValue * 8))
    }

    // MARK: Building

    struct NotBuilt: Error, CustomStringConvertible { var description: String }

    /// The built library: once for all tests of a run, with the C compiler that Swift's own linker needs anyway.
    private static let library = Result {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("FaultyDisk")
        let made = Child.products.appendingPathComponent("\(UUID().uuidString).so")
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments =
            ["cc", "-O1", "-shared", "-fPIC", "-o", made.path]
            + ["durable.c", "replaced.c"].map { sources.appendingPathComponent($0).path } + ["-ldl", "-lpthread"]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else {
            throw NotBuilt(description: "cc cannot build Tests/FaultyDisk: its messages are above")
        }
        // Replaced as a whole: a process of another run may have it open.
        let library = Child.products.appendingPathComponent("libFaultyDisk.so")
        guard rename(made.path, library.path) == 0 else { throw NotBuilt(description: "cannot rename \(made.path)") }
        return library.path
    }
}
