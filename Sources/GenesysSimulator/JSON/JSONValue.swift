// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents

/// A JSON value (RFC 8259) whose objects keep the order in which their members were added.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    subscript(name: String) -> JSONValue? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    var stringValue: String? { if case .string(let text) = self { text } else { nil } }
    var boolValue: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    var arrayValue: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    var objectValue: JSONObject? { if case .object(let members) = self { members } else { nil } }

    var integerValue: Int64? {
        switch self {
        case .integer(let number): number
        case .number(let number): Int64(exactly: number)
        default: nil
        }
    }

    var doubleValue: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}

/// Members in insertion order. Objects here are small, so a linear search beats a hash table.
struct JSONObject: Sendable, Equatable, Sequence {
    struct Member: Sendable, Equatable {
        var name: String
        var value: JSONValue
    }

    private(set) var members: [Member] = []

    init() {}

    /// Members with distinct names: large objects are made without a search for each name.
    init(distinct members: [Member]) { self.members = members }

    var isEmpty: Bool { members.isEmpty }

    /// Setting `nil` removes the member.
    subscript(name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Without the search for an earlier member of that name.
    fileprivate mutating func append(_ name: String, _ value: JSONValue) {
        members.append(Member(name: name, value: value))
    }

    func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}

/// What may stand as a member in ``object(_:)``.
protocol JSONConvertible: Sendable {
    var json: JSONValue { get }
}

extension JSONValue: JSONConvertible { var json: JSONValue { self } }
extension JSONObject: JSONConvertible { var json: JSONValue { .object(self) } }
extension String: JSONConvertible { var json: JSONValue { .string(self) } }
extension Bool: JSONConvertible { var json: JSONValue { .bool(self) } }
extension Int: JSONConvertible { var json: JSONValue { .integer(Int64(self)) } }
extension Int64: JSONConvertible { var json: JSONValue { .integer(self) } }
extension Double: JSONConvertible { var json: JSONValue { .number(self) } }
extension Timestamp: JSONConvertible { var json: JSONValue { .string(description) } }
extension Array: JSONConvertible where Element: JSONConvertible { var json: JSONValue { .array(map(\.json)) } }

/// An object with the given members; `nil` members are left out, as Genesys leaves out what it does not know.
func object(_ members: KeyValuePairs<String, (any JSONConvertible)?>) -> JSONValue {
    var object = JSONObject()
    for (name, value) in members {
        if let value { object.append(name, value.json) }
    }
    return .object(object)
}

/// A reference as the platform writes it: `{"id": …}`, or `nil` without an id.
func reference(_ id: String?) -> JSONValue? { id.map { object(["id": $0]) } }
