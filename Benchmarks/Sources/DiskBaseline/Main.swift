// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// What this disk and bare SQLite do, to judge durable ingest by: `DiskBaseline FOLDER EVENT-FILE [SECONDS] [BATCH]`.
///
/// Prints two lines, fields separated by tabs: `fdatasync` and writes a second (one event appended, one fdatasync);
/// `sqlite` and rows a second (BATCH rows a transaction, WAL, `synchronous=FULL`, the journal's table).
@main
struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, let event = FileManager.default.contents(atPath: arguments[2]) else {
            FileHandle.standardError.write(Data("usage: DiskBaseline FOLDER EVENT-FILE [SECONDS] [BATCH]\n".utf8))
            exit(2)
        }
        let folder = arguments[1]
        let seconds = arguments.count > 3 ? Double(arguments[3]) ?? 5 : 5
        let batch = arguments.count > 4 ? Int(arguments[4]) ?? 64 : 64

        let syncs = try fdatasyncRate(path: folder + "/fdatasync", piece: Array(event), seconds: seconds)
        print("fdatasync\t\(Int(syncs))")
        let table = try EventTable(path: folder + "/baseline.db", body: Array(event))
        let rows = try rate(seconds: seconds) {
            try table.append(batch)
            return batch
        }
        print("sqlite\t\(Int(rows))")
    }

    /// Appends `piece` and waits for the disk, again and again.
    static func fdatasyncRate(path: String, piece: [UInt8], seconds: Double) throws -> Double {
        let file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
        guard file >= 0 else { throw BaselineError(message: "\(path): \(String(cString: strerror(errno)))") }
        defer {
            close(file)
            unlink(path)
        }
        return try rate(seconds: seconds) {
            guard write(file, piece, piece.count) == piece.count, fdatasync(file) == 0 else {
                throw BaselineError(message: "\(path): \(String(cString: strerror(errno)))")
            }
            return 1
        }
    }

    /// Units a second of a step that says how many it did.
    static func rate(seconds: Double, _ step: () throws -> Int) rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        var done = 0
        repeat { done += try step() } while clock.now < end
        return Double(done) / (start.duration(to: clock.now) / .seconds(1))
    }
}

struct BaselineError: Error, CustomStringConvertible {
    var message: String
    var description: String { message }
}
