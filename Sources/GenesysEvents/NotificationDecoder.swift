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
        try body.withUnsafeBufferPointer { (bytes) throws(EventDecodingError) in
            let content = Self.content(of: bytes)
            guard !content.isEmpty else { throw EventDecodingError(reason: "the body is empty") }
            return try decode(UnsafeBufferPointer(rebasing: bytes[content]), at: content.lowerBound)
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

    private func decode(
        _ content: UnsafeBufferPointer<UInt8>,
        at offset: Int
    ) throws(EventDecodingError) -> [ReceivedNotification] {
        switch parser.parse(content) {
        case .success(let document):
            try check(document.root)
            return try elements(document.root, document.structurals, in: content, at: offset)
        case .failure(let failure):
            // More than one document is a structural error to simdjson, and NDJSON to us.
            if failure.code == CSIMDJSON_TAPE_ERROR,
                let documents = ElementRanges.documents(failure.structurals, in: content), documents.count > 1
            {
                return try lines(documents, in: content, at: offset)
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

    private func elements(
        _ root: JSONValue,
        _ structurals: UnsafeBufferPointer<UInt32>,
        in content: UnsafeBufferPointer<UInt8>,
        at offset: Int
    ) throws(EventDecodingError) -> [ReceivedNotification] {
        guard root.isArray else {
            let notification = try Envelope.open(root, element: 0)
            return [ReceivedNotification(notification: notification, bytes: offset..<offset + content.count)]
        }
        var notifications: [Notification] = []
        for (index, element) in root.elements.enumerated() {
            notifications.append(try Envelope.open(element, element: index))
        }
        let ranges = ElementRanges.elements(structurals, in: content)
        return zip(notifications, ranges).map { notification, range in
            ReceivedNotification(
                notification: notification,
                bytes: offset + range.lowerBound..<offset + range.upperBound
            )
        }
    }

    private func lines(
        _ documents: [Range<Int>],
        in content: UnsafeBufferPointer<UInt8>,
        at offset: Int
    ) throws(EventDecodingError) -> [ReceivedNotification] {
        guard isTrusted || documents.count <= DocumentCheck.mostElements else {
            throw EventDecodingError(
                element: DocumentCheck.mostElements,
                reason: "more than \(DocumentCheck.mostElements) elements"
            )
        }
        var received: [ReceivedNotification] = []
        received.reserveCapacity(documents.count)
        for (index, range) in documents.enumerated() {
            let root: JSONValue
            switch parser.parse(UnsafeBufferPointer(rebasing: content[range])) {
            case .success(let document): root = document.root
            case .failure(let failure):
                throw JSONFault.locate(in: content) ?? EventDecodingError(element: index, reason: failure.reason)
            }
            try check(root, element: index)
            received.append(
                ReceivedNotification(
                    notification: try Envelope.open(root, element: index),
                    bytes: offset + range.lowerBound..<offset + range.upperBound
                )
            )
        }
        return received
    }
}
