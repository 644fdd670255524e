// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// One thing that goes wrong, for some requests or some events.
struct Fault: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        /// Answer with a status without doing anything.
        case status
        /// Do nothing and never answer.
        case timeoutBefore
        /// Do it and never answer: the write has happened.
        case timeoutAfter
        /// Answer as if it had been done, but do nothing.
        case silentNoOp
        /// Close the connection without an answer; nothing is done.
        case drop
        /// A bulk call does, or tells, only a part: see ``Variant``. `percent` is of the users.
        case partialBulk
        /// The token of the request is void from now on: 401.
        case revokeToken
        /// Answer late.
        case delay
        /// 403 for every presence write.
        case forbidPresenceEdit
        case dropEvents
        case duplicateEvents
        case delayEvents
        /// Random delays, so that events overtake each other.
        case reorderEvents
        /// Hang-ups are announced first by a snapshot whose ended call still reads connected.
        case mixedHangup

        var isAboutEvents: Bool {
            switch self {
            case .dropEvents, .duplicateEvents, .delayEvents, .reorderEvents: true
            default: false
            }
        }
    }

    /// What a partial bulk call does with the users it hits. A read has nothing to apply: they are missing, or old.
    enum Variant: String, Sendable, CaseIterable {
        /// Not changed and not in the answer.
        case unchanged
        /// Changed, but not in the answer.
        case applied
        /// Not changed, and in the answer with the old definition.
        case stale
    }

    enum Content: String, Sendable { case json, html, empty }

    var kind: Kind
    /// Words that must all occur: a method and parts of the path for requests, parts of the topic for events.
    var match: String
    /// How often it still happens; `nil` = always.
    var times: Int?
    /// Of every hundred matching requests or events, how many.
    var percent: Double = 100
    var status = 503
    /// Whole seconds for `Retry-After`.
    var retryAfter: Int?
    var content = Content.json
    var milliseconds = 500
    /// How long a request without an answer hangs before its connection ends; `nil` = longer than anyone waits.
    var hangMilliseconds: Int?
    var variant = Variant.unchanged
    /// A status fault that does what was asked all the same, as a gateway's time-out may.
    var isApplied = false
    /// Chosen by ``Chaos``.
    var isChaos = false

    /// Whether the users of a bulk call are hit one by one, and not the call as a whole.
    var choosesUsers: Bool { kind == .partialBulk }

    func matches(_ subject: String) -> Bool {
        match.split(separator: " ").allSatisfy { $0 == "*" || subject.contains($0) }
    }
}

extension Fault {
    /// The delays after which copies of an event that is hit are sent, in milliseconds.
    func deliveries(_ generator: inout SeededGenerator) -> [Int] {
        switch kind {
        case .dropEvents: []
        case .duplicateEvents: [0, 0]
        case .delayEvents: [milliseconds]
        case .reorderEvents: [Int.random(in: 0...max(1, milliseconds), using: &generator)]
        default: [0]
        }
    }

    /// Reads one element of `POST /simulator/faults`.
    init(_ json: JSONValue) throws(PlatformError) {
        guard let name = json["kind"]?.stringValue, let kind = Kind(rawValue: name) else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("kind", "kind must be one of \(known).")
        }
        self.init(kind: kind, match: json["match"]?.stringValue ?? "*")
        times = json["times"]?.integerValue.map(Int.init)
        percent = json["percent"]?.doubleValue ?? percent
        status = json["status"]?.integerValue.map(Int.init) ?? status
        retryAfter = json["retryAfter"]?.integerValue.map(Int.init)
        milliseconds = json["milliseconds"]?.integerValue.map(Int.init) ?? milliseconds
        if kind == .timeoutBefore || kind == .timeoutAfter {
            hangMilliseconds = json["milliseconds"]?.integerValue.map(Int.init)
        }
        isApplied = json["applied"]?.boolValue ?? false
        if let text = json["variant"]?.stringValue {
            guard let variant = Variant(rawValue: text) else {
                throw .invalid("variant", "variant must be unchanged, applied or stale.")
            }
            self.variant = variant
        }
        guard (0...100).contains(percent) else { throw .invalid("percent", "percent must be between 0 and 100.") }
        guard (100...599).contains(status) else { throw .invalid("status", "status must be between 100 and 599.") }
        guard (0...86_400_000).contains(milliseconds) else {
            throw .invalid("milliseconds", "milliseconds must be between 0 and 86400000.")
        }
        if let text = json["body"]?.stringValue {
            guard let content = Content(rawValue: text) else {
                throw .invalid("body", "body must be json, html or empty.")
            }
            self.content = content
        }
    }

    var json: JSONValue {
        object([
            "kind": kind.rawValue, "match": match, "times": times, "percent": percent,
            "status": kind == .status ? status : nil, "retryAfter": retryAfter,
            "body": kind == .status ? content.rawValue : nil,
            "milliseconds": kind == .delay || kind.isAboutEvents ? milliseconds : hangMilliseconds,
            "applied": kind == .status && isApplied ? true : nil,
            "variant": kind == .partialBulk ? variant.rawValue : nil,
        ])
    }
}
