// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CSimdJSON

/// A decoded element and where it stands in the body.
public struct ReceivedNotification: Sendable, Equatable {
    /// What it says.
    public var notification: Notification
    /// The element's own bytes in the body, for the journal and for the content hash: from `{` to `}`.
    public var bytes: Range<Int>

    /// A notification and its place.
    public init(notification: Notification, bytes: Range<Int>) {
        self.notification = notification
        self.bytes = bytes
    }
}

/// Bytes to events: one EventBridge envelope, one bare notification, one CloudEvent whose `data` is a notification, a
/// JSON array of these, or NDJSON.
///
/// Keeps the memory of its parser for the next body; one decoder for each task.
public struct NotificationDecoder {
    private let parser = JSONParser()
    private let isTrusted: Bool

    /// A decoder without memory yet.
    ///
    /// - Parameter isTrusted: the bodies come from a decoder that has let them through before, by way of the journal: they
    ///   are not looked through for doubled names and sizes once more.
    public init(isTrusted: Bool = false) { self.isTrusted = isTrusted }

    /// All notifications of a body in order; an empty array has none.
    ///
    /// Throws when any byte of the body is not JSON in UTF-8, a name is there twice in an object, a text is longer than
    /// 262,144 bytes, a list longer than 10,000, values are nested deeper than 63, or any element is no notification: all
    /// or nothing. A leading byte order mark is skipped. A known topic with an unusable body is not an error but
    /// `.undecodable`.
    public mutating func decode(_ body: [UInt8]) throws(EventDecodingError) -> [ReceivedNotification] {
        try read(body) { ReceivedNotification(notification: Notification($0), bytes: $1) }
    }

    /// The headings of all notifications of a body in order, refused for the same reasons as by ``decode(_:)``. What they
    /// say is checked as JSON and not taken out: that is done when it is applied.
    public mutating func headings(of body: [UInt8]) throws(EventDecodingError) -> [ReceivedHeading] {
        try read(body) { ReceivedHeading(heading: NotificationHeading($0), bytes: $1) }
    }

    /// - Parameter make: what is made of an element and its place in the body, before the next document is parsed.
    private func read<Element>(
        _ body: [UInt8],
        _ make: (Envelope.Opened, Range<Int>) -> Element
    ) throws(EventDecodingError) -> [Element] {
        try body.withUnsafeBufferPointer { (bytes) throws(EventDecodingError) in
            let content = Self.content(of: bytes)
            guard !content.isEmpty else { throw EventDecodingError(reason: "the body is empty") }
            return try read(UnsafeBufferPointer(rebasing: bytes[content])) { opened, place in
                make(opened, content.lowerBound + place.lowerBound..<content.lowerBound + place.upperBound)
            }
        }
    }

    /// Without byte order mark and white space around it.
    private static func content(of bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }
        var start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        var end = bytes.count
        while start < end, isSpace(bytes[start]) { start += 1 }
        while end > start, isSpace(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private func read<Element>(
        _ content: UnsafeBufferPointer<UInt8>,
        _ make: (Envelope.Opened, Range<Int>) -> Element
    ) throws(EventDecodingError) -> [Element] {
        switch parser.parse(content) {
        case .success(let document):
            try check(document.root)
            return try elements(document.root, document.structurals, in: content, make)
        case .failure(let failure):
            // More than one document is a structural error to simdjson, and NDJSON to us.
            if failure.code == CSIMDJSON_TAPE_ERROR,
                let documents = ElementRanges.documents(failure.structurals, in: content), documents.count > 1
            {
                return try lines(documents, in: content, make)
            }
            throw JSONFault.locate(in: content) ?? EventDecodingError(reason: failure.reason)
        }
    }

    /// - Parameter element: the number of the document; `nil` = it is the only one, and its elements are counted when it is
    ///   an array.
    private func check(_ root: JSONValue, element: Int? = nil) throws(EventDecodingError) {
        guard !isTrusted, let fault = DocumentCheck.fault(in: root) else { return }
        var path = fault.path[...]
        // The first step into an array is the number of the element.
        let first = root.isArray && element == nil ? path.popFirst().flatMap { Int($0) } : nil
        throw EventDecodingError(
            element: element ?? first ?? 0,
            pointer: path.map { JSONFault.token($0) }.joined(),
            reason: fault.reason
        )
    }

    private func elements<Element>(
        _ root: JSONValue,
        _ structurals: UnsafeBufferPointer<UInt32>,
        in content: UnsafeBufferPointer<UInt8>,
        _ make: (Envelope.Opened, Range<Int>) -> Element
    ) throws(EventDecodingError) -> [Element] {
        guard root.isArray else { return [make(try Envelope.open(root, element: 0), 0..<content.count)] }
        let opened = try root.elements.enumerated().map { (index, element) throws(EventDecodingError) in
            try Envelope.open(element, element: index)
        }
        return zip(opened, ElementRanges.elements(structurals, in: content)).map(make)
    }

    private func lines<Element>(
        _ documents: [Range<Int>],
        in content: UnsafeBufferPointer<UInt8>,
        _ make: (Envelope.Opened, Range<Int>) -> Element
    ) throws(EventDecodingError) -> [Element] {
        guard isTrusted || documents.count <= DocumentCheck.mostElements else {
            throw EventDecodingError(
                element: DocumentCheck.mostElements,
                reason: "more than \(DocumentCheck.mostElements) elements"
            )
        }
        var received: [Element] = []
        received.reserveCapacity(documents.count)
        for (index, range) in documents.enumerated() {
            let root: JSONValue
            switch parser.parse(UnsafeBufferPointer(rebasing: content[range])) {
            case .success(let document): root = document.root
            case .failure(let failure):
                throw JSONFault.locate(in: content) ?? EventDecodingError(element: index, reason: failure.reason)
            }
            try check(root, element: index)
            received.append(make(try Envelope.open(root, element: index), range))
        }
        return received
    }
}
