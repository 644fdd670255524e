// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import Foundation
import HTTPServer

extension Console {
    /// `POST /v1/resync` and `GET /v1/resyncs/{id}`.
    func addResyncRoutes(to router: inout Router) {
        router.on(
            .post,
            "/v1/resync",
            admin { [sources] request in
                if let refusal = request.refusalOfContentType() { return refusal }
                let job = try await sources.startResync(try ResyncRequest(body: request.body))
                var response = try HTTPResponse.json(job, status: 202)
                response.headers["Location"] = "/v1/resyncs/\(job.id)"
                return response
            }
        )
        router.on(
            .get,
            "/v1/resyncs/{id}",
            admin { [sources] request in
                guard let job = await sources.resync(request.parameters["id"] ?? "") else {
                    throw ConsoleError(.notFound, "There is no resync job of this id.")
                }
                return try .json(job)
            }
        )
    }
}

extension HTTPRequest {
    /// 415 for a body that does not call itself JSON.
    fileprivate func refusalOfContentType() -> HTTPResponse? {
        guard !body.isEmpty else { return nil }
        let type = (headers["Content-Type"] ?? "").prefix { $0 != ";" }
            .trimmingCharacters(in: .whitespaces).lowercased()
        guard type != "application/json" else { return nil }
        return .problem(415, detail: "The body must be application/json.")
    }
}

extension ResyncRequest {
    /// Ids in one request at most, and characters of an id at most.
    static let maximumIDs = 10_000, maximumIDLength = 128

    /// Strict: an unknown key, another type, an empty list or an empty id is an error, never ignored, because what is
    /// not understood here would widen the resync to every agent.
    init(body: [UInt8]) throws(ConsoleError) {
        self.init()
        guard !body.isEmpty else { return }
        let object: [String: [String]]
        do {
            object = try JSONDecoder().decode([String: [String]].self, from: Data(body))
        } catch {
            throw ConsoleError(.invalidRequest, "The body must be a JSON object whose values are lists of ids.")
        }
        for (key, ids) in object {
            switch key {
            case "agents": agents = ids
            case "queues": queues = ids
            case "managementUnits": managementUnits = ids
            default:
                throw ConsoleError(.invalidRequest, "Only 'agents', 'queues' and 'managementUnits' are known.")
            }
            guard !ids.isEmpty else {
                throw ConsoleError(.invalidRequest, "'\(key)' is empty; leave it out to mean everything.")
            }
            guard ids.count <= Self.maximumIDs,
                ids.allSatisfy({ !$0.isEmpty && $0.unicodeScalars.count <= Self.maximumIDLength })
            else {
                throw ConsoleError(
                    .invalidRequest,
                    "'\(key)' must hold at most \(Self.maximumIDs) ids of 1 to \(Self.maximumIDLength) characters."
                )
            }
        }
    }
}
