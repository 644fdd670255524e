// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

/// Header fields in the order received or added; names compare without case (RFC 9110 section 5.1).
public struct HTTPHeaders: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    /// One field line.
    public typealias Field = (name: String, value: String)
    private var fields: [Field]

    /// No fields.
    public init() { fields = [] }
    /// The fields of a literal, in its order; a name may come twice.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The first value of that name; setting replaces all values of the name, `nil` removes them.
    public subscript(name: String) -> String? {
        get { fields.first { $0.name.equalsIgnoringASCIICase(name) }?.value }
        set {
            fields.removeAll { $0.name.equalsIgnoringASCIICase(name) }
            if let newValue { fields.append((name: name, value: newValue)) }
        }
    }

    /// Every value of that name, in order.
    public func all(_ name: String) -> [String] {
        fields.filter { $0.name.equalsIgnoringASCIICase(name) }.map(\.value)
    }

    /// Adds a field line after the others, whether or not the name is there already.
    public mutating func append(name: String, value: String) { fields.append((name: name, value: value)) }
    /// How many field lines there are.
    public var count: Int { fields.count }
    /// The field lines in order.
    public func makeIterator() -> IndexingIterator<[Field]> { fields.makeIterator() }

    mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }
}

extension String {
    func equalsIgnoringASCIICase(_ other: String) -> Bool {
        let left = utf8, right = other.utf8
        guard left.count == right.count else { return false }
        return zip(left, right).allSatisfy { a, b in
            a == b || (a | 0x20 == b | 0x20 && (0x61...0x7A).contains(a | 0x20))
        }
    }
}
