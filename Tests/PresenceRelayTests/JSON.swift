// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation

/// Parsed JSON as tests look into it: what is not there is absent, never an error.
struct JSON: CustomStringConvertible {
    let value: Any?

    init(_ value: Any?) { self.value = value is NSNull ? nil : value }

    init(parsing text: String) {
        self.init(try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
    }

    subscript(key: String) -> JSON { JSON((value as? [String: Any])?[key]) }
    var list: [JSON] { (value as? [Any])?.map { JSON($0) } ?? [] }
    var text: String { value as? String ?? "" }
    var int: Int? { (value as? NSNumber)?.intValue }
    var exists: Bool { value != nil }
    var description: String { value.map { "\($0)" } ?? "absent" }
}
