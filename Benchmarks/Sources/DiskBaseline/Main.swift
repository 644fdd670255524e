// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CZstandard
import Foundation

/// What this disk and bare SQLite do, to judge durable ingest by:
/// `DiskBaseline FOLDER EVENT-FILE [SECONDS] [BATCH] [DICTIONARY]`.
///
/// Prints lines, fields separated by tabs: `fdatasync` and writes a second (one event appended, one fdatasync); `sqlite` and
/// rows a second (BATCH rows a transaction, WAL, `synchronous=FULL`, the journal's table); with a dictionary
/// `sqlite-compressed` and rows a second of the same with the body compressed beforehand, as the journal compresses it.
@main
struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, let event = FileManager.default.contents(atPath: arguments[2]) else {
            let usage = "usage: DiskBaseline FOLDER EVENT-FILE [SECONDS] [BATCH] [DICTIONARY]\n"
            FileHandle.standardError.write(Data(usage.utf8))
            exit(2)
        }
        let folder = arguments[1]
        let seconds = arguments.count > 3 ? Double(arguments[3]) ?? 5 : 5
        let batch = arguments.count > 4 ? Int(arguments[4]) ?? 64 : 64

        let syncs = try fdatasyncRate(path: folder + "/fdatasync", piece: Array(event), seconds: seconds)
        print("fdatasync\t\(Int(syncs))")
        print("sqlite\t\(try rows(folder + "/baseline.db", body: Array(event), batch: batch, seconds: seconds))")
        guard arguments.count > 5 else { return }
        guard let dictionary = FileManager.default.contents(atPath: arguments[5]) else {
            throw BaselineError(message: "cannot read \(arguments[5])")
        }
        let body = try compressed(Array(event), Array(dictionary))
        let rows = try rows(folder + "/compressed.db", body: body, batch: batch, seconds: seconds)
        print("sqlite-compressed\t\(rows)")
    }

    static func rows(_ path: String, body: [UInt8], batch: Int, seconds: Double) throws -> Int {
        let table = try EventTable(path: path, body: body)
        let rate = try rate(seconds: seconds) {
            try table.append(batch)
            return batch
        }
        return Int(rate)
    }

    /// Level -5 with a checksum: as much as the journal's.
    static func compressed(_ body: [UInt8], _ dictionary: [UInt8]) throws -> [UInt8] {
        let context = ZSTD_createCCtx()
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, -5)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        ZSTD_CCtx_loadDictionary(context, dictionary, dictionary.count)
        var frame = [UInt8](repeating: 0, count: ZSTD_compressBound(body.count))
        let count = ZSTD_compress2(context, &frame, frame.count, body, body.count)
        guard ZSTD_isError(count) == 0 else { throw BaselineError(message: "zstd cannot compress the event") }
        return Array(frame[..<count])
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
