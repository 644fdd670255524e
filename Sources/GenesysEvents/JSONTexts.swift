// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Synchronization

/// Reads single texts of JSON objects of which nothing else is wanted, such as lines of the history by the hundred
/// thousand.
public final class JSONTexts: Sendable {
    private let parser = Mutex(JSONParser())

    /// A reader with a parser of its own.
    public init() {}

    /// The texts of these fields on the first level of an object; `nil` = there is no such field, or it is no text. Of no
    /// object, and of what is no JSON, all are `nil`.
    public func read(_ json: [UInt8], _ names: [String]) -> [String?] {
        parser.withLock { parser in
            json.withUnsafeBufferPointer { bytes in
                var texts = [String?](repeating: nil, count: names.count)
                guard case .success(let document) = parser.parse(bytes) else { return texts }
                for (key, value) in document.root.fields {
                    guard let place = names.firstIndex(where: { $0.utf8.elementsEqual(key.text) }) else { continue }
                    texts[place] = value.string
                }
                return texts
            }
        }
    }
}
