// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

/// `pageSize` and `pageNumber` of a listing, and its frame.
struct Page: Sendable {
    var size: Int
    /// From 1.
    var number: Int

    /// 400 when either is no positive number, or the size is above 500.
    init(_ request: HTTPRequest, defaultSize: Int) throws(PlatformError) {
        func value(_ name: String, default fallback: Int) throws(PlatformError) -> Int {
            guard let text = request.queryValue(name) else { return fallback }
            guard let number = Int(text), number > 0 else { throw .invalid(name, "\(name) must be a positive number.") }
            return number
        }
        size = try value("pageSize", default: defaultSize)
        number = try value("pageNumber", default: 1)
        guard size <= 500 else { throw .invalid("pageSize", "pageSize must not be above 500.") }
    }

    func slice<Element>(_ all: [Element]) -> ArraySlice<Element> {
        let (start, overflow) = (number - 1).multipliedReportingOverflow(by: size)
        guard !overflow, start < all.count else { return [] }
        return all[start..<min(start + size, all.count)]
    }

    func listing(_ entities: [JSONValue], total: Int, path: String) -> JSONValue {
        let count = (total + size - 1) / size
        func uri(_ number: Int) -> String { "\(path)?pageSize=\(size)&pageNumber=\(number)" }
        return object([
            "entities": entities,
            "pageSize": size,
            "pageNumber": number,
            "total": total,
            "pageCount": count,
            "firstUri": uri(1),
            "lastUri": uri(max(1, count)),
            "selfUri": uri(number),
            "nextUri": number < count ? uri(number + 1) : nil,
            "previousUri": number > 1 ? uri(number - 1) : nil,
        ])
    }
}
