// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Glibc

/// The attributes of a participant: texts by name.
///
/// Every snapshot of a conversation has all of them again, and a conversation has tens of them, of which rules look at one
/// or two. So they stay what they are in the event, bytes in one piece in the order of their names, and become texts only
/// when one is asked for; two such lists are built, compared and merged in one walk.
public struct Attributes: Sendable, Equatable {
    /// One attribute.
    public struct Element: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// What it says.
        public var value: String
    }

    /// An attribute as it stands in memory.
    struct Bytes {
        let name: UTF8Bytes
        let value: UTF8Bytes
        /// The first eight bytes of the name, which tell most names apart.
        let head: UInt64

        @inline(__always)
        init(name: UTF8Bytes, value: UTF8Bytes) {
            self.init(name: name, value: value, head: name.head.byteSwapped)
        }

        @inline(__always)
        fileprivate init(name: UTF8Bytes, value: UTF8Bytes, head: UInt64) {
            self.name = name
            self.value = value
            self.head = head
        }

        /// Below 0 = it comes before the other by its name, 0 = the names are the same.
        @inline(__always)
        func order(_ other: Bytes) -> Int {
            if head != other.head { return head < other.head ? -1 : 1 }
            return name.order(other.name)
        }
    }

    /// One piece of memory: how many attributes there are; of each the first eight bytes of its name and where its two
    /// texts end; and then the texts. Empty without attributes.
    private var words: [UInt64] = []

    /// No attributes.
    public init() {}

    /// The attributes of a dictionary.
    public init(_ values: [String: String]) { self.init(elements: values.map { Element(name: $0, value: $1) }) }

    /// In any order; of several with the same name the last one counts.
    init(elements: [Element]) {
        guard !elements.isEmpty else { return }
        // Each text in one piece, in the order of the elements.
        var texts: [UInt8] = []
        var ends: [Int] = []
        for element in elements {
            for text in [element.name, element.value] {
                texts += text.utf8
                ends.append(texts.count)
            }
        }
        // Never without memory.
        texts.append(0)
        texts.withUnsafeBufferPointer { texts in
            let start = UTF8Bytes(texts).start
            func text(_ number: Int) -> UTF8Bytes {
                let first = number == 0 ? 0 : ends[number - 1]
                return UTF8Bytes(start: start + first, count: ends[number] - first)
            }
            var places = elements.indices.makeIterator()
            self = Attributes(atMost: elements.count) {
                places.next().map { Bytes(name: text(2 * $0), value: text(2 * $0 + 1)) }
            }
        }
    }

    /// In any order; of several with the same name the one that is last in memory counts.
    ///
    /// - Parameter next: tells one after the other until `nil`, at most `count`.
    @inline(__always)
    init(atMost count: Int, _ next: () -> Bytes?) {
        guard count > 0 else { return }
        withUnsafeTemporaryAllocation(of: Bytes.self, capacity: count) { all in
            var (filled, isInOrder) = (0, true)
            while filled < count, let element = next() {
                all.initializeElement(at: filled, to: element)
                isInOrder = isInOrder && (filled == 0 || all[filled - 1].order(element) < 0)
                filled += 1
            }
            var sorted = UnsafeMutableBufferPointer(rebasing: all[..<filled])
            if !isInOrder {
                sorted.sort { one, other in
                    let order = one.order(other)
                    return order == 0 ? one.name.start < other.name.start : order < 0
                }
                filled = Self.keepLast(sorted)
            }
            store(UnsafeBufferPointer(rebasing: sorted[..<filled]))
        }
    }

    /// Of those with the same name the last one stays; returns how many there are then.
    private static func keepLast(_ sorted: UnsafeMutableBufferPointer<Bytes>) -> Int {
        var count = 0
        for place in sorted.indices {
            if count > 0, sorted[count - 1].order(sorted[place]) == 0 { count -= 1 }
            sorted[count] = sorted[place]
            count += 1
        }
        return count
    }

    /// - Parameter elements: in the order of their names.
    private mutating func store(_ elements: UnsafeBufferPointer<Bytes>) {
        guard !elements.isEmpty else { return words = [] }
        var size = 0
        for element in elements { size += element.name.count + element.value.count }
        let textsAt = Texts.textsAt(elements.count)
        let capacity = textsAt + (size + 7) / 8
        words = Array(unsafeUninitializedCapacity: capacity) { words, filled in
            guard let start = words.baseAddress else { return }
            filled = capacity
            // What the texts do not fill of the last word.
            words[capacity - 1] = 0
            words[0] = UInt64(elements.count)
            let texts = UnsafeMutableRawPointer(start + textsAt)
            var end = 0
            for place in elements.indices {
                let element = elements[place]
                memcpy(texts + end, element.name.start, element.name.count)
                let nameEnd = end + element.name.count
                memcpy(texts + nameEnd, element.value.start, element.value.count)
                end = nameEnd + element.value.count
                words[1 + 2 * place] = element.head
                words[2 + 2 * place] = UInt64(nameEnd) << 32 | UInt64(end)
            }
        }
    }

    // MARK: - Texts

    /// As a dictionary. Of names that differ in bytes and not in what Unicode takes them for, one stays.
    public var dictionary: [String: String] { Dictionary(map { ($0.name, $0.value) }) { $1 } }

    /// The value of an attribute; `nil` = there is none.
    public subscript(name: String) -> String? {
        get { place(of: name).map { self[$0].value } }
        set {
            var elements = filter { !$0.name.utf8.elementsEqual(name.utf8) }
            if let newValue { elements.append(Element(name: name, value: newValue)) }
            self = Attributes(elements: elements)
        }
    }

    private func place(of name: String) -> Int? {
        var name = name
        return name.withUTF8 { name in
            let wanted = Bytes(name: UTF8Bytes(name), value: UTF8Bytes(name))
            return withTexts { texts in
                var (first, end) = (0, texts.count)
                while first < end {
                    let middle = (first + end) / 2
                    let order = texts.order(middle, wanted)
                    if order == 0 { return middle }
                    if order < 0 { first = middle + 1 } else { end = middle }
                }
                return nil
            }
        }
    }

    /// All of them in the order of their names, as UTF-8 that is only there during the call.
    public func forEachUTF8(
        _ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) throws -> Void
    ) rethrows {
        try withTexts { texts in
            for place in 0..<texts.count { try body(texts[place].name.buffer, texts[place].value.buffer) }
        }
    }

    /// The texts where they are.
    private struct Texts {
        private let words: UnsafePointer<UInt64>
        private let texts: UnsafePointer<UInt8>
        let count: Int

        /// Words before the texts of so many attributes.
        static func textsAt(_ count: Int) -> Int { 1 + 2 * count }

        @inline(__always)
        init(_ words: UnsafePointer<UInt64>) {
            self.words = words
            count = Int(words[0])
            texts = UnsafeRawPointer(words + Self.textsAt(count)).assumingMemoryBound(to: UInt8.self)
        }

        @inline(__always)
        subscript(place: Int) -> Bytes {
            let start = place == 0 ? 0 : Int(words[2 * place] & 0xffff_ffff)
            let ends = words[2 + 2 * place]
            let (nameEnd, valueEnd) = (Int(ends >> 32), Int(ends & 0xffff_ffff))
            return Bytes(
                name: UTF8Bytes(start: texts + start, count: nameEnd - start),
                value: UTF8Bytes(start: texts + nameEnd, count: valueEnd - nameEnd),
                head: words[1 + 2 * place]
            )
        }

        /// As with ``Bytes/order(_:)``.
        @inline(__always)
        func order(_ place: Int, _ other: Bytes) -> Int {
            let head = words[1 + 2 * place]
            return head == other.head ? self[place].name.order(other.name) : head < other.head ? -1 : 1
        }
    }

    @inline(__always)
    private func withTexts<Result>(_ body: (Texts) throws -> Result) rethrows -> Result {
        try words.withUnsafeBufferPointer { words in
            guard let start = words.baseAddress, !words.isEmpty else {
                return try withUnsafePointer(to: 0 as UInt64) { try body(Texts($0)) }
            }
            return try body(Texts(start))
        }
    }

    /// The values of names that somebody asks for again and again, in one walk.
    ///
    /// - Parameters:
    ///   - names: what they say does not matter.
    ///   - found: the place of a name that is here in `names`, and its value.
    public func look(up names: Attributes, _ found: (_ place: Int, _ value: String) -> Void) {
        guard !words.isEmpty else { return }
        guard names.count * 8 > count else {
            for (place, name) in names.enumerated() { self[name.name].map { found(place, $0) } }
            return
        }
        walk(names) { mine, _, here, other in
            if let here, let other { found(other, mine[here].value.string) }
            return true
        }
    }

    // MARK: - Two lists

    /// They say the same.
    public static func == (one: Attributes, other: Attributes) -> Bool {
        guard one.words.count == other.words.count else { return false }
        return one.words.withUnsafeBytes { mine in
            other.words.withUnsafeBytes { theirs in
                // Most snapshots have those of the one before, which then are in the same memory.
                guard let mine = mine.baseAddress, let theirs = theirs.baseAddress, mine != theirs else { return true }
                return memcmp(mine, theirs, 8 * one.words.count) == 0
            }
        }
    }

    /// Takes in all of the others; where both have one, the other's counts.
    public mutating func merge(_ others: Attributes) {
        guard !others.isEmpty else { return }
        guard !isEmpty else {
            self = others
            return
        }
        self = combined(with: others) { _, _ in true }
    }

    /// Takes in the others in one walk, whatever their number.
    ///
    /// - Parameter takes: whether the other's value is taken; otherwise it stays as it is here.
    public mutating func merge(_ others: Attributes, where takes: (_ name: String, _ isHere: Bool) -> Bool) {
        self = combined(with: others) { name, isHere in takes(name.string, isHere) }
    }

    private func combined(
        with others: Attributes,
        _ takes: (_ name: UTF8Bytes, _ isHere: Bool) -> Bool
    ) -> Attributes {
        var merged = Attributes()
        var chosen: [Bytes] = []
        chosen.reserveCapacity(count + others.count)
        withTexts { mine in
            others.withTexts { theirs in
                Self.walk(mine, theirs) { here, other in
                    if let other, takes(theirs[other].name, here != nil) {
                        chosen.append(theirs[other])
                    } else if let here {
                        chosen.append(mine[here])
                    }
                    return true
                }
                chosen.withUnsafeBufferPointer { merged.store($0) }
            }
        }
        return merged
    }

    /// Those of which the two lists do not say the same, by name; `nil` = it is not there.
    public func differences(
        to others: Attributes,
        _ body: (_ name: String, _ mine: String?, _ other: String?) -> Void
    ) {
        guard self != others else { return }
        walk(others) { mine, theirs, here, other in
            if let here, let other, mine[here].value.isSame(as: theirs[other].value) { return true }
            let (one, two) = (here.map { mine[$0] }, other.map { theirs[$0] })
            body((one ?? two)?.name.string ?? "", one?.value.string, two?.value.string)
            return true
        }
    }

    /// The names that the others have not.
    public func names(notIn others: Attributes) -> [String] {
        var names: [String] = []
        walk(others) { mine, _, here, other in
            if let here, other == nil { names.append(mine[here].name.string) }
            return true
        }
        return names
    }

    /// Every name of the others is here too.
    public func hasAllNames(of others: Attributes) -> Bool {
        guard others.count <= count else { return false }
        guard !others.isEmpty else { return true }
        var hasAll = true
        walk(others) { _, _, here, _ in
            hasAll = here != nil
            return hasAll
        }
        return hasAll
    }

    /// Both lists side by side, by name: the places of a name in either, `nil` = it is not there; `false` ends the walk.
    @inline(__always)
    private func walk(_ others: Attributes, _ body: (Texts, Texts, _ here: Int?, _ other: Int?) -> Bool) {
        withTexts { mine in
            others.withTexts { theirs in Self.walk(mine, theirs) { body(mine, theirs, $0, $1) } }
        }
    }

    @inline(__always)
    private static func walk(_ mine: Texts, _ theirs: Texts, _ body: (_ here: Int?, _ other: Int?) -> Bool) {
        var (here, other) = (0, 0)
        var goesOn = true
        while goesOn, here < mine.count || other < theirs.count {
            let order = here == mine.count ? 1 : other == theirs.count ? -1 : mine.order(here, theirs[other])
            goesOn = body(order > 0 ? nil : here, order < 0 ? nil : other)
            here += order > 0 ? 0 : 1
            other += order < 0 ? 0 : 1
        }
    }
}

extension Attributes: RandomAccessCollection {
    /// The first attribute by name.
    public var startIndex: Int { 0 }
    /// Behind the last one.
    public var endIndex: Int { words.isEmpty ? 0 : Int(words[0]) }
    /// There are none.
    public var isEmpty: Bool { words.isEmpty }
    /// In the order of the names.
    public subscript(position: Int) -> Element {
        precondition(position >= 0 && position < endIndex)
        return withTexts { Element(name: $0[position].name.string, value: $0[position].value.string) }
    }
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
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Name.self)
        for element in self { try object.encode(element.value, forKey: Name(stringValue: element.name)) }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
