// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// The attributes of a participant: texts by name.
///
/// Kept in the order of their names, not by their hashes: every snapshot of a conversation has all of them again, and two
/// such lists are built, compared and merged in one walk. A conversation has tens of them.
public struct Attributes: Sendable, Equatable {
    /// One attribute.
    public struct Element: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// What it says.
        public var value: String
    }

    private var elements: [Element] = []

    /// No attributes.
    public init() {}

    /// The attributes of a dictionary.
    public init(_ values: [String: String]) {
        elements = values.map { Element(name: $0, value: $1) }.sorted { $0.name < $1.name }
    }

    /// In any order; of several with the same name the last one counts.
    init(elements: [Element]) {
        self.elements = elements
        guard !Self.isInOrder(elements) else { return }
        self.elements.sort { $0.name < $1.name }
        guard !Self.isInOrder(self.elements) else { return }
        self = Attributes(Dictionary(elements.map { ($0.name, $0.value) }) { $1 })
    }

    private static func isInOrder(_ elements: [Element]) -> Bool {
        // By their places, which copies none of them.
        elements.indices.dropFirst().allSatisfy { elements[$0 - 1].name < elements[$0].name }
    }

    /// The value of an attribute; `nil` = there is none.
    public subscript(name: String) -> String? {
        get {
            let place = place(of: name)
            return isThere(name, at: place) ? elements[place].value : nil
        }
        set {
            let place = place(of: name)
            switch (newValue, isThere(name, at: place)) {
            case (let value?, true): elements[place].value = value
            case (let value?, false): elements.insert(Element(name: name, value: value), at: place)
            case (nil, true): elements.remove(at: place)
            case (nil, false): break
            }
        }
    }

    private func isThere(_ name: String, at place: Int) -> Bool {
        place < elements.count && elements[place].name == name
    }

    /// Where it is, or would be.
    private func place(of name: String) -> Int {
        var range = elements.indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if elements[middle].name < name {
                range = middle + 1..<range.upperBound
            } else {
                range = range.lowerBound..<middle
            }
        }
        return range.lowerBound
    }

    /// As a dictionary.
    public var dictionary: [String: String] { Dictionary(uniqueKeysWithValues: elements.map { ($0.name, $0.value) }) }

    /// Takes in all of the others; where both have one, the other's counts.
    public mutating func merge(_ others: Attributes) {
        if isEmpty { self = others } else { merge(others) { _, _, other in other } }
    }

    /// Takes in the others in one walk, whatever their number.
    ///
    /// - Parameter choose: the value of a name that the others have; `nil` = as it is here.
    public mutating func merge(
        _ others: Attributes,
        _ choose: (_ name: String, _ mine: String?, _ other: String) -> String?
    ) {
        var merged: [Element] = []
        merged.reserveCapacity(Swift.max(count, others.count))
        compare(others) { name, mine, other in
            let chosen = other.flatMap { choose(name, mine, $0) } ?? mine
            if let chosen { merged.append(Element(name: name, value: chosen)) }
            return true
        }
        elements = merged
    }

    /// Both lists side by side, by name; `nil` = it is not there.
    ///
    /// - Parameter body: `false` ends the walk.
    public func compare(_ others: Attributes, _ body: (_ name: String, _ mine: String?, _ other: String?) -> Bool) {
        var (mine, other) = (0, 0)
        var goesOn = true
        while goesOn, mine < count || other < others.count {
            if mine < count, other < others.count, elements[mine].name == others.elements[other].name {
                goesOn = body(elements[mine].name, elements[mine].value, others.elements[other].value)
                mine += 1
                other += 1
            } else if other == others.count || (mine < count && elements[mine].name < others.elements[other].name) {
                goesOn = body(elements[mine].name, elements[mine].value, nil)
                mine += 1
            } else {
                goesOn = body(others.elements[other].name, nil, others.elements[other].value)
                other += 1
            }
        }
    }
}

extension Attributes: RandomAccessCollection {
    /// The first attribute by name.
    public var startIndex: Int { elements.startIndex }
    /// Behind the last one.
    public var endIndex: Int { elements.endIndex }
    /// In the order of the names.
    public subscript(position: Int) -> Element { elements[position] }
}

extension Attributes: ExpressibleByDictionaryLiteral {
    /// Of several with the same name the last one counts.
    public init(dictionaryLiteral values: (String, String)...) {
        self.init(elements: values.map { Element(name: $0, value: $1) })
    }
}

extension Attributes: Codable {
    /// An object with a text in every field.
    public init(from decoder: any Decoder) throws { self.init(try [String: String](from: decoder)) }

    /// An object with a text in every field.
    public func encode(to encoder: any Encoder) throws { try dictionary.encode(to: encoder) }
}
