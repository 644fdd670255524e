// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import HTTPServer

extension Console {
    /// `GET /v1/dead-letters`, `GET /v1/dead-letters/{id}`, `POST /v1/dead-letters/{id}/retry` and
    /// `DELETE /v1/dead-letters/{id}`.
    func addDeadLetterRoutes(to router: inout Router) {
        router.on(
            .get,
            "/v1/dead-letters",
            admin { [sources] request in
                let page = try PageParameters(request)
                return try .json(await sources.deadLetters(page.sequence(), page.limit))
            }
        )
        router.on(
            .get,
            "/v1/dead-letters/{id}",
            admin { [sources] request in
                guard let letter = try await sources.deadLetter(try Self.letter(request)) else {
                    throw ConsoleError.noLetter
                }
                return try .json(letter)
            }
        )
        router.on(
            .post,
            "/v1/dead-letters/{id}/retry",
            admin { [sources] request in
                try .json(await sources.retryDeadLetter(try Self.letter(request)), status: 202)
            }
        )
        router.on(
            .delete,
            "/v1/dead-letters/{id}",
            admin { [sources] request in
                guard try await sources.deleteDeadLetter(try Self.letter(request)) else { throw ConsoleError.noLetter }
                var response = HTTPResponse.text([], type: "", status: 204)
                response.headers["Content-Type"] = nil
                return response
            }
        )
    }

    /// What is no number is the number of no letter.
    private static func letter(_ request: HTTPRequest) throws(ConsoleError) -> Int64 {
        guard let id = PageParameters.positiveInteger(request.parameters["id"] ?? "") else { throw .noLetter }
        return id
    }
}

extension ConsoleError {
    /// 404: no dead letter has that number, or no longer.
    public static let noLetter = ConsoleError(.notFound, "There is no dead letter of this id.")
}
