// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer

/// `pageSize` and `after` of a listing that is paged by a cursor, and its frame.
struct CursorPage: Sendable {
    var size: Int
    /// The id of the last element of the page before, as a cursor shows it.
    private var after: String?

    init(_ request: HTTPRequest, defaultSize: Int) throws(PlatformError) {
        size = try Page(request, defaultSize: defaultSize).size
        guard let cursor = request.queryValue("after") else { return }
        guard let data = Data(base64Encoded: cursor) else {
            throw .invalid("after", "after must be a cursor of an earlier page.")
        }
        after = String(decoding: data, as: UTF8.self)
    }

    /// - Parameter id: names an element; one that is gone since ends the listing.
    func listing<Element>(
        _ all: [Element],
        path: String,
        name: String? = nil,
        id: (Element) -> String,
        body: (Element) -> JSONValue
    ) -> JSONValue {
        var rest = all[...]
        if let after {
            let place = all.firstIndex { id($0) == after }
            rest = place.map { all[($0 + 1)...] } ?? []
        }
        let page = rest.prefix(size)
        let filter = name.map { "&name=\($0.queryEncoded)" } ?? ""
        let isLast = page.count == rest.count
        let cursor = page.last.map { Data(id($0).utf8).base64EncodedString().queryEncoded } ?? ""
        return object([
            "entities": page.map(body),
            "selfUri": "\(path)?pageSize=\(size)\(filter)",
            "nextUri": isLast ? nil : "\(path)?pageSize=\(size)&after=\(cursor)\(filter)",
        ])
    }
}
