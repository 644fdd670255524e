// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GenesysEvents

/// Files of `Tests/Fixtures`, found from the place of this file.
enum Fixture {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    /// Names of the examples that are bodies of the webhook.
    static var bodies: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "Genesys").path)) ?? []
        let families = ["detail.", "eventbridge.", "queues.", "users."]
        return names.filter { name in families.contains(where: name.hasPrefix) }
            .map { $0.replacing(".json", with: "") }.sorted()
    }

    static func genesys(_ name: String) throws -> [UInt8] { try bytes("Genesys/\(name).json") }

    /// The only notification of an example.
    static func notification(_ name: String) throws -> GenesysEvents.Notification {
        var decoder = NotificationDecoder()
        let received = try decoder.decode(try genesys(name))
        guard received.count == 1, let first = received.first else { throw CocoaError(.fileReadCorruptFile) }
        return first.notification
    }

    /// Decodes one bare notification made of these parts.
    static func event(_ topic: String, _ body: String) throws -> GenesysEvent {
        var decoder = NotificationDecoder()
        let text = #"{"topicName":"\#(topic)","eventBody":\#(body)}"#
        let received = try decoder.decode([UInt8](text.utf8))
        guard received.count == 1, let first = received.first else { throw CocoaError(.fileReadCorruptFile) }
        return first.notification.event
    }
}

let agent = "11111111-aaaa-4aaa-8aaa-000000000001"
let conversation = "33333333-cccc-4ccc-8ccc-000000000001"
let queue = "22222222-bbbb-4bbb-8bbb-000000000001"
