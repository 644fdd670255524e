// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// The value of one fact at one moment.
enum FactValue: Sendable, Equatable {
    /// Unknown, or not there.
    case absent
    case text(String)
    case flag(Bool)
    case number(Int)
    case time(Timestamp)
    /// A list, in no particular order.
    case texts([String])

    init(_ text: String?) { self = text.map { .text($0) } ?? .absent }
    init(_ flag: Bool?) { self = flag.map { .flag($0) } ?? .absent }
    init(_ time: Timestamp?) { self = time.map { .time($0) } ?? .absent }
    init(_ texts: [String]?) { self = texts.map { .texts($0) } ?? .absent }

    var isAbsent: Bool {
        if case .absent = self { true } else { false }
    }

    /// As a template and a message have it; `nil` = absent.
    var text: String? {
        switch self {
        case .absent: nil
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): String(number)
        case .time(let time): time.description
        case .texts(let texts): texts.joined(separator: ", ")
        }
    }
}

/// What kind of values a fact has, which says what can be asked of it.
enum FactShape: Sendable {
    case text(FactVocabulary)
    case flag
    case number
    case time
    case list(FactVocabulary)

    /// It may have several values at once.
    var isList: Bool {
        if case .list = self { true } else { false }
    }

    /// How its values are compared, where they are words.
    var vocabulary: FactVocabulary {
        switch self {
        case .text(let vocabulary), .list(let vocabulary): vocabulary
        case .flag: .boolean
        case .number, .time: .exact
        }
    }
}
