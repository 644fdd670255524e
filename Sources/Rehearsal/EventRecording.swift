// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
public import GenesysEvents
public import Journal
import Pipeline

/// Reads recorded events: a body as the webhook takes it (an event, an array, NDJSON), or what `replay --export` wrote.
///
/// An exported event is the event as received with one member more, `journal: { version, key, source, receivedAt, madeAt, ownChange }`
/// (see ``JournalStamp``); one of a newer version is refused. Any other is taken at the time that it says itself:
/// `timestamp`, else the newest time in its body, else that of the event before, or of the first one that has any.
public struct EventRecording {
    private var decoder = NotificationDecoder()
    /// What an export has written was in a journal, and may have a member of the stamp's name of its own.
    private var exportDecoder = NotificationDecoder(isTrusted: true)
    private var count = 0
    private var last: Timestamp?

    /// Nothing is read yet.
    public init() {}

    /// All events of a body, in its order.
    ///
    /// - Parameter now: the time of an event that has none, when none before it had one.
    public mutating func read(_ body: [UInt8], now: Timestamp) throws(EventDecodingError) -> [RecordedEvent] {
        let isExport = body.starts(with: JournalStamp.prefix)
        let received = isExport ? try exportDecoder.decode(body) : try decoder.decode(body)
        var stamps: [JournalStamp?] = []
        for (element, event) in received.enumerated() {
            stamps.append(try JournalStamp(in: body[event.bytes], element: element))
        }
        let times = zip(received, stamps).map { received, stamp in
            stamp?.receivedAt ?? received.notification.timestamp ?? received.notification.event.newestTime
        }
        // Before the first time of all nothing is known but that it was earlier.
        var last = last ?? times.lazy.compactMap(\.self).first ?? now
        defer { self.last = last }
        return received.indices.map { place in
            count += 1
            let notification = received[place].notification
            last = times[place] ?? last
            var event = RecordedEvent(
                notification,
                at: last,
                key: stamps[place]?.key ?? notification.eventBridgeID ?? "event \(count)",
                source: stamps[place]?.source ?? .webhook,
                madeAt: stamps[place]?.madeAt
            )
            event.isOwnChange = stamps[place]?.ownChange == true
            return event
        }
    }
}

/// What the journal knows of an event, written into it by `journal export` and `replay --export`.
public struct JournalStamp: Codable, Sendable, Equatable {
    /// The version that is written. It grows when a reader of the version before would misunderstand a line.
    public static let currentVersion = 1

    /// Of the format; `nil` = 1, of before it was written.
    public var version: Int?
    /// The journal's key.
    public var key: String
    /// Who brought it.
    public var source: JournalSource
    /// When the relay took it.
    public var receivedAt: Timestamp
    /// When the sender made it, where the journal keeps that: it may have stood beside the event, in header fields.
    public var madeAt: Timestamp?
    /// It shows a presence that the relay had set itself; `nil` = it does not, as far as is known.
    public var ownChange: Bool?

    /// Of an entry.
    public init(_ entry: JournalEntry, ownChange: Bool = false) {
        version = Self.currentVersion
        key = entry.key
        source = entry.source
        receivedAt = entry.receivedAt
        madeAt = entry.madeAt
        self.ownChange = ownChange ? true : nil
    }

    private static let name = Array(#""journal""#.utf8)
    fileprivate static let prefix = Array(#"{"journal":"#.utf8)

    /// From an event's bytes; `nil` when nobody has stamped it. Throws for a version that is not known here.
    init?(in event: ArraySlice<UInt8>, element: Int = 0) throws(EventDecodingError) {
        let text: Data
        if event.starts(with: Self.prefix), let end = Self.endOfObject(event.dropFirst(Self.prefix.count)) {
            text = Data(event[(event.startIndex + Self.prefix.count)..<end])
        } else {
            // Written anew by somebody else: all of it is decoded once more, where there is something to be found.
            guard Data(event).range(of: Data(Self.name)) != nil,
                let stamped = try? JSONDecoder().decode(Stamped.self, from: Data(event)), let journal = stamped.journal,
                let again = try? JSONEncoder().encode(journal)
            else { return nil }
            text = again
        }
        // First, since a newer one may lack what is needed here.
        if let version = (try? JSONDecoder().decode(Versioned.self, from: text))?.version, version > Self.currentVersion
        {
            throw EventDecodingError(
                element: element,
                pointer: "/journal/version",
                reason: "exported in format \(version) by a newer version of the relay, and this one reads "
                    + "\(Self.currentVersion): use that version"
            )
        }
        guard let stamp = try? JSONDecoder().decode(JournalStamp.self, from: text) else { return nil }
        self = stamp
    }

    /// Behind the brace that closes an object without objects in it.
    private static func endOfObject(_ bytes: ArraySlice<UInt8>) -> Int? {
        var isText = false, isEscaped = false
        for place in bytes.indices {
            switch bytes[place] {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isText: isEscaped = true
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "}") where !isText: return place + 1
            default: break
            }
        }
        return nil
    }

    private struct Versioned: Decodable { var version: Int? }

    private struct Stamped: Decodable { var journal: [String: Member]? }

    /// The kinds that a stamp has; anything else is no stamp of ours.
    private enum Member: Codable {
        case number(Int)
        case flag(Bool)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Int.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .flag(let flag): try container.encode(flag)
            case .text(let text): try container.encode(text)
            }
        }
    }

    /// The event on one line with the stamp in front of its members; `nil` when the body is no object.
    public func line(with body: [UInt8]) -> [UInt8]? {
        guard let open = body.firstIndex(of: UInt8(ascii: "{")),
            let inside = body[(open + 1)...].first(where: { !isSpace($0) }),
            let stamp = try? JSONEncoder.line.encode(self)
        else { return nil }
        var line = Array(#"{"journal":"#.utf8) + stamp
        if inside != UInt8(ascii: "}") { line.append(UInt8(ascii: ",")) }
        // A line break inside a text is escaped, so every other one is between members.
        line += body[(open + 1)...].lazy.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }
        while let last = line.last, isSpace(last) { line.removeLast() }
        return line
    }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }

extension JSONEncoder {
    /// On one line, with the same text every time.
    static var line: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension GenesysEvent {
    /// The newest time in the body: good enough as the clock of recorded events.
    var newestTime: Timestamp? {
        switch self {
        case .conversation(_, let snapshot), .queueConversation(let snapshot):
            snapshot.participants.flatMap { participant in
                [participant.connectedTime, participant.endTime, participant.startAcwTime, participant.endAcwTime]
                    + participant.communications.flatMap {
                        [
                            $0.startHoldTime, $0.connectedTime, $0.disconnectedTime, $0.afterCallWorkStart,
                            $0.afterCallWorkEnd,
                        ]
                    }
            }.compactMap { $0 }.max()
        case .adherence(_, let adherence): adherence.changedAt
        default: ownTime
        }
    }
}
