// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Many kinds of faults at once, chosen by a seed.
///
/// A choice depends on the seed, the subject (a user's path or topic; other ids do not count, they differ from run to run)
/// and on how often that subject has come up: whatever the order in which calls for different users arrive, each user
/// meets the same faults in the same order.
struct Chaos: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case tooManyRequests, tooManyRequestsOld, serverError, htmlError, timeoutBefore, timeoutAfter, delay, drop
        case silentNoOp, partialBulk, partialBulkApplied, partialBulkStale, revokeToken
        case dropEvents, duplicateEvents, delayEvents, reorderEvents

        var isAboutEvents: Bool {
            switch self {
            case .dropEvents, .duplicateEvents, .delayEvents, .reorderEvents: true
            default: false
            }
        }
    }

    enum Level: String, Sendable, CaseIterable { case mild, rough }

    let seed: UInt64
    /// Of every hundred requests, or events, how many.
    var percent: [Kind: Double]
    /// Longest delay of an answer, and of an event four times that.
    var delayMilliseconds = 800
    /// How long a request without an answer hangs.
    var hangMilliseconds = 5000
    /// Of every hundred users of a bulk call that is hit.
    var usersPercent = 30.0
    /// As in ``Fault/match``, for requests and events.
    var match = "*"
    private var lottery: Lottery

    init(seed: UInt64, level: Level? = nil, percent: [Kind: Double] = [:]) {
        self.seed = seed
        lottery = Lottery(seed: seed)
        self.percent = (level.map(Self.percent) ?? [:]).merging(percent) { $1 }
    }

    /// The fault that befalls a request.
    mutating func fault(method: String, target: String) -> Fault? {
        guard matches("\(method) \(target)") else { return nil }
        let path = target.split(separator: "?", maxSplits: 1).first.map(String.init) ?? target
        let subject = "\(method) \(Self.subject(path.split(separator: "/")))"
        guard var choice = choose(subject, aboutEvents: false) else { return nil }
        return requestFault(choice.kind, method: method, path: path, generator: &choice.generator)
    }

    /// The fault that befalls an event.
    mutating func fault(topic: String) -> Fault? {
        guard matches(topic) else { return nil }
        guard var choice = choose(Self.subject(topic.split(separator: ".")), aboutEvents: true) else {
            return nil
        }
        var fault = Fault(kind: Fault.Kind(rawValue: choice.kind.rawValue) ?? .delayEvents, match: match, isChaos: true)
        let longest = 4 * delayMilliseconds
        fault.milliseconds =
            choice.kind == .reorderEvents
            ? longest : Int.random(in: longest / 4...max(1, longest), using: &choice.generator)
        return fault
    }

    private func matches(_ subject: String) -> Bool { Fault(kind: .delay, match: match).matches(subject) }

    private mutating func choose(_ subject: String, aboutEvents: Bool) -> (kind: Kind, generator: SeededGenerator)? {
        var generator = lottery.next(subject)
        var at = generator.unit() * 100
        for kind in Kind.allCases where kind.isAboutEvents == aboutEvents {
            let share = percent[kind] ?? 0
            if at < share { return (kind, generator) }
            at -= share
        }
        return nil
    }

    private func requestFault(
        _ kind: Kind,
        method: String,
        path: String,
        generator: inout SeededGenerator
    ) -> Fault? {
        var fault = Fault(kind: .status, match: match, isChaos: true)
        switch kind {
        case .tooManyRequests:
            fault.status = 429
            fault.retryAfter = Int.random(in: 1...2, using: &generator)
        case .tooManyRequestsOld: fault.status = 429
        case .serverError:
            fault.status = [500, 502, 503, 504].randomElement(using: &generator) ?? 503
            fault.isApplied = generator.chance(0.3)
        case .htmlError:
            fault.status = [502, 503, 504].randomElement(using: &generator) ?? 502
            fault.content = .html
        case .timeoutBefore, .timeoutAfter:
            fault.kind = kind == .timeoutBefore ? .timeoutBefore : .timeoutAfter
            fault.hangMilliseconds = hangMilliseconds
        case .delay:
            fault.kind = .delay
            fault.milliseconds = Int.random(in: 0...max(1, delayMilliseconds), using: &generator)
        case .drop: fault.kind = .drop
        case .silentNoOp:
            // A token that was never issued, or a read, cannot be a no-op.
            guard method != "GET", path != "/oauth/token" else { return nil }
            fault.kind = .silentNoOp
        case .partialBulk, .partialBulkApplied, .partialBulkStale:
            guard path.hasSuffix("/bulk") else { return nil }
            fault.kind = .partialBulk
            fault.percent = usersPercent
            fault.variant =
                kind == .partialBulk ? .unchanged : kind == .partialBulkApplied ? .applied : .stale
        case .revokeToken:
            guard path != "/oauth/token" else { return nil }
            fault.kind = .revokeToken
        default: return nil
        }
        return fault
    }

    /// A path or topic in which only users keep their ids.
    static func subject(_ parts: [Substring]) -> String {
        var before: Substring = ""
        return parts.map { part in
            defer { before = part }
            let isUser = before == "users" || before == "agents" || before == "agent"
            return part.utf8.count == 36 && !isUser ? "{id}" : part
        }.joined(separator: "/")
    }

    static func percent(_ level: Level) -> [Kind: Double] {
        switch level {
        case .mild:
            [
                .tooManyRequests: 1, .tooManyRequestsOld: 0.5, .serverError: 1, .htmlError: 0.5, .timeoutBefore: 0.2,
                .timeoutAfter: 0.2, .delay: 5, .drop: 0.5, .silentNoOp: 0.5, .partialBulk: 3, .partialBulkApplied: 1,
                .partialBulkStale: 1, .revokeToken: 0.1, .dropEvents: 0.5, .duplicateEvents: 2, .delayEvents: 1,
                .reorderEvents: 5,
            ]
        case .rough:
            [
                .tooManyRequests: 5, .tooManyRequestsOld: 3, .serverError: 5, .htmlError: 2, .timeoutBefore: 1.5,
                .timeoutAfter: 1.5, .delay: 10, .drop: 3, .silentNoOp: 4, .partialBulk: 10, .partialBulkApplied: 5,
                .partialBulkStale: 5, .revokeToken: 1, .dropEvents: 3, .duplicateEvents: 10, .delayEvents: 5,
                .reorderEvents: 25,
            ]
        }
    }
}

extension Chaos {
    /// Reads `POST /simulator/chaos`.
    init(_ json: JSONValue) throws(PlatformError) {
        var level: Level?
        if let name = json["level"]?.stringValue {
            guard let known = Level(rawValue: name) else { throw .invalid("level", "level must be mild or rough.") }
            level = known
        }
        var percent: [Kind: Double] = [:]
        for member in json["percent"]?.objectValue ?? JSONObject() {
            guard let kind = Kind(rawValue: member.name), let share = member.value.doubleValue,
                (0...100).contains(share)
            else {
                let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid("percent", "percent takes values from 0 to 100 for \(known).")
            }
            percent[kind] = share
        }
        let seed = json["seed"]?.integerValue ?? 1
        self.init(seed: UInt64(bitPattern: seed), level: level, percent: percent)
        func milliseconds(_ name: String, default fallback: Int) throws(PlatformError) -> Int {
            guard let value = json[name]?.integerValue else { return fallback }
            guard (0...600_000).contains(value) else { throw .invalid(name, "\(name) must be between 0 and 600000.") }
            return Int(value)
        }
        delayMilliseconds = try milliseconds("delayMilliseconds", default: delayMilliseconds)
        hangMilliseconds = try milliseconds("hangMilliseconds", default: hangMilliseconds)
        usersPercent = json["usersPercent"]?.doubleValue ?? usersPercent
        match = json["match"]?.stringValue ?? match
    }

    var json: JSONValue {
        let shares = Kind.allCases.compactMap { kind in
            percent[kind].map { JSONObject.Member(name: kind.rawValue, value: $0.json) }
        }
        return object([
            "seed": Int64(bitPattern: seed), "percent": JSONObject(distinct: shares),
            "delayMilliseconds": delayMilliseconds, "hangMilliseconds": hangMilliseconds,
            "usersPercent": usersPercent, "match": match,
        ])
    }
}
