// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import GenesysEvents
import HTTPServer

/// The attributes of a CloudEvent whose data is the whole content (CloudEvents HTTP Protocol Binding 1.0, section 3.1:
/// binary mode).
struct BinaryCloudEvent: Sendable {
    private var id: String?
    private var source: String?
    private var time: Timestamp?

    /// `nil` when the request is in no such mode. An attribute that comes twice is none.
    init?(_ headers: HTTPHeaders) {
        guard headers["ce-specversion"] != nil else { return nil }
        func attribute(_ name: String) -> String? {
            let values = headers.all(name)
            return values.count == 1 ? Self.decoded(values[0]) : nil
        }
        id = attribute("ce-id")
        source = attribute("ce-source")
        time = attribute("ce-time").flatMap(Timestamp.init)
    }

    /// Section 3.1.3.2: what is not printable ASCII is percent-encoded.
    private static func decoded(_ value: String) -> String? {
        let text = value.percentDecoded() ?? value
        return text.isEmpty ? nil : text
    }

    /// Gives the one event of the content the attributes of its envelope, unless it has an envelope in the content too.
    func wrap(_ elements: inout [ReceivedHeading]) throws(EventDecodingError) {
        guard elements.count == 1 else {
            throw EventDecodingError(
                element: min(1, elements.count),
                reason: "a CloudEvent in binary mode has exactly one event in its content"
            )
        }
        var heading = elements[0].heading
        guard heading.eventBridgeID == nil, heading.cloudEventID == nil else { return }
        heading.cloudEventID = id
        heading.cloudEventSource = source
        heading.timestamp = heading.timestamp ?? time
        elements[0].heading = heading
    }
}
