// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// What a stranger's document may not do although it is JSON (RFC 8259): name a field twice, which readers take in
/// different ways, or be larger in one place than anything that Genesys sends.
///
/// Depth is bounded by the parser (`JSONParser.maxDepth`), so the recursion here is too.
enum DocumentCheck {
    /// Bytes of one text or name, escapes resolved. Participant data of Genesys is limited to a fraction of it.
    static let longestText = 1 << 18
    /// Fields of one object, elements of one array, documents of one body.
    static let mostElements = 10_000

    /// Where a document breaks a rule.
    struct Fault {
        /// Steps of a JSON pointer (RFC 6901), outermost first.
        var path: [String] = []
        var reason: String
    }

    /// The first fault in the order of the document; `nil` = there is none.
    static func fault(in value: JSONValue) -> Fault? {
        // The path is only found out once there is something to tell.
        isFine(value) ? nil : locate(in: value)
    }

    // MARK: - Fast

    private static func isFine(_ value: JSONValue) -> Bool {
        if let text = value.text { return text.count <= longestText }
        guard value.isObject else {
            guard value.isArray else { return true }
            guard value.count <= mostElements else { return false }
            for element in value.elements where !isFine(element) { return false }
            return true
        }
        guard value.count <= mostElements else { return false }
        let isSmall = value.count <= few
        var names = NameFilter()
        var place = 0
        for (name, field) in value.fields {
            guard name.text.count <= longestText, isFine(field) else { return false }
            if isSmall, names.insert(name.text), isThere(name.text, before: place, in: value) { return false }
            place += 1
        }
        return isSmall || doubledOfMany(in: value) == nil
    }

    // MARK: - Exact

    private static func locate(in value: JSONValue) -> Fault? {
        if let text = value.text, text.count > longestText {
            return Fault(reason: "a text of more than \(longestText) bytes")
        }
        guard value.isObject || value.isArray else { return nil }
        guard value.count <= mostElements else { return Fault(reason: "more than \(mostElements) elements") }
        if let name = doubledName(in: value) {
            return Fault(path: [String(decoding: name, as: UTF8.self)], reason: "the name is there twice")
        }
        for (index, element) in value.elements.enumerated() {
            if let fault = locate(in: element) { return fault.inside("\(index)") }
        }
        for (name, field) in value.fields {
            guard name.text.count <= longestText else {
                return Fault(reason: "a name of more than \(longestText) bytes")
            }
            if let fault = locate(in: field) { return fault.inside(name.string) }
        }
        return nil
    }

    // MARK: - Names

    /// Of so few names each is compared with those before it that may be the same; more are sorted, so that nobody makes us
    /// compare thousands with thousands.
    private static let few = 32

    /// The first name of an object that is there already; `nil` = all differ.
    private static func doubledName(in object: JSONValue) -> UnsafeBufferPointer<UInt8>? {
        guard object.count <= few else { return doubledOfMany(in: object) }
        var names = NameFilter()
        for (place, (name, _)) in object.fields.enumerated() {
            if names.insert(name.text), isThere(name.text, before: place, in: object) { return name.text }
        }
        return nil
    }

    private static func isThere(_ name: UnsafeBufferPointer<UInt8>, before place: Int, in object: JSONValue) -> Bool {
        object.fields.lazy.prefix(place).contains { areEqual($0.0.text, name) }
    }

    /// A bit for each name, by its length and up to sixteen bytes: one that is not set yet tells at once that a name is
    /// new. A set of texts would copy every name. Whoever makes the bits of all names alike only makes them be compared, of
    /// which there are ``few``.
    private struct NameFilter {
        private var bits: SIMD4<UInt64> = .zero

        /// Notes a name; `true` = it may be there already.
        mutating func insert(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
            let name = UTF8Bytes(name)
            let last = name.tail
            // Spread by multiplication (the golden ratio of 2^64).
            let mix = (name.head ^ (last &<< 29 | last &>> 35) ^ UInt64(name.count)) &* 0x9E37_79B9_7F4A_7C15
            let (word, bit) = (Int(mix >> 62), UInt64(1) << (mix >> 56 & 63))
            defer { bits[word] |= bit }
            return bits[word] & bit != 0
        }
    }

    private static func doubledOfMany(in object: JSONValue) -> UnsafeBufferPointer<UInt8>? {
        let names = object.fields.map(\.0.text).sorted { one, other in
            guard areEqual(one, other) else {
                return one.count == other.count ? one.lexicographicallyPrecedes(other) : one.count < other.count
            }
            return isEarlier(one, other)
        }
        return zip(names, names.dropFirst()).lazy.filter { areEqual($0, $1) }.map(\.1).min(by: isEarlier)
    }

    /// Texts lie in memory in the order of the document.
    private static func isEarlier(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = one.baseAddress, let second = other.baseAddress else { return false }
        return first < second
    }

    private static func areEqual(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        UTF8Bytes(one).isSame(as: UTF8Bytes(other))
    }
}

extension DocumentCheck.Fault {
    /// The same, seen from the value around it.
    fileprivate func inside(_ step: String) -> Self {
        var fault = self
        fault.path.insert(step, at: 0)
        return fault
    }
}
