// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer

/// `pageSize` and `pageNumber` of a listing, and its frame.
struct Page: Sendable {
    var size: Int
    /// From 1.
    var number: Int

    /// 400 when either is no positive number, or the size is above the limit.
    init(_ request: HTTPRequest, defaultSize: Int, limit: Int = 500) throws(PlatformError) {
        func value(_ name: String, default fallback: Int) throws(PlatformError) -> Int {
            guard let text = request.queryValue(name) else { return fallback }
            guard let number = Int(text), number > 0 else { throw .invalid(name, "\(name) must be a positive number.") }
            return number
        }
        size = try value("pageSize", default: defaultSize)
        number = try value("pageNumber", default: 1)
        guard size <= limit else { throw .invalid("pageSize", "pageSize must not be above \(limit).") }
    }

    func slice<Element>(_ all: [Element]) -> ArraySlice<Element> {
        let (start, overflow) = (number - 1).multipliedReportingOverflow(by: size)
        guard !overflow, start < all.count else { return [] }
        return all[start..<min(start + size, all.count)]
    }

    /// - Parameters:
    ///   - name: what was asked for, for the links.
    ///   - isCounted: members of a queue come without the counts.
    func listing(
        _ entities: [JSONValue],
        total: Int,
        path: String,
        name: String? = nil,
        isCounted: Bool = true
    ) -> JSONValue {
        let count = (total + size - 1) / size
        let filter = name.map { "&name=\($0.queryEncoded)" } ?? ""
        func uri(_ number: Int) -> String { "\(path)?pageSize=\(size)&pageNumber=\(number)\(filter)" }
        return object([
            "entities": entities,
            "pageSize": size,
            "pageNumber": number,
            "total": isCounted ? total : nil,
            "pageCount": isCounted ? count : nil,
            "firstUri": uri(1),
            "lastUri": isCounted ? uri(max(1, count)) : nil,
            "selfUri": uri(number),
            "nextUri": number < count ? uri(number + 1) : nil,
            "previousUri": number > 1 ? uri(number - 1) : nil,
        ])
    }
}

extension String {
    /// For a link that the platform gives.
    var queryEncoded: String { addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
}
