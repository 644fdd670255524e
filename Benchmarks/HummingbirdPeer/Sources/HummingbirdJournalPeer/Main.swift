// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOFoundationCompat

/// The comparison for durable ingest: what a Swift team writes in an afternoon. Hummingbird takes the event, Codable reads
/// its id and topic, GRDB stores it in a transaction of its own with `synchronous=FULL`, and then 202 is answered. Nothing
/// is done with the event behind that.
///
/// `HummingbirdJournalPeer DATABASE [PORT]`; port 0 (the default) lets the kernel choose. Prints
/// `listening on http://127.0.0.1:PORT`.
@main
struct Main {
    private struct Event: Decodable {
        struct Detail: Decodable { var topicName: String }
        var id: String
        var detail: Detail
    }

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 1 else {
            FileHandle.standardError.write(Data("usage: HummingbirdJournalPeer DATABASE [PORT]\n".utf8))
            exit(2)
        }
        let pool = try table(at: arguments[1])
        var logger = Logger(label: "peer")
        logger.logLevel = .error

        guard let key = HTTPField.Name("X-API-Key") else { return }
        let router = Hummingbird.Router()
        router.post("/v1/events") { request, _ in
            guard request.headers[key] == "benchmark-key" else { throw HTTPError(.unauthorized) }
            let body = try await request.body.collect(upTo: 1_048_576)
            let event = try JSONDecoder().decode(Event.self, from: body)
            let isNew = try await pool.write { database in
                try database.execute(
                    sql: "INSERT OR IGNORE INTO entries (key, topic, received_at, body) VALUES (?, ?, ?, ?)",
                    arguments: [event.id, event.detail.topicName, Date.now, Data(buffer: body)]
                )
                return database.changesCount > 0
            }
            var headers: HTTPFields = [.contentType: "application/json"]
            // Hummingbird closes without saying so; a load generator that is not told sends one request too many.
            if request.headers[.connection] == "close" { headers[.connection] = "close" }
            let answer = #"{"accepted":\#(isNew ? 1 : 0),"duplicate":\#(isNew ? 0 : 1),"ignored":0}"#
            return Response(status: .accepted, headers: headers, body: .init(byteBuffer: ByteBuffer(string: answer)))
        }
        let application = Application(
            router: router,
            configuration: .init(
                address: .hostname("127.0.0.1", port: arguments.dropFirst(2).first.flatMap { Int($0) } ?? 0),
                serverName: nil
            ),
            onServerRunning: { channel in
                let bound = channel.localAddress?.port ?? 0
                FileHandle.standardOutput.write(Data("listening on http://127.0.0.1:\(bound)\n".utf8))
            },
            logger: logger
        )
        try await application.runService()
    }

    private static func table(at path: String) throws -> DatabasePool {
        var settings = Configuration()
        settings.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let pool = try DatabasePool(path: path, configuration: settings)
        try pool.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE entries (
                        sequence INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, topic TEXT NOT NULL,
                        received_at TEXT NOT NULL, body BLOB NOT NULL
                    ) STRICT
                    """
            )
        }
        return pool
    }
}
