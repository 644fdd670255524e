// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPClient

/// Something that the organisation calls by a name: a queue, a wrap-up code, a management unit, a team, a group.
public struct NamedEntity: Sendable, Hashable {
    /// Stable.
    public var id: String
    /// Can be edited, and is not always unique.
    public var name: String

    /// An id and its name.
    public init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// Where in a listing a page begins.
public enum ListingPlace: Sendable, Equatable {
    /// The page of that number, from 1 (`pageNumber`).
    case page(Int)
    /// After a cursor that the page before has given (`after`); only teams have those.
    case after(String)

    /// The beginning of every listing.
    public static let start = ListingPlace.page(1)

    /// `pageSize=100&pageNumber=2`, or `pageSize=100&after=…`
    func query(cursors: Bool) -> String {
        let size = "pageSize=\(GenesysAPI.listingPageSize)"
        return switch self {
        case .page where cursors: size
        case .page(let number): size + "&pageNumber=\(number)"
        case .after(let cursor): size + "&after=\(cursor.percentEncoded)"
        }
    }
}

/// One page of a listing.
public struct ListingPage<Element: Sendable>: Sendable {
    /// In Genesys' order; what cannot be read is left out.
    public var elements: [Element]
    /// Where the next page begins; `nil` = this is the last.
    public var next: ListingPlace?

    /// A page.
    public init(_ elements: [Element], next: ListingPlace? = nil) {
        self.elements = elements
        self.next = next
    }
}

extension ListingPage: Equatable where Element: Equatable {}

extension GenesysAPI {
    /// Elements of one page: what Genesys documents as the most for the members of a queue [SDK docstring], and less than
    /// any other listing is known to take.
    public static let listingPageSize = 100

    /// Reads one page. The last is known by its number, by a missing link to the next, or by being short: which of these
    /// a listing tells differs from one to the next.
    func page<Body: Decodable, Element: Sendable>(
        _ endpoint: Endpoint,
        _ response: ClientResponse,
        at place: ListingPlace,
        cursors: Bool = false,
        of type: Body.Type,
        expected: String,
        _ element: (Body) -> Element?
    ) throws(GenesysAPIError) -> ListingPage<Element> {
        let listing = try decode(ListingBody<Body>.self, response, endpoint, expected: expected)
        let elements = listing.elements.compactMap(element)
        guard cursors else { return ListingPage(elements, next: listing.next(after: place)) }
        guard let link = listing.nextUri else { return ListingPage(elements) }
        guard let cursor = Self.cursor(of: link) else {
            throw .unexpectedBody(response, from: endpoint, expected: expected + " with a cursor in its nextUri")
        }
        // A cursor that does not move would be asked for again for ever.
        return ListingPage(elements, next: .after(cursor) == place ? nil : .after(cursor))
    }

    /// The `after` of a `nextUri`.
    private static func cursor(of link: String) -> String? {
        URLComponents(string: link)?.queryItems?.first { $0.name == "after" }?.value.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// `{entities[], pageNumber, pageCount, nextUri}`, or `{results[], …}` of a search. Members of a queue come without
/// `pageCount`, management units and their users without any of the three.
private struct ListingBody<Body: Decodable>: Decodable {
    var elements: [Body]
    /// Also those that cannot be read.
    var count: Int
    var pageCount: Int?
    var nextUri: String?

    private enum CodingKeys: String, CodingKey {
        case entities, results, pageCount, nextUri, nextPage
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        let key: CodingKeys = body.contains(.entities) ? .entities : .results
        let read = try body.decode(Readable<Body>.self, forKey: key)
        elements = read.elements
        count = read.elements.count + read.leftOut
        pageCount = body.tolerant(Int.self, .pageCount)
        nextUri = body.text(.nextUri) ?? body.text(.nextPage)
    }

    func next(after place: ListingPlace) -> ListingPlace? {
        guard case .page(let number) = place, count > 0 else { return nil }
        let isLast =
            if nextUri != nil { false } else if let pageCount { number >= pageCount } else {
                count < GenesysAPI.listingPageSize
            }
        return isLast ? nil : .page(number + 1)
    }
}

/// Any of the things that have a name. Deleted ones are nothing that a name could mean.
struct NamedEntityBody: Decodable {
    var entity: NamedEntity?

    private enum CodingKeys: String, CodingKey {
        case id, name, state
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        let id = try body.id(.id)
        guard body.text(.state)?.lowercased() != "deleted" else { return }
        entity = NamedEntity(id: id, name: body.text(.name) ?? "")
    }
}

/// Whoever belongs to something: a QueueMember with its user, a User, or a bare reference to one.
struct MemberBody: Decodable {
    var userID: String

    private enum CodingKeys: String, CodingKey {
        case id, user
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: CodingKeys.self)
        userID = try body.tolerant(Reference.self, .user).flatMap { $0.id.isEmpty ? nil : $0.id } ?? body.id(.id)
    }
}
