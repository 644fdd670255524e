// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import CLibFuzzer
import FuzzRunner
import GenesysEvents

/// Any bytes as the body of a webhook: decoded or refused by place, never a crash, and the parts of a batch are what they
/// are alone.
@main
struct Main {
    static func main() { runFuzzer(Self.take) }

    private static let take: clibfuzzer_target = { data, size in
        check(Array(UnsafeBufferPointer(start: data, count: size)))
        return 0
    }

    private static func check(_ body: [UInt8]) {
        var decoder = NotificationDecoder()
        let received: [ReceivedNotification]
        do throws(EventDecodingError) {
            received = try decoder.decode(body)
        } catch {
            precondition(error.element >= 0 && !error.reason.isEmpty, "an error without a place")
            precondition((try? decoder.headings(of: body)) == nil, "headings are taken of what is refused")
            return
        }
        let headings = (try? decoder.headings(of: body)) ?? []
        precondition(headings.map(\.bytes) == received.map(\.bytes), "headings are of other places")
        var end = 0
        for one in received {
            precondition(one.bytes.lowerBound >= end && one.bytes.upperBound <= body.count, "elements overlap")
            end = one.bytes.upperBound
            let bytes = Array(body[one.bytes])
            precondition(bytes.first == UInt8(ascii: "{") && bytes.last == UInt8(ascii: "}"), "an element is cut")
            // As the journal keeps it, and as it is read again.
            var again = NotificationDecoder(isTrusted: true)
            let alone = (try? again.decode(bytes)) ?? []
            precondition(alone.map(\.notification) == [one.notification], "an element differs alone")
        }
    }
}
