// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents
import Rehearsal

/// A file of events, one a line, in the order of their times: what `replay --export` has written, or any other NDJSON of
/// notifications or envelopes.
struct EventFile: ReplaySource {
    private let data: Data
    private let path: String

    /// Maps the file into memory.
    init(path: String) throws {
        self.path = path
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw ReplayFailure(message: "\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    func bounds() async throws -> ClosedRange<Timestamp> {
        try refuseNewerFormat()
        var recording = EventRecording()
        var bounds: ClosedRange<Timestamp>?
        func take(_ line: [UInt8]) {
            guard let event = (try? recording.read(line, now: Timestamp(milliseconds: .min)))?.first,
                event.at.milliseconds != .min
            else { return }
            bounds = min(bounds?.lowerBound ?? event.at, event.at)...max(bounds?.upperBound ?? event.at, event.at)
        }
        // Without a time of its own an event is as old as the one before it: the nearest line that has one tells.
        lines(in: data.startIndex..<data.endIndex) { line in
            take(line)
            return bounds == nil
        }
        var end = data.endIndex
        while end > data.startIndex {
            let start = max(data.startIndex, end - (1 << 16))
            let whole =
                start == data.startIndex ? start : (data[start..<end].firstIndex(of: 0x0a).map { $0 + 1 } ?? end)
            if whole < end {
                let before = bounds?.upperBound
                lines(in: whole..<end) { line in
                    take(line)
                    return true
                }
                if bounds?.upperBound != before || whole == data.startIndex { break }
            }
            end = start
        }
        guard let bounds else { throw ReplayFailure(message: "\(path) has no event with a time") }
        return bounds
    }

    /// All lines of a file are of one version.
    private func refuseNewerFormat() throws {
        var refusal: EventDecodingError?
        lines(in: data.startIndex..<data.endIndex) { line in
            var recording = EventRecording()
            do throws(EventDecodingError) {
                _ = try recording.read(line, now: Timestamp(milliseconds: 0))
            } catch  where error.pointer == "/journal/version" {
                refusal = error
            } catch {
                // Counted when it is replayed.
            }
            return false
        }
        if let refusal { throw ReplayFailure(message: "\(path): \(refusal.reason)") }
    }

    func memory(since: Timestamp) async throws -> ReplayMemory { ReplayMemory() }

    func replay(_ plans: (ReplayRun.Plan, ReplayRun.Plan), from start: Timestamp) async throws -> [ReplayPart] {
        async let other = part(1, plans.1, from: start)
        return [await part(0, plans.0, from: start), await other]
    }

    private func part(_ number: Int, _ plan: ReplayRun.Plan, from start: Timestamp) async -> ReplayPart {
        let run = ReplayRun(plan.part(number))
        var recording = EventRecording()
        lines(in: data.startIndex..<data.endIndex) { line in
            guard let event = (try? recording.read(line, now: start))?.first else {
                if number == 0 { run.countUndecodable() }
                return true
            }
            let part = event.agentID.map { ReplayParts.part(of: $0.utf8) }
            guard event.at >= start, part == nil || part == number else { return true }
            run.take(event, isCounted: part != nil || number == 0)
            return true
        }
        return run.finish()
    }

    /// Every line that is not empty, until `body` has had enough.
    private func lines(in range: Range<Int>, _ body: ([UInt8]) -> Bool) {
        data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            guard let base = bytes.baseAddress else { return }
            var start = range.lowerBound
            while start < range.upperBound {
                let end = memchr(base + start, 0x0a, range.upperBound - start).map { UnsafeRawPointer($0) - base }
                let line = bytes[start..<(end ?? range.upperBound)]
                start = line.endIndex + 1
                guard line.contains(where: { $0 > 0x20 }) else { continue }
                guard body(Array(line)) else { return }
            }
        }
    }
}
